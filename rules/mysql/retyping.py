"""What a change of a column's type costs.

Sources: https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html#online-ddl-column-operations,
https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-instant-alter-algorithm/; where MariaDB begins to copy
for a longer string, only the servers said.
"""

from __future__ import annotations

from rules.model.columns import DataType
from rules.mysql.algorithms import COPIED, IN_PLACE, INSTANT, Online
from rules.mysql.server import Server

_BYTES = {"latin1": 1, "ascii": 1, "utf8mb3": 3, "utf8mb4": 4}
"""Of a character at most."""
_SIZES = (1, 3, 4)
_ONE_BYTE = 255
"""The longest string, in bytes, whose length is written in one byte."""
_SHORT = 127
"""The longest string that InnoDB stores in the same way as a long one; MariaDB need not touch it."""
_LISTS = {"enum": (255,), "set": (8, 16, 24, 32)}
"""How many labels each size of the stored number holds."""
_STRINGS = ("varchar", "varbinary")
_UNSIGNED = ("unsigned", "zerofill", "unsigned zerofill")
_ROUNDED = ("float", "double")
"""Digits are asked for when a value is written; those that are there stay."""
_BINARY = {
    "char": "binary",
    "varchar": "varbinary",
    "tinytext": "tinyblob",
    "text": "blob",
    "mediumtext": "mediumblob",
    "longtext": "longblob",
}
_SPATIAL = frozenset({"geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon"})


def of_type(old: DataType, new: DataType, server: Server, character_set: str | None = None) -> Online | None:
    """Of a change of type alone; a type that stays costs nothing. None where it is not known."""
    if not (old.known and new.known):
        return None
    if _stored(old) == _stored(new):
        return INSTANT
    if old.name == new.name and old.name in _LISTS:
        return _of_list(old, new)
    if old.name == new.name and old.name in _STRINGS:
        return _of_string(old, new, server, character_set)
    if _is_other_reading_of(old.name, new.name):
        return None
    return COPIED


def _stored(kind: DataType) -> tuple[str, tuple[str, ...]]:
    """What two types agree in that are stored alike: not the width that a number is shown with."""
    name, _, sign = kind.name.partition(" ")
    stored = f"{name} unsigned" if sign in _UNSIGNED else kind.name
    return stored, () if name in _ROUNDED or name == "tinyint" else kind.arguments


def _is_other_reading_of(old: str, new: str) -> bool:
    """Text and bytes of one length, and shapes: it hangs on the character set and on the server."""
    return _BINARY.get(old) == new or _BINARY.get(new) == old or {old, new} <= _SPATIAL


def _of_list(old: DataType, new: DataType) -> Online | None:
    """Labels behind the last one are free while the number that stands for them stays of its size."""
    before, after = old.arguments, new.arguments
    if after[: len(before)] != before:
        return COPIED
    sizes = _LISTS[old.name]
    same = sum(len(before) > size for size in sizes) == sum(len(after) > size for size in sizes)
    return INSTANT if same else COPIED


def _of_string(old: DataType, new: DataType, server: Server, character_set: str | None) -> Online | None:
    """Both look at the bytes, so that the character set counts; to most migrations it is not known."""
    if not (_is_length(old) and _is_length(new)):
        return None
    before, after = int(old.arguments[0]), int(new.arguments[0])
    if after < before:
        return COPIED
    if old.name == "varbinary":
        sizes: tuple[int, ...] = (1,)
    elif character_set is None:
        sizes = _SIZES
    elif (size := _BYTES.get(character_set)) is not None:
        sizes = (size,)
    else:
        return None
    copies = {_passes(before * size, after * size, server) for size in sizes}
    if len(copies) > 1:
        return None
    if copies.pop():
        return COPIED
    return INSTANT if server.mariadb else IN_PLACE


def _passes(before: int, after: int, server: Server) -> bool:
    """Whether the length needs a second byte from now on, and the rows have to be written for it."""
    return before <= _ONE_BYTE < after and not (server.mariadb and before <= _SHORT)


def _is_length(kind: DataType) -> bool:
    return len(kind.arguments) == 1 and kind.arguments[0].isdigit()
