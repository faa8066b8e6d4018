"""What a new column's default costs, by how it is written.

A literal is kept in the catalog, and rows that are there read it from there. Measured; MySQL says less of it:
https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html
"""

from __future__ import annotations

import re

from rules.mysql.algorithms import COPIED, INSTANT, Online
from rules.mysql.tokens import identifier, tokens_of
from rules.postgres.tokens import TokenKind
from rules.schema import Table

_MOMENTS = frozenset({"NOW", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP"})
_LITERAL = re.compile(
    rf"""(?:_\w+\s*|[bBxXnN])?(?:'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|""|\\.)*")  # strings, their introducers
    | [-+]?(?:[\d.]+[eE][-+]\d+|[\w.]+)                                      # numbers, NULL, TRUE
    | (?:{"|".join(_MOMENTS)})\s*\(\d*\)""",
    re.IGNORECASE | re.VERBOSE,
)
_ONE_FOR_ALL = _MOMENTS | {
    *("CURDATE", "CURRENT_DATE", "UNIX_TIMESTAMP", "JSON_ARRAY", "JSON_OBJECT", "RAND", "USER", "CURRENT_USER"),
    *("ABS", "CONCAT"),
}
"""Functions that MariaDB calls once, and keeps the value of for all rows that are there."""
_FOR_EACH_ROW = frozenset({"UUID", "UUID_SHORT", "SYSDATE", "UTC_TIMESTAMP"})
_REFUSED = frozenset({"UUID", "UUID_SHORT", "SYSDATE", "RAND", "USER", "CURRENT_USER"})
"""By MySQL in ALTER TABLE: a replica could find another value."""
_WORDS = frozenset({"NULL", "TRUE", "FALSE"})


def of_default(default: str, table: Table, *, mariadb: bool) -> Online | None:
    """None where it is not known, or where the server refuses the statement."""
    if _LITERAL.fullmatch(default):
        return INSTANT
    words = _words(default)
    if not mariadb:
        return None if words & _REFUSED else COPIED
    if "INTERVAL" in words:  # its unit may be the name of a column
        return None
    if words & _FOR_EACH_ROW or any(column.name.upper() in words for column in table.columns):
        return COPIED
    return INSTANT if words <= _ONE_FOR_ALL | _WORDS else None


def _words(text: str) -> set[str]:
    """Names of functions, of columns and of other things."""
    named = (TokenKind.WORD, TokenKind.QUOTED)
    return {identifier(text[it.start : it.end]).upper() for it in tokens_of(text) if it.kind in named}
