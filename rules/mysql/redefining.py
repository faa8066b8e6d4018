"""What MODIFY and CHANGE cost, by what differs between the column as it was and as it is written.

Sources: https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html#online-ddl-column-operations,
https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-instant-alter-algorithm/,
https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-inplace-alter-algorithm/
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.model.columns import Check, Generated, Unique
from rules.model.operations import RedefineColumn
from rules.mysql.algorithms import COPIED, IN_PLACE, INSTANT, REBUILT, Online, together
from rules.mysql.retyping import of_type
from rules.mysql.server import Server
from rules.mysql.storage import character_set_of, characters_of
from rules.schema import Table, TableColumn

_COMPUTED = (Generated.STORED, Generated.VIRTUAL)


def of_column(operation: RedefineColumn, known: TableColumn, table: Table, server: Server) -> Online | None:
    """None where it is not known."""
    if known.generated in _COMPUTED or not _keeps_its_characters(operation, known):
        return None
    return together(_parts(operation, known, table, server))


def counts(operation: RedefineColumn, known: TableColumn) -> bool:
    """Whether the column becomes AUTO_INCREMENT."""
    return operation.definition.generated is Generated.AUTO_INCREMENT and known.generated is None


def _keeps_its_characters(operation: RedefineColumn, known: TableColumn) -> bool:
    """What is not said may be the table's, or that of the server."""
    now = operation.definition
    return (now.character_set, now.collation) == (known.character_set, known.collation)


def _parts(operation: RedefineColumn, known: TableColumn, table: Table, server: Server) -> Iterator[Online | None]:
    now, key = operation.definition, table.primary_key
    yield of_type(known.type, now.type, server, characters_of(known) or character_set_of(table))
    if counts(operation, known):
        yield COPIED
    elif now.generated is None and known.generated is not None:
        yield INSTANT if server.mariadb else COPIED
    if now.nullable is not known.nullable and (key is None or known.name not in key.columns):
        yield REBUILT
    if operation.moved and not server.mariadb:
        yield REBUILT
    for constraint in now.constraints:
        match constraint:
            case Unique():
                yield IN_PLACE
            case Check():
                yield INSTANT if server.mariadb else COPIED
            case _:
                yield None
