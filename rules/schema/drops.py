"""Drops: what goes with an object, always or by CASCADE, as PostgreSQL decides it.

Source: https://www.postgresql.org/docs/current/ddl-depend.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from rules.model.columns import Generated
from rules.model.names import Name
from rules.schema.constraining import without_references
from rules.schema.edits import all_tables, kept, with_table, without, without_table, without_view
from rules.schema.expressions import functions, identifiers
from rules.schema.objects import Index, Table, TableColumn, TableConstraint

if TYPE_CHECKING:
    from rules.schema.schema import Key, Schema


def drop_table_key(schema: Schema, key: Key, *, cascade: bool) -> Schema:
    """A table with its indexes, sequences and partitions; by CASCADE the foreign keys to it and its views too."""
    table = schema.relations.get(key)
    if table is None:
        return schema
    name = table.name
    for partition in schema.partitions(name):
        schema = drop_table_key(without_table(schema, key), partition.name.key, cascade=cascade)
    schema = without_table(schema, key)
    owned = [
        place
        for place, sequence in schema.sequences.items()
        if sequence.owner and sequence.owner[0].name == key[1] and sequence.owner[0].key == key
    ]
    schema = replace(schema, sequences=without(schema.sequences, *owned)) if owned else schema
    if not cascade:
        return schema
    schema = without_references(schema, name)
    for child in [it for it in schema.relations.values() if any(parent.key == key for parent in it.inherits)]:
        schema = drop_table_key(schema, child.name.key, cascade=True)
    return without_readers(schema, name)


def without_readers(schema: Schema, name: Name) -> Schema:
    """Without the views that read a table or view, and those that read them."""
    for view in schema.readers_of(name):
        if view.name.key in schema.views:
            schema = drop_view(schema, view.name, cascade=True)
    return schema


def drop_view(schema: Schema, name: Name, *, cascade: bool) -> Schema:
    schema = without_view(schema, name.key)
    return without_readers(schema, name) if cascade else schema


def without_column(schema: Schema, name: Name, column: str, *, cascade: bool) -> Schema:
    """A column with the indexes, keys and checks that mention it; by CASCADE the foreign keys to it and views too."""
    table = schema.relations.get(name.key)
    if table is None:
        return schema
    gone = [constraint for constraint in table.constraints if column in constraint.columns]
    schema = with_table(schema, _stripped(table, column, gone))
    owned = [
        key
        for key, sequence in schema.sequences.items()
        if sequence.owner and sequence.owner[1] == column and sequence.owner[0].key == name.key
    ]
    schema = replace(schema, sequences=without(schema.sequences, *owned)) if owned else schema
    if not cascade:
        return schema
    for constraint in gone:
        if constraint.index is not None:
            schema = without_references(schema, name, constraint.columns)
    for view in schema.readers_of(name):
        if column in identifiers(view.definition) or "*" in view.definition:
            schema = drop_view(schema, view.name, cascade=True)
    return schema


def _stripped(table: Table, column: str, gone: list[TableConstraint]) -> Table:
    names = {constraint.name for constraint in gone if constraint.index is not None}
    return replace(
        table,
        columns=kept(table.columns, lambda it: it.name != column),
        constraints=kept(table.constraints, lambda it: it not in gone),
        indexes=kept(table.indexes, lambda it: it.constraint not in names and not _mentions(it, column)),
    )


def _mentions(index: Index, column: str) -> bool:
    if column in index.columns or column in index.include:
        return True
    if index.predicate is not None and column in identifiers(index.predicate):
        return True
    return any(key.column is None and column in identifiers(key.text) for key in index.keys)


def without_type(schema: Schema, name: Name) -> Schema:
    """By CASCADE: the columns of a dropped type."""
    for table, column in schema.columns_of_type(name):
        schema = without_column(schema, table.name, column, cascade=True)
    return schema


def without_function(schema: Schema, name: Name, *, cascade: bool) -> Schema:
    """By CASCADE with the triggers that call it and the defaults that do."""
    schema = replace(schema, functions=without(schema.functions, name.key))
    if not cascade:
        return schema

    def change(table: Table) -> Table:
        triggers = kept(table.triggers, lambda it: name.name not in functions(it.definition)[-1:])
        columns = tuple(
            replace(it, default=None) if it.default is not None and name.name in functions(it.default) else it
            for it in table.columns
        )
        if triggers == table.triggers and columns == table.columns:
            return table
        return replace(table, triggers=triggers, columns=columns)

    return all_tables(schema, change)


def without_sequence(schema: Schema, name: Name, *, cascade: bool) -> Schema:
    """By CASCADE with the defaults that draw from it."""
    gone = schema.sequences.get(name.key)
    schema = replace(schema, sequences=without(schema.sequences, name.key))
    if not cascade:
        return schema

    def draws(table: Table, column: TableColumn) -> bool:
        if gone is not None and gone.owner is not None and column.generated is Generated.SERIAL:
            return (gone.owner[0].key, gone.owner[1]) == (table.name.key, column.name)
        default = column.default or ""
        return "nextval" in functions(default) and name.name in default

    def change(table: Table) -> Table:
        if not any(draws(table, column) for column in table.columns):
            return table
        columns = tuple(replace(it, default=None, generated=None) if draws(table, it) else it for it in table.columns)
        return replace(table, columns=columns)

    return all_tables(schema, change)


def without_schema(schema: Schema, space: str) -> Schema:
    """Everything in a dropped schema."""
    for key in [key for key in schema.relations if key[0] == space]:
        schema = drop_table_key(schema, key, cascade=True)
    for key in [key for key in schema.views if key[0] == space]:
        schema = drop_view(schema, Name(key[1], key[0]), cascade=True)

    def outside(key: Key) -> bool:
        return key[0] != space

    return replace(
        schema,
        enums={key: value for key, value in schema.enums.items() if outside(key)},
        domains={key: value for key, value in schema.domains.items() if outside(key)},
        types={key: value for key, value in schema.types.items() if outside(key)},
        sequences={key: value for key, value in schema.sequences.items() if outside(key)},
        functions={key: value for key, value in schema.functions.items() if outside(key)},
        schemas=without(schema.schemas, space),
    )
