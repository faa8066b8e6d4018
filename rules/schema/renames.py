"""Renames: everything that names an object follows it, as the server's own references do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from rules.model.columns import Check, Constraint, Exclusion, ForeignKey, NotNull
from rules.model.names import Name, quoted
from rules.model.operations import IndexKey
from rules.schema.edits import all_tables, put, with_table, with_view, without, without_table, without_view
from rules.schema.expressions import renamed
from rules.schema.objects import Index, Table, TableColumn, TableConstraint

if TYPE_CHECKING:
    from rules.schema.schema import Schema


def relation_renamed(schema: Schema, old: Name, new: Name) -> Schema:
    """A table, view or sequence under a new name or in a new schema."""
    key = old.key
    if key in schema.sequences:
        moved = replace(schema.sequences[key], name=new)
        return replace(schema, sequences=put(without(schema.sequences, key), new.key, moved))
    if key in schema.views:
        view = schema.views[key]
        indexes = tuple(_on(index, new) for index in view.indexes)
        schema = with_view(without_view(schema, key), replace(view, name=new, indexes=indexes))
        return _readers_follow(schema, old, new)
    table = schema.relations.get(key)
    if table is None:
        return schema
    moved_table = replace(table, name=new, indexes=tuple(_on(index, new) for index in table.indexes))
    schema = with_table(without_table(schema, key), moved_table)
    schema = all_tables(schema, lambda other: _pointing(other, old, new))
    sequences = {
        name: replace(sequence, owner=(new, sequence.owner[1]))
        if sequence.owner and sequence.owner[0].key == key
        else sequence
        for name, sequence in schema.sequences.items()
    }
    return _readers_follow(replace(schema, sequences=sequences), old, new)


def _on(index: Index, table: Name) -> Index:
    return replace(index, table=table, name=Name(index.name.name, table.schema))


def _readers_follow(schema: Schema, old: Name, new: Name) -> Schema:
    views = {
        key: replace(view, reads=tuple(new if read.key == old.key else read for read in view.reads))
        if any(read.key == old.key for read in view.reads)
        else view
        for key, view in schema.views.items()
    }
    return replace(schema, views=views)


def _pointing(table: Table, old: Name, new: Name) -> Table:
    """The table with its foreign keys, its parent and its inheritance following the new name."""
    points = any(
        isinstance(it.definition, ForeignKey) and it.definition.target.key == old.key for it in table.constraints
    )
    below = table.partition_of is not None and table.partition_of.key == old.key
    inherits = any(name.key == old.key for name in table.inherits)
    if not (points or below or inherits):
        return table
    constraints = tuple(
        replace(it, definition=replace(it.definition, target=new))
        if isinstance(it.definition, ForeignKey) and it.definition.target.key == old.key
        else it
        for it in table.constraints
    )
    return replace(
        table,
        constraints=constraints,
        partition_of=new if below else table.partition_of,
        inherits=tuple(new if name.key == old.key else name for name in table.inherits),
    )


def column_renamed(schema: Schema, name: Name, old: str, new: str) -> Schema:
    table = schema.relations.get(name.key)
    if table is None:
        return schema
    table = replace(
        table,
        columns=tuple(_column(column, old, new) for column in table.columns),
        constraints=tuple(_constraint(constraint, old, new) for constraint in table.constraints),
        indexes=tuple(_index(index, old, new) for index in table.indexes),
        partition_by=renamed(table.partition_by, old, new) if table.partition_by else None,
    )
    schema = with_table(schema, table)
    sequences = {
        key: replace(sequence, owner=(name, new))
        if sequence.owner and (sequence.owner[0].key, sequence.owner[1]) == (name.key, old)
        else sequence
        for key, sequence in schema.sequences.items()
    }
    views = {
        key: replace(view, definition=renamed(view.definition, old, new))
        if any(read.key == name.key for read in view.reads)
        else view
        for key, view in schema.views.items()
    }
    schema = replace(schema, sequences=sequences, views=views)
    return all_tables(schema, lambda other: _target_renamed(other, name, old, new))


def _column(column: TableColumn, old: str, new: str) -> TableColumn:
    if column.expression is not None:
        column = replace(column, expression=renamed(column.expression, old, new))
    return replace(column, name=new) if column.name == old else column


def _names(columns: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if column == old else column for column in columns)


def _constraint(constraint: TableConstraint, old: str, new: str) -> TableConstraint:
    if old not in constraint.columns:
        return constraint
    definition = _definition(constraint.definition, old, new)
    return replace(constraint, columns=_names(constraint.columns, old, new), definition=definition)


def _definition(definition: Constraint, old: str, new: str) -> Constraint:
    match definition:
        case Check():
            return replace(definition, expression=renamed(definition.expression, old, new))
        case Exclusion():
            return replace(definition, definition=renamed(definition.definition, old, new))
        case NotNull():
            return replace(definition, column=new)
    return replace(definition, columns=_names(definition.columns, old, new))


def _index(index: Index, old: str, new: str) -> Index:
    return replace(
        index,
        keys=tuple(_key(key, old, new) for key in index.keys),
        include=_names(index.include, old, new),
        predicate=renamed(index.predicate, old, new) if index.predicate else None,
    )


def _key(key: IndexKey, old: str, new: str) -> IndexKey:
    if key.column == old:
        return replace(key, column=new, text=renamed(key.text, old, new) if key.text != old else quoted(new))
    return key if key.column else replace(key, text=renamed(key.text, old, new))


def _target_renamed(table: Table, target: Name, old: str, new: str) -> Table:
    def points(constraint: TableConstraint) -> bool:
        key = constraint.definition
        return isinstance(key, ForeignKey) and key.target.key == target.key and old in key.target_columns

    if not any(points(constraint) for constraint in table.constraints):
        return table
    constraints = []
    for constraint in table.constraints:
        key = constraint.definition
        if points(constraint) and isinstance(key, ForeignKey):
            key = replace(key, target_columns=_names(key.target_columns, old, new))
        constraints.append(replace(constraint, definition=key))
    return replace(table, constraints=tuple(constraints))
