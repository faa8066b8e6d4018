"""One spelling for each type of MySQL and MariaDB, that which `SHOW CREATE TABLE` prints.

Sources: https://dev.mysql.com/doc/refman/8.4/en/data-types.html,
https://dev.mysql.com/doc/refman/8.4/en/other-vendor-data-types.html, https://mariadb.com/kb/en/data-types/
"""

from __future__ import annotations

from rules.model.columns import DataType

SPELLINGS = {
    "integer": "int",
    "int4": "int",
    "int8": "bigint",
    "int2": "smallint",
    "int3": "mediumint",
    "int1": "tinyint",
    "middleint": "mediumint",
    "dec": "decimal",
    "fixed": "decimal",
    "numeric": "decimal",
    "double precision": "double",
    "real": "double",
    "float4": "float",
    "float8": "double",
    "character": "char",
    "nchar": "char",
    "national char": "char",
    "national character": "char",
    "character varying": "varchar",
    "char varying": "varchar",
    "nvarchar": "varchar",
    "national varchar": "varchar",
    "national char varying": "varchar",
    "national character varying": "varchar",
    "long": "mediumtext",
    "long varchar": "mediumtext",
    "long varbinary": "mediumblob",
}
_TRUTH = frozenset({"bool", "boolean"})
_WIDTHLESS = frozenset({"int", "bigint", "smallint", "mediumint", "tinyint"})
_OF_ONE = frozenset({"char", "binary", "bit"})
_TO_THE_SECOND = frozenset({"datetime", "timestamp", "time"})
_LONGEST_FLOAT = 24
"""Bits of precision; a longer one is a double."""


def normalised(name: str, arguments: tuple[str, ...] = ()) -> DataType:
    """`name` in lower case, with its `unsigned`. The display width of an integer is no part of the type but for
    `tinyint(1)`, which is what a truth value is stored in."""
    if name in _TRUTH:
        return DataType("tinyint", ("1",))
    base, sign, rest = name.partition(" unsigned")
    base = SPELLINGS.get(base, base)
    if base in _WIDTHLESS and arguments != ("1",):
        arguments = ()
    elif base == "decimal":
        arguments = (*arguments, *("10", "0")[len(arguments) :])
    elif base == "float" and len(arguments) == 1 and arguments[0].isdigit():
        base, arguments = ("float" if int(arguments[0]) <= _LONGEST_FLOAT else "double"), ()
    elif base in _OF_ONE and not arguments:
        arguments = ("1",)
    elif base == "year" or (base in _TO_THE_SECOND and arguments == ("0",)):
        arguments = ()
    return DataType(f"{base}{sign}{rest}", arguments)
