"""How many rows a change can reach, with what the schema knows of keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rules.model.operations import Delete, Insert, Rows, Update
from rules.schema.objects import ConstraintKind, Table

if TYPE_CHECKING:
    from rules.schema.schema import Schema

_KEYS = (ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE)


def rows_reached(schema: Schema, operation: Insert | Update | Delete) -> Rows:
    """Bounded where the condition holds all columns of a key to a few values; else as its text tells."""
    if isinstance(operation, Insert) or operation.rows is not Rows.UNBOUNDED or not operation.pinned:
        return operation.rows
    table = schema.trace(operation.table)
    pinned = frozenset(operation.pinned)
    has_key = table is not None and any(pinned.issuperset(key) for key in _keys(table))
    return Rows.BOUNDED if has_key else operation.rows


def _keys(table: Table) -> Iterator[tuple[str, ...]]:
    for constraint in table.constraints:
        if constraint.kind in _KEYS and constraint.columns:
            yield constraint.columns
    for index in table.indexes:
        columns = tuple(column for column in index.columns if column is not None)
        if index.unique and index.valid and index.predicate is None and len(columns) == len(index.keys) > 0:
            yield columns
