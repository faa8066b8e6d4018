"""What MODIFY and CHANGE cost, by what differs between the column as it was and as it is written.

Sources: https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html#online-ddl-column-operations,
https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-instant-alter-algorithm/,
https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-inplace-alter-algorithm/
"""

from __future__ import annotations

from rules.model.columns import DataType
from rules.model.operations import RedefineColumn
from rules.mysql.algorithms import COPIED, IN_PLACE, INSTANT, REBUILT, Online
from rules.mysql.server import Server
from rules.schema.objects import TableColumn

_BYTES_OF_A_CHARACTER = (1, 3, 4)
_ONE_BYTE = 255
"""The longest string whose length is written in one byte."""
_LISTS = {"enum": (255,), "set": (8, 16, 24, 32)}
"""How many labels each size of the stored number holds."""


def of_column(operation: RedefineColumn, known: TableColumn, server: Server) -> Online | None:
    """None where it is not known."""
    now = operation.definition
    if now.collation is not None or now.character_set is not None or now.generated is not known.generated:
        return None
    found = of_type(known.type, now.type, server)
    if found is None:
        return None
    if now.nullable is not known.nullable:
        found = found.with_(REBUILT)
    if operation.moved and not server.mariadb:
        found = found.with_(REBUILT)
    return found


def of_type(old: DataType, new: DataType, server: Server) -> Online | None:
    """Of a change of type alone; a type that stays costs nothing. None where it is not known."""
    if not (old.known and new.known):
        return None
    if old == new:
        return INSTANT
    if old.name == new.name and old.name in _LISTS:
        return _of_list(old, new)
    if old.name == new.name == "varchar":
        return _of_string(old, new, server)
    if {old.name, new.name} == {"json", "longtext"}:  # MariaDB has one for the other
        return None
    return COPIED


def _of_list(old: DataType, new: DataType) -> Online | None:
    """Labels behind the last one are free while the number that stands for them stays of its size."""
    before, after = old.arguments, new.arguments
    if after[: len(before)] != before:
        return COPIED
    sizes = _LISTS[old.name]
    same = sum(len(before) > size for size in sizes) == sum(len(after) > size for size in sizes)
    return INSTANT if same else COPIED


def _of_string(old: DataType, new: DataType, server: Server) -> Online | None:
    """MySQL looks at the bytes, so that the character set counts; it is known to no migration."""
    if not (_is_length(old) and _is_length(new)):
        return None
    before, after = int(old.arguments[0]), int(new.arguments[0])
    if after < before:
        return COPIED
    if server.mariadb:
        return INSTANT
    same = {(before * size > _ONE_BYTE) == (after * size > _ONE_BYTE) for size in _BYTES_OF_A_CHARACTER}
    if len(same) > 1:
        return None
    return IN_PLACE if same.pop() else COPIED


def _is_length(kind: DataType) -> bool:
    return len(kind.arguments) == 1 and kind.arguments[0].isdigit()
