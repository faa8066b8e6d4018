"""What each operation writes and reads, as far as its statement tells; None where it does not tell all."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rules.joining.parts import (
    ALL,
    WHOLE,
    Part,
    PartKind,
    Touch,
    columns,
    named,
    reading,
    rows,
    table,
    thing,
    type_,
    writing,
)
from rules.model import operations as ops
from rules.model.columns import Check, Column, Constraint, DataType, ForeignKey, NotNull, PrimaryKey, Unique
from rules.model.names import Name
from rules.model.operations import Kind, Operation
from rules.schema import Schema
from rules.schema.expressions import identifiers

NOTHING = Touch()
_OWN_NAMES = (Kind.SEQUENCE, Kind.VIEW, Kind.MATERIALIZED_VIEW)
_BY_NAME = (Kind.EXTENSION, Kind.SCHEMA, Kind.ROLE, Kind.SEQUENCE)
_LATE_BODY = re.compile(r"\blanguage\s+'?plpgsql\b", re.IGNORECASE)
"""A body that the server does not look at before it is called."""


def touch_of(operation: Operation, schema: Schema) -> Touch | None:
    """`schema` is what the operation meets. What runs only under a condition counts as not known."""
    if operation.statement.conditional or getattr(operation, "cascade", False):
        return None
    match operation:
        case ops.CreateTable():
            return _new_table(operation)
        case ops.AddColumn(_, name, column):
            return writing(table(name, column.name)) | _column(name, column) | _needed_rows(name, column)
        case ops.DropTable(_, name):
            return writing(table(name), named(name), rows(name))
        case ops.RenameTable(_, name, new):
            renamed = Name(new, name.schema)
            return writing(table(name), named(name), rows(name), table(renamed), named(renamed))
        case ops.RenameColumn(_, name, column, new):
            return writing(*columns(name, (column, new)))
        case ops.DropColumn(_, name, column) | ops.AlterColumnOther(_, name, column):
            return writing(table(name, column))
        case ops.SetDefault(_, name, column) | ops.DropDefault(_, name, column) | ops.DropNotNull(_, name, column):
            return writing(table(name, column))
        case ops.SetNotNull(_, name, column):
            return writing(table(name, column)) | reading(rows(name))
        case ops.AlterColumnType(_, name, column, to):
            return writing(table(name, column)) | reading(rows(name), table(name, ALL), _type(to))
        case ops.AddForeignKey() | ops.AddCheck() | ops.AddUnique() | ops.AddPrimaryKey() | ops.AddNotNullConstraint():
            return _constraint(operation.table, operation.constraint)
        case ops.DropConstraint(_, name, constraint) | ops.ValidateConstraint(_, name, constraint):
            return _named_constraint(name, (constraint,), schema) | reading(rows(name))
        case ops.RenameConstraint(_, name, constraint, new):
            return _named_constraint(name, (constraint, new), schema)
        case ops.CreateIndex():
            return _index(operation)
        case ops.DropIndex(_, index):
            return _known_index(index, operation.table, schema)
        case ops.RenameIndex(_, index, new):
            known = _known_index(index, operation.table, schema)
            return None if known is None else known | writing(named(Name(new, index.schema)))
    return _beside_tables(operation, schema)


def _beside_tables(operation: Operation, schema: Schema) -> Touch | None:
    """Types, objects, rows, sessions."""
    match operation:
        case ops.CreateEnum(_, name) | ops.AddEnumValue(_, name) | ops.RenameEnumValue(_, name):
            return writing(type_(name.schema, name.name))
        case ops.CreateObject():
            return _object(operation)
        case ops.DropObject(_, kind, name, on):
            return _dropped(kind, name, on, schema)
        case ops.CommentOn(_, kind, name, column):
            comment = writing(Part(PartKind.COMMENT, name.key, column or WHOLE))
            return comment | reading(table(name, column or WHOLE)) if kind in ("TABLE", "COLUMN") else None
        case ops.Privilege(_, _, tables) if tables:
            parts = (Part(PartKind.PRIVILEGES, name.key) for name in tables)
            return writing(*parts) | reading(*(table(name) for name in tables))
        case ops.Insert(_, name) | ops.Update(_, name) | ops.Delete(_, name):
            return writing(rows(name)) | _read((name, *operation.sources))
        case ops.Copy(_, name, into):
            return (writing(rows(name)) if into else NOTHING) | _read((name,))
        case ops.Truncate(_, name):
            return writing(rows(name)) | _read((name,))
        case ops.Select(_, sources, functions) if not functions:
            return _read(sources)
        case ops.LockTable(_, name):
            return reading(table(name))
        case ops.Setting(_, name) if name.lower().endswith("_timeout"):
            return NOTHING
        case ops.Harmless():
            return NOTHING
        case ops.Maintenance(_, verb) if verb == "ANALYZE":
            return NOTHING
    return None


def _new_table(operation: ops.CreateTable) -> Touch | None:
    name = operation.table
    if operation.from_query or operation.like or operation.inherits or operation.partition_of:
        return None
    touch = writing(table(name), named(name), rows(name))
    for column in operation.columns:
        touch |= _column(name, column)
    for constraint in operation.constraints:
        touch |= _constraint(name, constraint)
    return touch


def _column(name: Name, column: Column) -> Touch:
    touch = reading(_type(column.type))
    if column.expression:
        touch |= reading(table(name, ALL))
    for constraint in column.constraints:
        touch |= _constraint(name, constraint)
    return touch


def _needed_rows(name: Name, column: Column) -> Touch:
    """A column that must have a value and gets none runs only on an empty table."""
    must = not column.nullable and column.default is None and column.generated is None
    return reading(rows(name)) if must else NOTHING


def _constraint(name: Name, constraint: Constraint) -> Touch:
    touch = reading(rows(name)) if not getattr(constraint, "not_valid", False) else NOTHING
    match constraint:
        case ForeignKey(own, of, target, those):
            seen = columns(target, those) or (table(target, ALL),)
            touch |= reading(*columns(name, of), *seen)
            touch |= NOTHING if constraint.not_valid else reading(rows(target))
        case Check(own, expression):
            of = tuple(sorted(identifiers(expression)))
            touch |= reading(*columns(name, of))
        case Unique(own, of, index) | PrimaryKey(own, of, index):
            touch |= reading(*columns(name, of or (ALL,)))
            if isinstance(constraint, PrimaryKey):
                touch |= writing(*columns(name, of or (ALL,)), Part(PartKind.CONSTRAINT, name.key, "primary key"))
            touch |= writing(*(named(Name(each, name.schema)) for each in (own, index) if each))
        case NotNull(own, column):
            of = (column,)
            touch |= writing(table(name, column))
        case _:
            own, of = constraint.name, (ALL,)
            touch |= reading(table(name, ALL))
    return touch | writing(Part(PartKind.CONSTRAINT, name.key, own or f"({', '.join(of)})"))


def _named_constraint(name: Name, constraints: tuple[str, ...], schema: Schema) -> Touch:
    found = schema.trace(name)
    known = [it for each in constraints if found and (it := found.constraint(each))]
    about = {column for it in known for column in it.columns} if known else {ALL}
    parts = (Part(PartKind.CONSTRAINT, name.key, each) for each in constraints)
    indexes = (named(Name(each, name.schema)) for each in constraints)
    return writing(*parts, *indexes, *columns(name, sorted(about)))


def _index(operation: ops.CreateIndex) -> Touch:
    name = operation.table
    is_plain = operation.predicate is None and all(key.column for key in operation.keys)
    of = {*(key.column for key in operation.keys if key.column), *operation.include} if is_plain else {ALL}
    touch = reading(*columns(name, sorted(of)), *((rows(name),) if operation.unique else ()))
    if operation.index is None:
        return touch | writing(Part(PartKind.NAME, ("", f"an index of {name} without a name")))
    return touch | writing(named(Name(operation.index.name, operation.index.schema or name.schema)))


def _known_index(index: Name, on: Name | None, schema: Schema) -> Touch | None:
    found = schema.index(index, on)
    return None if found is None else writing(named(index)) | reading(table(found.table, ALL))


def _object(operation: ops.CreateObject) -> Touch | None:
    kind, name, on = operation.kind, operation.name, operation.table
    if kind in (Kind.VIEW, Kind.MATERIALIZED_VIEW):
        return writing(named(name), table(name)) | _read(operation.reads)
    if kind in _OWN_NAMES:
        return writing(named(name))
    if kind in _BY_NAME:
        return writing(thing(kind.value, name))
    if kind is Kind.TRIGGER and on is not None:
        return writing(thing(f"trigger of {on}", name), rows(on)) | reading(table(on, ALL), thing("function", name))
    if kind is Kind.FUNCTION and _LATE_BODY.search(operation.definition):
        return writing(thing("function", name))
    return None


def _dropped(kind: Kind, name: Name, on: Name | None, schema: Schema) -> Touch | None:
    if kind in (Kind.VIEW, Kind.MATERIALIZED_VIEW):
        view = schema.view(name)
        return None if view is None else writing(named(name), table(name)) | _read(view.reads)
    if kind is Kind.SEQUENCE:
        return writing(named(name))
    if kind is Kind.TYPE:
        return writing(type_(name.schema, name.name))
    if kind is Kind.TRIGGER and on is not None:
        return writing(thing(f"trigger of {on}", name), rows(on)) | reading(table(on))
    return None


def _read(names: Iterable[Name]) -> Touch:
    those = tuple(names)
    return reading(*(rows(name) for name in those), *(table(name, ALL) for name in those), *map(named, those))


def _type(type_of: DataType) -> Part:
    return type_(type_of.schema, type_of.name)
