"""Which function folds which operation; the functions stand beside what they change."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from rules.model.operations import Operation
from rules.schema.objects import Origin

if TYPE_CHECKING:
    from rules.schema.schema import Schema

Kind = TypeVar("Kind", bound=Operation)
Change = Callable[["Schema", Any, Origin], "Schema"]
_CHANGES: dict[type[Operation], Change] = {}


def changes(
    kind: type[Kind],
) -> Callable[[Callable[[Schema, Kind, Origin], Schema]], Callable[[Schema, Kind, Origin], Schema]]:
    """Registers the function that folds operations of this type."""

    def register(change: Callable[[Schema, Kind, Origin], Schema]) -> Callable[[Schema, Kind, Origin], Schema]:
        _CHANGES[kind] = change
        return change

    return register


def change_of(kind: type[Operation]) -> Change | None:
    return _CHANGES.get(kind)
