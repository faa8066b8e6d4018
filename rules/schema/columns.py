"""Columns: added, altered, renamed, dropped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rules.model import operations as model
from rules.model.columns import Column, Generated
from rules.model.names import Name
from rules.schema import naming
from rules.schema.changes import changes
from rules.schema.drops import without_column
from rules.schema.edits import put, taken_in, touched, with_column, with_table
from rules.schema.inheritance import with_constraint
from rules.schema.objects import Origin, Sequence, Table, TableColumn
from rules.schema.renames import column_renamed

if TYPE_CHECKING:
    from rules.schema.schema import Schema

_WITH_SEQUENCE = (Generated.SERIAL, Generated.IDENTITY_ALWAYS, Generated.IDENTITY_BY_DEFAULT)


def with_new_column(schema: Schema, table: Table, column: Column, origin: Origin) -> tuple[Schema, Table]:
    """The column without the constraints written inside it; its sequence is in the schema then."""
    return with_new_columns(schema, table, (column,), origin)


def with_new_columns(schema: Schema, table: Table, columns: Iterable[Column], origin: Origin) -> tuple[Schema, Table]:
    """Each of them; the last of a name counts."""
    found = {it.name: it for it in table.columns}
    for column in columns:
        found.pop(column.name, None)
        found[column.name] = TableColumn(
            column.name,
            column.type,
            column.nullable,
            column.default,
            column.generated,
            column.expression,
            column.collation,
            origin,
            column.character_set,
        )
        if column.generated in _WITH_SEQUENCE:
            schema = _with_sequence(schema, table, column.name, origin)
    return schema, replace(table, columns=tuple(found.values()))


def _with_sequence(schema: Schema, table: Table, column: str, origin: Origin) -> Schema:
    name = Name(naming.chosen(table.name.name, column, "seq", taken_in(schema, table)), table.name.schema)
    return replace(schema, sequences=put(schema.sequences, name.key, Sequence(name, (table.name, column), origin)))


@changes(model.RedefineColumn)
def redefine(schema: Schema, operation: model.RedefineColumn, origin: Origin) -> Schema:
    """All that the definition leaves out is gone, but for the keys that the column is in."""
    name, column = operation.table, operation.definition
    if operation.column != column.name:
        schema = column_renamed(schema, name, operation.column, column.name)
    table = touched(schema, name)
    key = table.primary_key
    nullable = column.nullable and (key is None or column.name not in key.columns)
    schema = _altered(
        schema,
        name,
        column.name,
        type=column.type,
        nullable=nullable,
        default=column.default,
        generated=column.generated,
        expression=column.expression,
        collation=column.collation,
        character_set=column.character_set,
    )
    for constraint in column.constraints:
        schema = with_constraint(schema, name, constraint, origin)
    return schema


@changes(model.AddColumn)
def add(schema: Schema, operation: model.AddColumn, origin: Origin) -> Schema:
    table = touched(schema, operation.table)
    if operation.if_not_exists and table.column(operation.column.name) is not None:
        return schema
    schema, table = with_new_column(schema, table, operation.column, origin)
    schema = with_table(schema, table)
    below = handed_down(operation.column)
    for name in schema.below(operation.table):
        schema, changed = with_new_column(schema, schema.relations[name.key], below, origin)
        schema = with_table(schema, changed)
    for constraint in operation.column.constraints:
        schema = with_constraint(schema, operation.table, constraint, origin)
    return schema


def handed_down(column: Column) -> Column:
    """As the tables beneath get it: what counts by itself counts for all of them with one sequence."""
    return replace(column, generated=None, default="nextval") if column.generated is Generated.SERIAL else column


@changes(model.DropColumn)
def drop(schema: Schema, operation: model.DropColumn, _: Origin) -> Schema:
    schema = without_column(schema, operation.table, operation.column, cascade=operation.cascade)
    for name in schema.below(operation.table):
        schema = without_column(schema, name, operation.column, cascade=operation.cascade)
    return schema


@changes(model.RenameColumn)
def rename(schema: Schema, operation: model.RenameColumn, _: Origin) -> Schema:
    schema = column_renamed(schema, operation.table, operation.column, operation.new_name)
    for name in schema.below(operation.table):
        schema = column_renamed(schema, name, operation.column, operation.new_name)
    return schema


def _altered(schema: Schema, name: Name, column: str, **values: object) -> Schema:
    for each in (name, *schema.below(name)):
        table = with_column(touched(schema, each), column, lambda it: replace(it, **values))
        schema = with_table(schema, table)
    return schema


@changes(model.AlterColumnType)
def set_type(schema: Schema, operation: model.AlterColumnType, _: Origin) -> Schema:
    """Without COLLATE the type's own collation is taken: a domain's, which is not kept, else the default one."""
    values: dict[str, object] = {"type": operation.type}
    domain = schema.domain(Name(operation.type.name, operation.type.schema))
    if operation.collation is not None or domain is None:
        values["collation"] = operation.collation
    return _altered(schema, operation.table, operation.column, **values)


@changes(model.SetNotNull)
def set_not_null(schema: Schema, operation: model.SetNotNull, _: Origin) -> Schema:
    return _altered(schema, operation.table, operation.column, nullable=False)


@changes(model.DropNotNull)
def drop_not_null(schema: Schema, operation: model.DropNotNull, _: Origin) -> Schema:
    return _altered(schema, operation.table, operation.column, nullable=True)


@changes(model.SetDefault)
def set_default(schema: Schema, operation: model.SetDefault, _: Origin) -> Schema:
    default = None if operation.default.upper() == "NULL" else operation.default
    schema = _without_serial(schema, operation.table, operation.column)
    return _altered(schema, operation.table, operation.column, default=default)


@changes(model.DropDefault)
def drop_default(schema: Schema, operation: model.DropDefault, _: Origin) -> Schema:
    schema = _without_serial(schema, operation.table, operation.column)
    return _altered(schema, operation.table, operation.column, default=None)


def _without_serial(schema: Schema, name: Name, column: str) -> Schema:
    """The default of a SERIAL column is replaced like any other; its sequence stays."""
    found = touched(schema, name).column(column)
    if found is None or found.generated is not Generated.SERIAL:
        return schema
    return _altered(schema, name, column, generated=None)


@changes(model.AlterColumnOther)
def other(schema: Schema, operation: model.AlterColumnOther, origin: Origin) -> Schema:
    words = " ".join(operation.action.upper().split())
    if words.startswith("ADD GENERATED"):
        kind = Generated.IDENTITY_ALWAYS if "ALWAYS" in words[:22] else Generated.IDENTITY_BY_DEFAULT
        schema = _with_sequence(schema, touched(schema, operation.table), operation.column, origin)
        return _altered(schema, operation.table, operation.column, generated=kind, nullable=False)
    if words.startswith("SET GENERATED"):
        kind = Generated.IDENTITY_ALWAYS if "ALWAYS" in words[:22] else Generated.IDENTITY_BY_DEFAULT
        return _altered(schema, operation.table, operation.column, generated=kind)
    if words.startswith("DROP IDENTITY"):
        owned = {
            key: sequence
            for key, sequence in schema.sequences.items()
            if sequence.owner is None
            or (sequence.owner[0].key, sequence.owner[1]) != (operation.table.key, operation.column)
        }
        return _altered(replace(schema, sequences=owned), operation.table, operation.column, generated=None)
    if words.startswith("DROP EXPRESSION"):
        return _altered(schema, operation.table, operation.column, generated=None, expression=None)
    if words.startswith("SET EXPRESSION AS"):
        expression = operation.action[operation.action.index("(") + 1 : operation.action.rindex(")")]
        return _altered(schema, operation.table, operation.column, expression=expression.strip())
    return schema
