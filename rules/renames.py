"""What a table is called by now, if the transaction has renamed it since."""

from __future__ import annotations

from collections.abc import Sequence

from rules.context import Step
from rules.model.names import Name
from rules.model.operations import RenameTable


class Renames:
    """Those of a transaction, in order; most have none."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._found = [(at, step.operation) for at, step in enumerate(steps) if isinstance(step.operation, RenameTable)]

    def present(self, name: Name, since: int) -> Name:
        """The name after all renames, of what was called so at the step with that index."""
        for at, op in self._found:
            if at >= since and op.table.key == name.key:
                name = Name(op.new_name, op.table.schema)
        return name
