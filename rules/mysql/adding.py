"""What a column costs that is added or dropped.

Sources: https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html#online-ddl-column-operations,
https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-instant-alter-algorithm/
"""

from __future__ import annotations

from rules.model.columns import Check, Constraint, ForeignKey, Generated, PrimaryKey, Unique
from rules.model.operations import AddColumn
from rules.mysql.algorithms import COPIED, IN_PLACE, INSTANT, READ_ONLY, REBUILT, Online, together
from rules.mysql.defaults import of_default
from rules.mysql.server import Server
from rules.schema import ConstraintKind, Table


def of_new_column(operation: AddColumn, table: Table | None, server: Server, *, checks: bool) -> Online | None:
    """Of a table without full-text index and computed column; None where it is not known."""
    column = operation.column
    match column.generated:
        case Generated.STORED:
            return COPIED
        case Generated.AUTO_INCREMENT:
            return READ_ONLY.with_(REBUILT)
        case Generated.VIRTUAL:
            return _of_virtual(operation, server)
    costs = [_of_inline(constraint, server, checks=checks) for constraint in column.constraints]
    if column.default is not None:
        costs.append(of_default(column.default, table, mariadb=server.mariadb) if table is not None else None)
    return together(costs)


def _of_virtual(operation: AddColumn, server: Server) -> Online | None:
    if operation.column.constraints:
        return COPIED if all(isinstance(it, Unique) for it in operation.column.constraints) else None
    return COPIED if operation.first and not server.mariadb else INSTANT


def _of_inline(constraint: Constraint, server: Server, *, checks: bool) -> Online | None:
    """Of a constraint that stands in the definition of a new column."""
    match constraint:
        case Unique() | PrimaryKey():
            return REBUILT
        case Check():
            return INSTANT if server.mariadb else COPIED
        case ForeignKey() if not server.reads_inline_references:
            return INSTANT
        case ForeignKey():
            return COPIED if checks else REBUILT
    return None


def of_dropped_column(name: str, table: Table) -> Online:
    """Of a table without full-text index and computed column."""
    key = table.primary_key
    if key is not None and name in key.columns:
        return COPIED
    keys = table.constraints_of(ConstraintKind.FOREIGN_KEY)  # the server gives each of them an index
    indexed = any(name in index.columns for index in table.indexes) or any(name in it.columns for it in keys)
    return IN_PLACE if indexed else INSTANT
