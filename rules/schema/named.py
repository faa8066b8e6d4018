"""Objects known by name: types, sequences, views, functions, triggers, extensions, schemas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rules.model import operations as model
from rules.model.names import Name
from rules.model.operations import Kind
from rules.postgres.tokens import identifier
from rules.schema.changes import changes
from rules.schema.drops import (
    drop_table_key,
    drop_view,
    without_function,
    without_schema,
    without_sequence,
    without_type,
)
from rules.schema.edits import kept, put, touched, with_table, with_view, without, without_table
from rules.schema.indexes import index_renamed
from rules.schema.mentions import function_renamed, label_renamed, sequence_renamed, type_renamed
from rules.schema.naming import COPY
from rules.schema.objects import Domain, EnumType, Function, Origin, OtherObject, Sequence, Trigger, View
from rules.schema.renames import relation_renamed
from rules.schema.resolving import table_named

if TYPE_CHECKING:
    from rules.schema.schema import Schema

_VOLATILITIES = ("immutable", "stable", "volatile")


@changes(model.CreateEnum)
def create_enum(schema: Schema, operation: model.CreateEnum, origin: Origin) -> Schema:
    known = schema.enums.get(operation.type.key)
    if known is not None and not known.origin.conditional and not schema.unread:
        return schema  # the server refuses it
    made = EnumType(operation.type, operation.labels, origin=origin)
    return replace(schema, enums=put(schema.enums, operation.type.key, made))


@changes(model.AddEnumValue)
def add_enum_value(schema: Schema, operation: model.AddEnumValue, origin: Origin) -> Schema:
    found = schema.enums.get(operation.type.key)
    if found is None or operation.label in found.labels:
        return schema
    grown = replace(found, labels=(*found.labels, operation.label), added=(*found.added, (operation.label, origin)))
    return replace(schema, enums=put(schema.enums, operation.type.key, grown))


@changes(model.RenameEnumValue)
def rename_enum_value(schema: Schema, operation: model.RenameEnumValue, _: Origin) -> Schema:
    found = schema.enums.get(operation.type.key)
    if found is None:
        return schema
    labels = tuple(operation.new_label if label == operation.label else label for label in found.labels)
    schema = replace(schema, enums=put(schema.enums, operation.type.key, replace(found, labels=labels)))
    return label_renamed(schema, operation.type, operation.label, operation.new_label)


@changes(model.CreateDomain)
def create_domain(schema: Schema, operation: model.CreateDomain, origin: Origin) -> Schema:
    under = schema.domains_under(operation.base)
    default = _unless_null(operation.default or (under[0].default if under else None))
    made = Domain(operation.domain, operation.base, operation.not_null, operation.checks, (), default, origin)
    return replace(schema, domains=put(schema.domains, operation.domain.key, made))


@changes(model.AlterDomain)
def alter_domain(schema: Schema, operation: model.AlterDomain, _: Origin) -> Schema:
    found = schema.domains.get(operation.domain.key)
    if found is None:
        return schema
    action = " ".join(operation.action.split())
    words = action.upper()
    name = _word_after(action, "CONSTRAINT")
    if words.startswith("SET NOT NULL") or (words.startswith("ADD") and "CHECK" not in words):
        found = replace(found, not_null=True)
    elif words.startswith("ADD"):
        name = name or f"{found.name.name}_check{len(found.checks) or ''}"
        waiting = (name,) if words.endswith("NOT VALID") else ()
        found = replace(found, checks=(*found.checks, name), not_valid=(*found.not_valid, *waiting))
    elif words.startswith(("SET DEFAULT", "DROP DEFAULT")):
        default = action[len("SET DEFAULT") :].strip() if words.startswith("SET") else None
        found = replace(found, default=_unless_null(default))
    elif words.startswith("DROP NOT NULL"):
        found = replace(found, not_null=False)
    elif words.startswith("DROP CONSTRAINT"):
        found = replace(found, checks=_without(found.checks, name), not_valid=_without(found.not_valid, name))
    elif words.startswith("VALIDATE"):
        found = replace(found, not_valid=_without(found.not_valid, name))
    return replace(schema, domains=put(schema.domains, operation.domain.key, found))


def _unless_null(default: str | None) -> str | None:
    return None if default is not None and default.upper() == "NULL" else default


def _without(names: tuple[str, ...], gone: str) -> tuple[str, ...]:
    return tuple(name for name in names if name != gone)


def _word_after(text: str, word: str) -> str:
    found = re.search(rf"\b{word}\s+(?:IF\s+EXISTS\s+)?(\"[^\"]+\"|\S+)", text, re.IGNORECASE)
    return identifier(found[1]) if found else ""


@changes(model.CreateObject)
def create(schema: Schema, operation: model.CreateObject, origin: Origin) -> Schema:
    name, key = operation.name, operation.name.key
    match operation.kind:
        case Kind.VIEW | Kind.MATERIALIZED_VIEW:
            return _create_view(schema, operation, origin)
        case Kind.FUNCTION | Kind.PROCEDURE:
            before = schema.functions.get(key)
            volatility = operation.volatility or "volatile"
            if before is not None and not operation.replace:
                volatility = max(volatility, before.volatility, key=_VOLATILITIES.index)
            made = Function(name, volatility, before.origin if before else origin)
            return replace(schema, functions=put(schema.functions, key, made))
        case Kind.TRIGGER if operation.table is not None:
            table = touched(schema, operation.table)
            others = kept(table.triggers, lambda it: it.name != name.name)
            trigger = Trigger(name.name, operation.definition, origin=origin)
            return with_table(schema, replace(table, triggers=(*others, trigger)))
        case Kind.SEQUENCE:
            if key in schema.sequences and operation.if_not_exists:
                return schema
            return _owned(schema, Sequence(name, origin=origin), operation.definition)
        case Kind.TYPE:
            return replace(schema, types=put(schema.types, key, OtherObject(name, origin)))
        case Kind.EXTENSION:
            return replace(schema, extensions=put(schema.extensions, name.name, OtherObject(name, origin)))
        case Kind.SCHEMA:
            return replace(schema, schemas=put(schema.schemas, name.name, OtherObject(name, origin)))
    return schema


def _create_view(schema: Schema, operation: model.CreateObject, origin: Origin) -> Schema:
    before = schema.views.get(operation.name.key)
    if before is not None and operation.if_not_exists:
        return schema
    view = View(
        operation.name,
        operation.reads,
        operation.definition,
        operation.kind is Kind.MATERIALIZED_VIEW,
        operation.populated,
        origin=before.origin if before is not None and operation.replace else origin,
    )
    return with_view(schema, view)


def _owned(schema: Schema, sequence: Sequence, definition: str) -> Schema:
    """With the owner that OWNED BY table.column gives."""
    owner = re.search(r"\bOWNED\s+BY\s+(\S+)", definition, re.IGNORECASE)
    if owner and owner[1].upper() != "NONE":
        parts = [identifier(part) for part in owner[1].split(".")]
        if len(parts) > 1:
            table = table_named(schema, Name(parts[-2], parts[-3] if len(parts) > 2 else None))
            sequence = replace(sequence, owner=(table, parts[-1]))
    elif owner:
        sequence = replace(sequence, owner=None)
    return replace(schema, sequences=put(schema.sequences, sequence.name.key, sequence))


@changes(model.DropObject)
def drop(schema: Schema, operation: model.DropObject, _: Origin) -> Schema:
    name, key = operation.name, operation.name.key
    match operation.kind:
        case Kind.VIEW | Kind.MATERIALIZED_VIEW:
            return drop_view(schema, name, cascade=operation.cascade)
        case Kind.TYPE | Kind.DOMAIN:
            schema = without_type(schema, name) if operation.cascade else schema
            return replace(
                schema,
                enums=without(schema.enums, key),
                domains=without(schema.domains, key),
                types=without(schema.types, key),
            )
        case Kind.FUNCTION | Kind.PROCEDURE:
            return without_function(schema, name, cascade=operation.cascade)
        case Kind.SEQUENCE:
            return without_sequence(schema, name, cascade=operation.cascade)
        case Kind.TRIGGER if operation.table is not None:
            table = touched(schema, operation.table)
            return with_table(schema, replace(table, triggers=kept(table.triggers, lambda it: it.name != name.name)))
        case Kind.EXTENSION:
            return replace(schema, extensions=without(schema.extensions, name.name))
        case Kind.SCHEMA:
            return without_schema(schema, name.name)
        case Kind.OTHER if key in schema.relations:
            return drop_table_key(schema, key, cascade=operation.cascade)
    return schema


@changes(model.RenameObject)
def rename(schema: Schema, operation: model.RenameObject, _: Origin) -> Schema:
    name, new = operation.name, Name(operation.new_name, operation.name.schema)
    match operation.kind:
        case Kind.VIEW | Kind.MATERIALIZED_VIEW:
            return relation_renamed(schema, name, new)
        case Kind.SEQUENCE:
            return sequence_renamed(relation_renamed(schema, name, new), name, new)
        case Kind.TYPE | Kind.DOMAIN:
            return type_renamed(_type_moved(schema, name, new), name, new)
        case Kind.FUNCTION | Kind.PROCEDURE if name.key in schema.functions:
            moved = replace(schema.functions[name.key], name=new)
            schema = replace(schema, functions=put(without(schema.functions, name.key), new.key, moved))
            return function_renamed(schema, name, new)
        case Kind.SCHEMA:
            return _schema_renamed(schema, name.name, operation.new_name)
        case Kind.TRIGGER if operation.table is not None:
            table = touched(schema, operation.table)
            triggers = (replace(it, name=operation.new_name) if it.name == name.name else it for it in table.triggers)
            return with_table(schema, replace(table, triggers=tuple(triggers)))
    return schema


@changes(model.MoveObject)
def move(schema: Schema, operation: model.MoveObject, _: Origin) -> Schema:
    name, new = operation.name, Name(operation.name.name, operation.new_schema)
    match operation.kind:
        case None | Kind.VIEW | Kind.MATERIALIZED_VIEW | Kind.SEQUENCE:
            return relation_renamed(schema, name, new)
        case Kind.TYPE | Kind.DOMAIN:
            return _type_moved(schema, name, new)
    return schema


def _type_moved(schema: Schema, old: Name, new: Name) -> Schema:
    """A type under a new name: the columns that have it follow."""
    for table, column in schema.columns_of_type(old):
        columns = tuple(
            replace(it, type=replace(it.type, name=new.name, schema=new.schema)) if it.name == column else it
            for it in schema.relations[table.name.key].columns
        )
        schema = with_table(schema, replace(schema.relations[table.name.key], columns=columns))
    if old.key in schema.enums:
        enum = replace(schema.enums[old.key], name=new)
        schema = replace(schema, enums=put(without(schema.enums, old.key), new.key, enum))
    if old.key in schema.domains:
        domain = replace(schema.domains[old.key], name=new)
        schema = replace(schema, domains=put(without(schema.domains, old.key), new.key, domain))
    if old.key in schema.types:
        other = replace(schema.types[old.key], name=new)
        schema = replace(schema, types=put(without(schema.types, old.key), new.key, other))
    return schema


def _schema_renamed(schema: Schema, old: str, new: str) -> Schema:
    for key in [key for key in (*schema.relations, *schema.views, *schema.sequences) if key[0] == old]:
        schema = relation_renamed(schema, Name(key[1], old), Name(key[1], new))
    for key in [key for key in (*schema.enums, *schema.domains, *schema.types) if key[0] == old]:
        schema = _type_moved(schema, Name(key[1], old), Name(key[1], new))
    return schema


@changes(model.AlterObject)
def alter(schema: Schema, operation: model.AlterObject, _: Origin) -> Schema:
    key = operation.name.key
    if operation.kind is Kind.SEQUENCE and key in schema.sequences:
        return _owned(schema, schema.sequences[key], operation.action)
    if operation.kind in (Kind.FUNCTION, Kind.PROCEDURE) and key in schema.functions:
        words = operation.action.lower().split()
        volatility = next((word for word in words if word in _VOLATILITIES), None)
        if volatility is not None:
            changed = replace(schema.functions[key], volatility=volatility)
            return replace(schema, functions=put(schema.functions, key, changed))
    return schema


@changes(model.RefreshView)
def refresh(schema: Schema, operation: model.RefreshView, _: Origin) -> Schema:
    view = schema.views.get(operation.view.key)
    return schema if view is None else with_view(schema, replace(view, populated=operation.with_data))


def _in_place_of(schema: Schema, copy: Name, name: Name) -> Schema:
    """Without the table whose place a copy takes: the copy is as old as that, and so are its columns."""
    old, new = schema.table(name), schema.table(copy)
    if old is None or new is None:
        return schema
    columns = tuple(
        replace(column, origin=known.origin) if (known := old.column(column.name)) is not None else column
        for column in new.columns
    )
    return without_table(with_table(schema, replace(new, origin=old.origin, columns=columns)), name.key)


@changes(model.RenameTable)
def rename_relation(schema: Schema, operation: model.RenameTable, _: Origin) -> Schema:
    """ALTER TABLE ... RENAME TO also renames views, sequences and indexes."""
    if operation.table.key in schema.index_owners:
        return index_renamed(schema, operation.table, operation.new_name)
    if operation.table.name.startswith(COPY):
        schema = _in_place_of(schema, operation.table, Name(operation.new_name, operation.table.schema))
    return relation_renamed(schema, operation.table, Name(operation.new_name, operation.table.schema))
