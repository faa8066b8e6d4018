"""The names that MySQL and MariaDB pick for keys and checks without one.

Sources: https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html,
https://dev.mysql.com/doc/refman/8.4/en/create-table-check-constraints.html,
https://dev.mysql.com/doc/refman/8.4/en/create-table.html, https://mariadb.com/kb/en/constraint/
"""

from __future__ import annotations

import re
from collections.abc import Collection

PRIMARY = "PRIMARY"
"""Of every primary key, whatever name it is given."""


def foreign_key(table: str, taken: Collection[str]) -> str:
    return f"{table}_ibfk_{_next(rf'{re.escape(table)}_ibfk_', taken)}"


def unique(column: str, taken: Collection[str]) -> str:
    """The first column's name, with `_2` and on behind it until it is free."""
    name, count = column, 2
    while name in taken:
        name, count = f"{column}_{count}", count + 1
    return name


def check(table: str, taken: Collection[str], *, mariadb: bool) -> str:
    if mariadb:
        return f"CONSTRAINT_{_next('CONSTRAINT_', taken)}"
    return f"{table}_chk_{_next(rf'{re.escape(table)}_chk_', taken)}"


def _next(beginning: str, taken: Collection[str]) -> int:
    numbers = (re.fullmatch(rf"{beginning}(\d+)", name) for name in taken)
    return 1 + max((int(found[1]) for found in numbers if found), default=0)
