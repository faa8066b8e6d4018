"""How PostgreSQL itself spells a type, whatever spelling a statement uses.

Source: https://www.postgresql.org/docs/current/datatype.html (the table's "Name" and "Aliases")
"""

from __future__ import annotations

from functools import lru_cache

from rules.model.columns import DataType
from rules.postgres.tokens import words

SPELLINGS = {
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "int2": "smallint",
    "float4": "real",
    "float8": "double precision",
    "bool": "boolean",
    "decimal": "numeric",
    "dec": "numeric",
    "varchar": "character varying",
    "char varying": "character varying",
    "national character varying": "character varying",
    "national char varying": "character varying",
    "nchar varying": "character varying",
    "char": "character",
    "nchar": "character",
    "national character": "character",
    "national char": "character",
    "varbit": "bit varying",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "time": "time without time zone",
    "timetz": "time with time zone",
}
"""Spelling in lower case -> PostgreSQL's name."""

SERIALS = {
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
    "smallserial": "smallint",
    "serial2": "smallint",
}
"""Not types: an integer with a sequence and a default. https://www.postgresql.org/docs/current/datatype-numeric.html"""

BUILT_IN = frozenset(
    {*SPELLINGS.values()}
    | words(
        "bit bpchar box bytea cidr circle date inet interval json jsonb jsonpath line lseg macaddr macaddr8 "
        "money name oid path pg_lsn pg_snapshot point polygon regclass regcollation regconfig regdictionary "
        "regnamespace regoper regoperator regproc regprocedure regrole regtype text tid tsquery tsvector "
        "txid_snapshot uuid xid xid8 xml int4range int8range numrange tsrange tstzrange daterange "
        "int4multirange int8multirange nummultirange tsmultirange tstzmultirange datemultirange"
    )
)
"""Types that every server has."""

_SYSTEM_SCHEMA = "pg_catalog"
_DOUBLE_FROM = 25
"""float(25) and more is double precision, less is real."""


@lru_cache(maxsize=1_024)
def normalised(name: str, arguments: tuple[str, ...] = (), dimensions: int = 0, schema: str | None = None) -> DataType:
    """The type under the name and with the modifiers that `format_type` would print; `name` folded already."""
    if schema not in (None, _SYSTEM_SCHEMA):
        return DataType(name, arguments, dimensions, schema)
    if name == "float":
        bits = int(arguments[0]) if arguments and arguments[0].isdigit() else _DOUBLE_FROM
        return DataType("real" if bits < _DOUBLE_FROM else "double precision", (), dimensions)
    real = SPELLINGS.get(name, name)
    if real in ("character", "bit") and not arguments:
        arguments = ("1",)
    elif real == "numeric" and len(arguments) == 1:
        arguments = (arguments[0], "0")
    return DataType(real, arguments, dimensions)
