"""What a table is called by now, if the transaction has renamed or dropped it since."""

from __future__ import annotations

from collections.abc import Sequence

from rules.context import Step
from rules.model.names import Name
from rules.model.operations import DropTable, RenameTable


class Renames:
    """Those of a transaction, in order; most have none."""

    def __init__(self, steps: Sequence[Step]) -> None:
        operations = ((at, step.operation) for at, step in enumerate(steps))
        self._found = [(at, op) for at, op in operations if isinstance(op, RenameTable | DropTable)]

    def present(self, name: Name, since: int) -> Name | None:
        """The name at the end, of what was called so at the step with that index; None if it is gone."""
        for at, op in self._found:
            if at >= since and op.table.key == name.key:
                if isinstance(op, DropTable):
                    return None
                name = Name(op.new_name, op.table.schema)
        return name
