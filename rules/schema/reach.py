"""How many rows a change can reach, with what the schema knows of keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rules.model.names import Name
from rules.model.operations import Delete, Insert, Match, Rows, Update
from rules.schema.listed import is_listed
from rules.schema.objects import ConstraintKind, Table

if TYPE_CHECKING:
    from rules.schema.schema import Schema

_ASKED = (Rows.JOINED, Rows.UNBOUNDED)
_KEYS = (ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE)


def rows_reached(schema: Schema, operation: Insert | Update | Delete) -> Rows:
    """Bounded where a whole key is held to a few values, or to those of a few rows; else as the text tells."""
    if isinstance(operation, Insert) or operation.rows not in _ASKED:
        return operation.rows
    if _has_key(schema, operation, operation.pinned):
        return Rows.BOUNDED
    few = any(_is_few(schema, match) for match in _whole_keys(schema, operation))
    return Rows.BOUNDED if few else operation.rows


def bounded_by(schema: Schema, operation: Update | Delete) -> Name | None:
    """Another table that has at least as many rows as are changed.

    None for one that the pull request makes, whose rows nobody has counted, and where heirs may have a row each.
    """
    if rows_reached(schema, operation) is not Rows.JOINED or schema.heirs(operation.table):
        return None
    found = (match.table for match in _whole_keys(schema, operation) if not schema.is_new(match.table))
    return next((table for table in found if table.key != operation.table.key), None)


def _whole_keys(schema: Schema, operation: Update | Delete) -> Iterator[Match]:
    """The matches by which one row of the other table finds a few of the target's."""
    for match in operation.matches:
        if _knows(schema, match) and _has_key(schema, operation, (*operation.pinned, *match.columns)):
            yield match


def _knows(schema: Schema, match: Match) -> bool:
    table = schema.trace(match.table)
    return all(table is not None and table.column(name) is not None for name in match.unsure)


def _is_few(schema: Schema, match: Match) -> bool:
    table = schema.trace(match.table)
    if table is None:
        return False
    return any(set(match.held).issuperset(key) for key in _keys(table)) or is_listed(schema, table)


def _has_key(schema: Schema, operation: Update | Delete, columns: tuple[str, ...]) -> bool:
    table = schema.trace(operation.table)
    held = frozenset(columns)
    return table is not None and any(held.issuperset(key) for key in _keys(table))


def _keys(table: Table) -> Iterator[tuple[str, ...]]:
    for constraint in table.constraints:
        if constraint.kind in _KEYS and constraint.columns:
            yield constraint.columns
    for index in table.indexes:
        columns = tuple(column for column in index.columns if column is not None)
        if index.unique and index.valid and index.predicate is None and len(columns) == len(index.keys) > 0:
            yield columns
