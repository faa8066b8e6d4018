"""What a history takes for granted: tables, columns, keys and types that it changes and never makes.

A server that refuses a statement for want of one says what it misses. That is made there and folded alike, as if an
earlier revision had done it; what it is otherwise, nobody knows, and nothing that is compared depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import psycopg
from psycopg import errors

from rules.model import operations as model
from rules.model.columns import DataType, ForeignKey
from rules.model.names import Name
from rules.model.operations import Kind, Operation
from rules.schema import Schema

_ROWS = (model.Insert, model.Update, model.Delete, model.Select, model.Copy, model.Harmless, model.Call)
_RELATION = re.compile(r'(relation|table|sequence|view|materialized view|index|type|schema) "(.+)" does not exist')
_COLUMN = re.compile(r'column "(.+?)" (?:of relation "(.+)" )?(?:named in key |referenced in .* )?does not exist')
_CONSTRAINT = re.compile(r'constraint "(.+)" of relation "(.+)" does not exist')
_OF_ROW = re.compile(r"column (?:new|old)\.(\w+) does not exist")
_UNLIKE = re.compile(r'"(.+)" of the referencing table and "(.+)" of the referenced table .* types: (.+) and (.+)\.')
_UNCAST = re.compile(r'column "(.+)" cannot be cast automatically to type (.+)')
_TYPES = ((r"\A(true|false)\b", "boolean"), (r"\A'?-?\d+'?\Z", "integer"), (r"\A(now\(|CURRENT_TIME)", "timestamptz"))


def is_about_rows(operations: Sequence[Operation]) -> bool:
    return all(isinstance(one, _ROWS) for one in operations)


def what_it_misses(error: psycopg.Error, operations: Sequence[Operation], schema: Schema) -> str | None:
    """A statement that makes it; None where the server refuses for another reason."""
    message = error.diag.message_primary or ""
    if isinstance(error, errors.InvalidForeignKey):
        return _key(operations, schema)
    if isinstance(error, errors.DatatypeMismatch):
        return _of_another_type(error, operations)
    if found := _CONSTRAINT.search(message):
        return f"ALTER TABLE {_sql(_table(operations, found[2]))} ADD CONSTRAINT {_quoted(found[1])} CHECK (true)"
    if found := _COLUMN.search(message) or _OF_ROW.search(message):
        return _column(found[1], operations, schema)
    if found := _RELATION.search(message):
        return _object(found[1], found[2], operations)
    return None


def _of_another_type(error: psycopg.Error, operations: Sequence[Operation]) -> str | None:
    """A column that stands for one made elsewhere gets the type that the statement expects of it."""
    if found := _UNLIKE.search(error.diag.message_detail or ""):
        for one in operations:
            for key in _foreign_keys(one):
                if (found[1], found[2]) in zip(key.columns, key.target_columns, strict=False):
                    return _retyped(key.target, found[2], found[3])
    if found := _UNCAST.search(error.diag.message_primary or ""):
        return _retyped(_table(operations, ""), found[1], found[2])
    return None


def _retyped(table: Name, column: str, kind: str) -> str:
    return f"ALTER TABLE {_sql(table)} ALTER COLUMN {_quoted(column)} TYPE {kind} USING NULL::{kind}"


def _object(kind: str, written: str, operations: Sequence[Operation]) -> str | None:
    """The message leaves out the schema where a DROP names one."""
    parts = written.split(".")
    name = Name(parts[-1], parts[-2] if len(parts) > 1 else None)
    match kind:
        case "schema":
            return f"CREATE SCHEMA {_quoted(written)}"
        case "type":
            if any(isinstance(one, model.AddEnumValue | model.RenameEnumValue) for one in operations):
                return f"CREATE TYPE {_sql(name)} AS ENUM ({_labels(operations)})"
            return f"CREATE DOMAIN {_sql(name)} AS text"
    for one in operations:
        match one:
            case model.DropIndex(index=index) | model.RenameIndex(index=index) | model.AttachIndex(index=index):
                if index.name == name.name:
                    return _index(index)
            case model.DropTable(table=table) if table.name == name.name:
                return f"CREATE TABLE {_sql(table)} ()"
            case model.DropObject() | model.AlterObject() | model.RenameObject() if one.name.name == name.name:
                return _other(one.kind, one.name)
    return f"CREATE TABLE {_sql(name)} ()"


def _other(kind: Kind, name: Name) -> str | None:
    match kind:
        case Kind.SEQUENCE:
            return f"CREATE SEQUENCE {_sql(name)}"
        case Kind.VIEW | Kind.MATERIALIZED_VIEW:
            return f"CREATE {kind} {_sql(name)} AS SELECT 1 AS one"
    return None


def _index(name: Name) -> str:
    table = _sql(Name("of_indexes", name.schema))
    return f"CREATE TABLE IF NOT EXISTS {table} (x integer); CREATE INDEX {_quoted(name.name)} ON {table} (x)"


def _labels(operations: Sequence[Operation]) -> str:
    return ", ".join(f"'{one.label}'" for one in operations if isinstance(one, model.RenameEnumValue))


def _column(name: str, operations: Sequence[Operation], schema: Schema) -> str | None:
    for table, kind in _places(name, operations, schema):
        known = schema.trace(table)
        if known is None or known.column(name) is None:
            return f"ALTER TABLE {_sql(table)} ADD COLUMN {_quoted(name)} {kind}"
    return None


def _places(name: str, operations: Sequence[Operation], schema: Schema) -> Iterator[tuple[Name, str]]:
    """Where the column may be missing, with a type that lets the statement run."""
    for one in operations:
        table = getattr(one, "table", None)
        if not isinstance(table, Name):
            continue
        for key in _foreign_keys(one):
            if name in key.columns and not isinstance(one, model.CreateTable):
                yield table, _type_in(schema, key.target, key.target_columns, key.columns.index(name))
            if name in key.target_columns:
                after = schema.after(one)
                yield key.target, _type_in(after, table, key.columns, key.target_columns.index(name))
        if not isinstance(one, model.CreateTable):
            yield table, _type_for(name, one)


def _type_in(schema: Schema, table: Name, columns: Sequence[str], at: int) -> str:
    known = schema.trace(table)
    found = known.column(columns[at]) if known is not None and at < len(columns) else None
    return str(found.type) if found is not None and found.type.known else "integer"


def _type_for(name: str, operation: Operation) -> str:
    match operation:
        case model.AlterColumnType(existing_type=DataType(known=True) as existing):
            return str(existing)
        case model.AlterColumnType(type=DataType(known=True) as wanted):
            return str(wanted)
        case model.SetDefault(default=default):
            return next((kind for pattern, kind in _TYPES if re.match(pattern, default, re.IGNORECASE)), "text")
        case model.AlterColumnOther():
            return "integer"
        case model.CreateIndex(method="gin"):
            return "jsonb"
    said = re.escape(name)
    if re.search(rf"\b{said}\b\)?\s*(=|<>|!=|[<>]=?|IN\s*\(|= ANY\s*\(ARRAY\[)\s*-?\d", operation.sql):
        return "integer"
    if re.search(rf"(\(|\bNOT|\bAND|\bOR|\bWHERE)\s+?\(*{said}\)*\s*(\)|\bAND\b|\bOR\b|\Z)", operation.sql):
        return "text" if isinstance(operation, model.CreateIndex) and operation.predicate is None else "boolean"
    return "text"


def _key(operations: Sequence[Operation], schema: Schema) -> str | None:
    for one in operations:
        for key in _foreign_keys(one):
            known = schema.trace(key.target)
            if known is not None and not any(it.columns == key.target_columns for it in known.constraints if it.index):
                kind = "UNIQUE" if known.primary_key else "PRIMARY KEY"
                columns = ", ".join(map(_quoted, key.target_columns or ("id",)))
                return f"ALTER TABLE {_sql(key.target)} ADD {kind} ({columns})"
    return None


def _foreign_keys(operation: Operation) -> Iterator[ForeignKey]:
    parts: list[object] = [getattr(operation, "constraint", None), *getattr(operation, "constraints", ())]
    for column in (getattr(operation, "column", None), *getattr(operation, "columns", ())):
        parts += getattr(column, "constraints", ())
    yield from (part for part in parts if isinstance(part, ForeignKey))


def _table(operations: Sequence[Operation], name: str) -> Name:
    tables = [one for one in (getattr(each, "table", None) for each in operations) if isinstance(one, Name)]
    return next((one for one in tables if name in ("", one.name)), Name(name))


def _sql(name: Name) -> str:
    return _quoted(name.name) if name.schema is None else f"{_quoted(name.schema)}.{_quoted(name.name)}"


def _quoted(name: str) -> str:
    """As the server prints it, in quotes always: it may be a keyword."""
    return '"' + name.replace('"', '""') + '"'
