"""What the actions of ALTER TABLE cost that are about the table as a whole.

Sources: https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html#online-ddl-table-operations,
https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-instant-alter-algorithm/
"""

from __future__ import annotations

import re

from rules.mysql.algorithms import COPIED, IN_PLACE, INSTANT, REBUILT, Online
from rules.mysql.server import Server
from rules.mysql.storage import character_set_of, characters_in, characters_of
from rules.schema import Table

_REBUILDING = re.compile(r"(ENGINE\s*=?\s*INNODB|FORCE|ROW_FORMAT|KEY_BLOCK_SIZE)\b", re.IGNORECASE)
_COPYING = re.compile(r"(ENGINE|PARTITION\s+BY|REMOVE\s+PARTITIONING)\b", re.IGNORECASE)
_CONVERTING = re.compile(r"CONVERT\s+TO\b", re.IGNORECASE)
_OPTION = (
    r"(?:(?:DEFAULT\s+)?(?:CHARACTER\s+SET|CHARSET|COLLATE)|COMMENT|AUTO_INCREMENT|AVG_ROW_LENGTH|MAX_ROWS|CHECKSUM"
    r"|STATS_PERSISTENT|STATS_SAMPLE_PAGES)\s*+=?\s*+(?:'(?:[^'\\]|''|\\.)*+'|\w++)"
)
_OF_THE_CATALOG = re.compile(
    rf"{_OPTION}(?:\s++{_OPTION})*+|ALTER\s+(?:INDEX|KEY)\s+\S+\s+(?:(?:IN)?VISIBLE|(?:NOT\s+)?IGNORED)", re.IGNORECASE
)
_TEXT = re.compile(r"char|varchar|enum|set|\w*text")
_NUMBER = re.compile(
    r"(?:(?:tiny|small|medium|big)?int|decimal|float|double)(?: unsigned)?|date|datetime|timestamp|time", re.IGNORECASE
)


def of_option(action: str, table: Table | None, server: Server) -> Online | None:
    """None where it is not known."""
    if _REBUILDING.match(action):
        return REBUILT
    if _COPYING.match(action):
        return COPIED
    catalog = INSTANT if server.mariadb else IN_PLACE
    if _CONVERTING.match(action):
        return _of_conversion(action, table, catalog)
    return catalog if _OF_THE_CATALOG.fullmatch(action) else None


def _of_conversion(action: str, table: Table | None, catalog: Online) -> Online | None:
    """Where no column has characters, or all have the new ones, there is nothing to convert.

    Of what nobody has said it is taken that it is another: else nobody would convert it.
    """
    target = next(iter(characters_in(action)), "default")
    if table is None or target == "default":
        return None
    texts = [column for column in table.columns if _TEXT.fullmatch(column.type.name)]
    if not texts:
        return catalog if all(_NUMBER.fullmatch(column.type.name) for column in table.columns) else None
    if any((characters_of(column) or character_set_of(table)) != target for column in texts):
        return COPIED
    collated = "COLLATE" in f"{table.options} {action}".upper() or any(column.collation for column in texts)
    return None if collated else catalog
