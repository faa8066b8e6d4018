"""Small steps from one schema to the next, which keep its maps in agreement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from rules.model.columns import DataType
from rules.model.names import Name
from rules.postgres.tokens import LONGEST_NAME
from rules.schema.objects import Index, Table, TableColumn, View

if TYPE_CHECKING:
    from rules.schema.schema import Key, Schema

Value = TypeVar("Value")
Place = TypeVar("Place")


def put(mapping: Mapping[Place, Value], key: Place, value: Value) -> dict[Place, Value]:
    return {**mapping, key: value}


def without(mapping: Mapping[Place, Value], *keys: Place) -> dict[Place, Value]:
    gone = set(keys)
    return {key: value for key, value in mapping.items() if key not in gone}


def touched(schema: Schema, name: Name) -> Table:
    """The table as known; a trace of it where its creation was not seen."""
    return schema.relations.get(name.key) or Table(name, created=False, complete=False)


def with_table(schema: Schema, table: Table) -> Schema:
    """With this table in the place of what had its name."""
    key = table.name.key
    before = schema.relations.get(key)
    owners = _owners(schema.index_owners, before.indexes if before else (), table.indexes, key)
    parents = schema.parents
    if table.partition_of is not None or table.inherits:
        above = (*table.inherits, table.partition_of) if table.partition_of is not None else table.inherits
        parents = parents.union(name.key for name in above)
    return replace(schema, relations=put(schema.relations, key, table), index_owners=owners, parents=parents)


def with_view(schema: Schema, view: View) -> Schema:
    key = view.name.key
    before = schema.views.get(key)
    owners = _owners(schema.index_owners, before.indexes if before else (), view.indexes, key)
    return replace(schema, views=put(schema.views, key, view), index_owners=owners)


def without_table(schema: Schema, key: Key) -> Schema:
    """The table alone, with its indexes; what hangs on it is for `drops`."""
    before = schema.relations.get(key)
    if before is None:
        return schema
    owners = _owners(schema.index_owners, before.indexes, (), key)
    return replace(schema, relations=without(schema.relations, key), index_owners=owners)


def without_view(schema: Schema, key: Key) -> Schema:
    before = schema.views.get(key)
    if before is None:
        return schema
    owners = _owners(schema.index_owners, before.indexes, (), key)
    return replace(schema, views=without(schema.views, key), index_owners=owners)


def _owners(
    owners: Mapping[Key, Key], before: tuple[Index, ...], after: tuple[Index, ...], owner: Key
) -> Mapping[Key, Key]:
    if before is after:
        return owners
    changed = dict(owners)
    for index in before:
        changed.pop(index.name.key, None)
    for index in after:
        changed[index.name.key] = owner
    return changed


def with_column(table: Table, name: str, change: Callable[[TableColumn], TableColumn]) -> Table:
    """With one column changed. Of a table that is not wholly known, a column unseen so far becomes known a little."""
    if table.column(name) is None:
        if table.complete:
            return table
        unseen = TableColumn(name, DataType("unknown", known=False))
        return replace(table, columns=(*table.columns, change(unseen)))
    return replace(table, columns=tuple(change(column) if column.name == name else column for column in table.columns))


def all_tables(schema: Schema, change: Callable[[Table], Table]) -> Schema:
    """With each table changed; those that the function returns as they are cost nothing."""
    changed = {}
    for key, table in schema.relations.items():
        after = change(table)
        if after is not table:
            changed[key] = after
    for table in changed.values():
        schema = with_table(schema, table)
    return schema


def kept(items: Iterable[Value], keep: Callable[[Value], bool]) -> tuple[Value, ...]:
    return tuple(item for item in items if keep(item))


def taken_in(schema: Schema, table: Table) -> Callable[[str], bool]:
    """Whether a name is in use where the server would put an index, sequence or constraint of this table."""
    space = table.name.key[0]

    def taken(name: str) -> bool:
        key = (space, name)
        return (
            key in schema.index_owners
            or key in schema.relations
            or key in schema.sequences
            or key in schema.views
            or table.constraint(name) is not None
            or any(index.name.name == name for index in table.indexes)
            or (len(name.encode()) == LONGEST_NAME and _used_elsewhere(schema, space, name))
        )

    return taken


def _used_elsewhere(schema: Schema, space: str, name: str) -> bool:
    """Whether a constraint of another table has this name: names that were cut collide across tables."""
    return any(table.name.key[0] == space and table.constraint(name) is not None for table in schema.relations.values())
