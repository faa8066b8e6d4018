"""Operations as one moment of a history makes them: unqualified names by its search path, rows by its keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from rules.model import operations as model
from rules.model.columns import Column, DataType, ForeignKey
from rules.model.names import DEFAULT_SCHEMA, Name
from rules.model.operations import Kind, Operation
from rules.postgres.types import BUILT_IN
from rules.schema.paths import Schemas

if TYPE_CHECKING:
    from rules.schema.schema import Schema

Resolve = Callable[[Name], Name]
_NOWHERE = frozenset(
    {
        *(Kind.TRIGGER, Kind.POLICY, Kind.RULE, Kind.EXTENSION, Kind.SCHEMA, Kind.DATABASE, Kind.ROLE),
        *(Kind.PUBLICATION, Kind.SUBSCRIPTION, Kind.CAST, Kind.SERVER),
    }
)
"""Kinds whose names lie in no schema."""
_TYPES = (Kind.TYPE, Kind.DOMAIN)
_ROUTINES = (Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE)
_COMMENTED = ("TABLE", "COLUMN", "VIEW", "MATERIALIZED VIEW", "INDEX", "SEQUENCE", "CONSTRAINT", "TRIGGER")
_MADE = {model.CreateTable: "table", model.CreateEnum: "type", model.CreateDomain: "domain"}
"""Operation -> the field that names what it makes."""
_OTHERS = ("name", "type", "domain", "procedure")
"""Fields that name what may be no table."""
_OF_TYPES = (model.AddEnumValue, model.RenameEnumValue, model.AlterDomain)


def resolved(schema: Schema, operation: Operation) -> Operation:
    """With each unqualified name in the schema where the server would find it, or make it; public stays unsaid."""
    path = schema.path.now
    if path is None or path == (DEFAULT_SCHEMA,):
        return operation
    changed = {name: after for name, before, after in _fields(operation, schema, path) if after != before}
    operation = replace(operation, **changed) if changed else operation
    if isinstance(operation, model.CreateIndex) and operation.index is not None:
        return replace(operation, index=Name(operation.index.name, operation.table.schema))  # beside its table
    return operation


def _fields(operation: Operation, schema: Schema, path: Schemas) -> list[tuple[str, Any, Any]]:
    made = _made(operation)
    find = partial(_found, schema, path)
    named = _finder(operation, find)
    values: list[tuple[str, Any, Any]] = []
    for field in _names(type(operation)):
        before = getattr(operation, field)
        if field == made:
            after = _made_in(before, path) if not getattr(operation, "temporary", False) else before
        elif field in _OTHERS and isinstance(before, Name):
            after = named(before)
        else:
            after = _with_names(before, find)
        values.append((field, before, after))
    return values


def _names(kind: type[Operation]) -> tuple[str, ...]:
    return tuple(field for field in kind.__struct_fields__ if field != "statement")


def _made(operation: Operation) -> str | None:
    if isinstance(operation, model.CreateObject):
        return None if operation.kind in _NOWHERE else "name"
    return _MADE.get(type(operation))


def _made_in(name: Name, path: Schemas) -> Name:
    return name if name.schema is not None or not name.name else _in(name, path[0])


def _in(name: Name, space: str) -> Name:
    return name if space == DEFAULT_SCHEMA else Name(name.name, space)


def _finder(operation: Operation, find: Callable[..., Name]) -> Resolve:
    """Where the object is looked for that the operation is about."""
    kind = getattr(operation, "kind", None)
    if isinstance(operation, _OF_TYPES) or kind in _TYPES:
        return partial(find, types=True)
    if isinstance(operation, model.Call) or kind in _ROUTINES:
        return partial(find, routines=True)
    if kind in _NOWHERE or (isinstance(operation, model.CommentOn) and kind not in _COMMENTED):
        return _as_it_is
    if isinstance(operation, model.Reindex) and kind not in ("INDEX", "TABLE"):
        return _as_it_is
    return find


def _as_it_is(name: Name) -> Name:
    return name


def table_named(schema: Schema, name: Name) -> Name:
    """A table's name inside a text."""
    path = schema.path.now
    return name if path is None or path == (DEFAULT_SCHEMA,) else _found(schema, path, name)


def _found(schema: Schema, path: Schemas, name: Name, *, types: bool = False, routines: bool = False) -> Name:
    """In the first schema of the path that has it; what none has is meant to be in the first of all."""
    if name.schema is not None or not name.name or name.name.startswith("pg_") or _is_temporary(schema, name):
        return name
    homes: tuple[Mapping[tuple[str, str], object], ...]
    if types:
        homes = (schema.enums, schema.domains, schema.types)
    elif routines:
        homes = (schema.functions,)
    else:
        homes = (schema.relations, schema.views, schema.index_owners, schema.sequences)
    space = next((space for space in path if any((space, name.name) in home for home in homes)), None)
    if space is None and types:
        return name  # perhaps an extension's
    return _in(name, space or path[0])


def _is_temporary(schema: Schema, name: Name) -> bool:
    found = schema.relations.get(name.key)
    return found is not None and found.temporary


def _with_names(value: Any, find: Callable[..., Name]) -> Any:
    match value:
        case Name():
            return find(value)
        case tuple():
            return tuple(_with_names(part, find) for part in value)
        case ForeignKey():
            return replace(value, target=find(value.target))
        case model.Match():
            return replace(value, table=find(value.table))
        case DataType():
            return _type_found(value, find)
        case Column():
            constraints = _with_names(value.constraints, find)
            return replace(value, type=_type_found(value.type, find), constraints=constraints)
    return value


def _type_found(kind: DataType, find: Callable[..., Name]) -> DataType:
    if kind.schema is not None or kind.name in BUILT_IN or not kind.known:
        return kind
    return replace(kind, schema=find(Name(kind.name), types=True).schema)


def is_astray(schema: Schema, operation: Operation) -> bool:
    """Whether an operation says a name whose schema cannot be told, and it matters.

    Where every connection begins with a path that nobody knows, unqualified names mean the same all along: it
    matters only for one that is also said with a schema.
    """
    path = schema.path
    if path.now is not None and path.start is not None:
        return False
    names = list(_said(operation))
    if path.now is None and path.start is not None:
        return any(name.schema is None for name in names)
    known = [*names, *(table.name for table in schema.relations.values())]
    return any(
        one.name == name.name and (one.schema is None) != (name.schema is None) for name in names for one in known
    )


def _said(operation: Operation) -> Iterator[Name]:
    """The tables that an operation names."""
    waiting: list[object] = [getattr(operation, field) for field in _names(type(operation)) if field not in _OTHERS]
    while waiting:
        match waiting.pop():
            case Name() as name:
                yield name
            case tuple() as parts:
                waiting += parts
            case ForeignKey() as key:
                waiting.append(key.target)
            case Column() as column:
                waiting += column.constraints
