"""A column's type as SQLAlchemy writes it, or None where that cannot be said for sure."""

from __future__ import annotations

from rules.model.columns import DataType
from rules.model.names import Name
from rules.rollback.style import Style
from rules.schema import Schema

_PLAIN = {
    "integer": "Integer",
    "bigint": "BigInteger",
    "smallint": "SmallInteger",
    "text": "Text",
    "boolean": "Boolean",
    "date": "Date",
    "bytea": "LargeBinary",
    "json": "JSON",
    "real": "REAL",
    "double precision": "Float",
    "interval": "Interval",
    "timestamp without time zone": "DateTime",
    "time without time zone": "Time",
    "character varying": "String",
    "numeric": "Numeric",
}
_DIALECT = {
    "uuid": "UUID",
    "jsonb": "JSONB",
    "inet": "INET",
    "cidr": "CIDR",
    "macaddr": "MACADDR",
    "tsvector": "TSVECTOR",
    "tsquery": "TSQUERY",
    "hstore": "HSTORE",
    "citext": "CITEXT",
    "oid": "OID",
    "int4range": "INT4RANGE",
    "int8range": "INT8RANGE",
    "numrange": "NUMRANGE",
    "tsrange": "TSRANGE",
    "tstzrange": "TSTZRANGE",
    "daterange": "DATERANGE",
}
_ZONED = {"timestamp with time zone": "DateTime", "time with time zone": "Time"}


def written_type(type_: DataType, schema: Schema, style: Style) -> str | None:
    if not type_.known or type_.dimensions > 1 or not style.sa:
        return None
    if type_.dimensions:
        inner = _single(DataType(type_.name, type_.arguments, 0, type_.schema), schema, style)
        return None if inner is None else f"{style.sa}.ARRAY({inner})"
    return _single(type_, schema, style)


def _single(type_: DataType, schema: Schema, style: Style) -> str | None:
    enum = schema.enum(Name(type_.name, type_.schema))
    if enum is not None:
        return _enum(enum.name, enum.labels, style)
    if type_.schema is not None:
        return None
    sa = style.sa
    if type_.arguments:
        return _with_arguments(type_, sa)
    if type_.name in _PLAIN:
        return f"{sa}.{_PLAIN[type_.name]}()"
    if type_.name in _ZONED:
        return f"{sa}.{_ZONED[type_.name]}(timezone=True)"
    if type_.name in _DIALECT and style.postgresql:
        return f"{style.postgresql}.{_DIALECT[type_.name]}()"
    return None


def _with_arguments(type_: DataType, sa: str) -> str | None:
    match type_.name, type_.arguments:
        case "character varying", (length,) if length.isdigit():
            return f"{sa}.String(length={length})"
        case "character", (length,) if length.isdigit():
            return f"{sa}.CHAR(length={length})"
        case "numeric", (precision, scale) if precision.isdigit() and scale.isdigit():
            return f"{sa}.Numeric(precision={precision}, scale={scale})"
    return None


def _enum(name: Name, labels: tuple[str, ...], style: Style) -> str | None:
    """As a type that is there already: nothing is created with the column."""
    if not style.postgresql:
        return None
    arguments = [*map(style.text, labels), f"name={style.text(name.name)}"]
    if name.schema:
        arguments.append(f"schema={style.text(name.schema)}")
    return f"{style.postgresql}.ENUM({', '.join(arguments)}, create_type=False)"
