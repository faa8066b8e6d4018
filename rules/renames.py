"""What a table or view is called by now, if the transaction has renamed or dropped it since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rules.context import Step
from rules.model.names import Name
from rules.model.operations import DropObject, DropTable, Kind, Operation, RenameTable

_VIEWS = (Kind.VIEW, Kind.MATERIALIZED_VIEW)


class Renames:
    """Those of a transaction, in order; most have none."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._found = [
            (at, old, new) for at, step in enumerate(steps) for old, new in _renamed_or_dropped(step.operation)
        ]

    def present(self, name: Name, since: int) -> Name | None:
        """The name at the end, of what was called so at the step with that index; None if it is gone."""
        for at, old, new in self._found:
            if at >= since and old.key == name.key:
                if new is None:
                    return None
                name = new
        return name


def _renamed_or_dropped(op: Operation) -> Iterator[tuple[Name, Name | None]]:
    match op:
        case RenameTable():
            yield op.table, Name(op.new_name, op.table.schema)
        case DropTable():
            yield op.table, None
        case DropObject(kind=kind) if kind in _VIEWS:
            yield op.name, None
