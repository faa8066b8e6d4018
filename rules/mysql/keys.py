"""What indexes, keys and checks cost that are added or dropped beside the columns.

Sources: https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html#online-ddl-index-operations,
https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-inplace-alter-algorithm/
"""

from __future__ import annotations

from collections.abc import Sequence

from rules.model import operations as model
from rules.model.columns import PrimaryKey
from rules.model.operations import Operation
from rules.mysql.algorithms import COPIED, IN_PLACE, INSTANT, READ_ONLY, REBUILT, Online
from rules.mysql.naming import PRIMARY
from rules.mysql.server import Server
from rules.schema import ConstraintKind, Table

FULL_TEXT = "fulltext"


def of_key(
    operation: Operation, beside: Sequence[Operation], table: Table | None, server: Server, *, checks: bool
) -> Online | None:
    """`beside`: all operations of the statement. None where it is not known."""
    match operation:
        case model.CreateIndex(method=method) if method == FULL_TEXT:
            if table is None:
                return None
            return READ_ONLY if has_full_text(table) else READ_ONLY.with_(REBUILT)
        case model.CreateIndex(method="spatial"):
            return READ_ONLY
        case model.CreateIndex(keys=keys) if any(key.column is None for key in keys):
            return READ_ONLY
        case model.CreateIndex() | model.AddUnique() | model.DropIndex():
            return IN_PLACE
        case model.RenameIndex():
            return INSTANT if server.mariadb else IN_PLACE
        case model.AddPrimaryKey():
            return REBUILT
        case model.DropConstraint(name=name) if name == PRIMARY:
            return REBUILT if any(map(_adds_primary_key, beside)) else COPIED
        case model.DropConstraint(name=name):
            return _of_dropped(name, table, server)
        case model.AddForeignKey():
            return COPIED if checks else IN_PLACE
        case model.AddCheck(constraint=check):
            return INSTANT if check.not_valid else COPIED
    return None


def _adds_primary_key(operation: Operation) -> bool:
    if isinstance(operation, model.AddColumn):
        return any(isinstance(it, PrimaryKey) for it in operation.column.constraints)
    return isinstance(operation, model.AddPrimaryKey)


def _of_dropped(name: str, table: Table | None, server: Server) -> Online | None:
    known = table.constraint(name) if table is not None else None
    if known is None or known.kind not in (ConstraintKind.FOREIGN_KEY, ConstraintKind.CHECK):
        return None
    return INSTANT if server.mariadb or known.kind is ConstraintKind.CHECK else IN_PLACE


def has_full_text(table: Table) -> bool:
    return any(index.method == FULL_TEXT for index in table.indexes)
