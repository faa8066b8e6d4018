"""What the server does for one statement: the algorithm that it picks by itself, and whom that makes wait.

Facts about InnoDB's tables; of other engines nothing is known here. Sources:
https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html,
https://mariadb.com/kb/en/innodb-online-ddl-overview/
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rules.model import operations as model
from rules.model.columns import Check, Column, ForeignKey, Generated
from rules.model.operations import Operation
from rules.mysql.algorithms import COPIED, IN_PLACE, INSTANT, READ_ONLY, REBUILT, SWAPPED, Algorithm, Lock, Online
from rules.mysql.naming import PRIMARY
from rules.mysql.redefining import of_column
from rules.mysql.server import Server
from rules.schema import ConstraintKind, Schema, Table

_FULL_TEXT = "fulltext"
_FOLLOWING = ("CASCADE", "SET NULL")
_FLUCTUATING = re.compile(r"\b(uuid|uuid_short|rand|sysdate)\s*\(", re.IGNORECASE)
_PLAIN_DEFAULT = re.compile(r"'(?:[^'\\]|''|\\.)*'|[-+]?[\w.]+|\(?(?:now|current_timestamp)\(\d*\)\)?", re.IGNORECASE)
_OTHER: tuple[tuple[str, Online | None], ...] = (
    (r"(ALGORITHM|LOCK)\b", INSTANT),
    (r"(ENGINE\s*=?\s*INNODB|FORCE|ROW_FORMAT|KEY_BLOCK_SIZE)\b", REBUILT),
    (r"CONVERT\s+TO\b", COPIED),
    (r"COMMENT\b", INSTANT),
    (r"AUTO_INCREMENT\b", IN_PLACE),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """The schema just before the statement. `checks`: foreign keys are checked, which the session may have ended."""

    schema: Schema
    server: Server
    checks: bool = True


def online_of(operations: Sequence[Operation], moment: Moment) -> Online | None:
    """Of the operations of one statement; None for what does not alter a table that stands, and for what is not known.

    A copy is known as soon as one of them needs it.
    """
    if not moment.server.is_known or not operations or not all(map(alters, operations)):
        return None
    found = [_of(operation, operations, moment) for operation in operations]
    if COPIED in found:
        return _copied(operations, moment.server)
    whole = INSTANT
    for one in found:
        if one is None:
            return None
        whole = whole.with_(one)
    if len(operations) > 1 and whole.algorithm is Algorithm.INPLACE and any(map(_rewrites_in_place, operations)):
        whole = whole.with_(REBUILT)
    if (
        whole.algorithm is not Algorithm.INSTANT
        and not moment.server.mariadb
        and _follows_its_parent(operations, moment)
    ):
        return None
    return whole


def _follows_its_parent(operations: Sequence[Operation], moment: Moment) -> bool:
    """Whether a foreign key of the table changes its rows: MySQL may refuse LOCK=NONE then.

    https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-limitations.html
    """
    named = [getattr(operation, "table", None) for operation in operations]
    tables = [moment.schema.trace(name) for name in named if name is not None]
    keys = [it.definition for table in tables if table is not None for it in table.constraints]
    return any(isinstance(key, ForeignKey) and (key.on_delete or key.on_update) in _FOLLOWING for key in keys)


def alters(operation: Operation) -> bool:
    return isinstance(operation, _ALTERING)


_ALTERING = (
    *(model.AddColumn, model.DropColumn, model.RenameColumn, model.RedefineColumn, model.SetDefault, model.DropDefault),
    *(model.AddForeignKey, model.AddCheck, model.AddUnique, model.AddPrimaryKey, model.DropConstraint),
    *(model.CreateIndex, model.DropIndex, model.RenameIndex, model.RenameTable, model.AlterTableOther),
)


def _rewrites_in_place(operation: Operation) -> bool:
    """What is instant alone, and writes the table anew beside something that is not."""
    return isinstance(operation, model.AddColumn | model.DropColumn)


def _copied(operations: Sequence[Operation], server: Server) -> Online | None:
    """https://mariadb.com/kb/en/online-schema-change/ names what keeps writes waiting all the same."""
    if not server.copies_online:
        return COPIED
    if any(isinstance(it, model.AddForeignKey | model.DropConstraint | model.AddColumn) for it in operations):
        return None
    return Online(COPIED.algorithm, Lock.NONE, rebuilds=True)


def _of(operation: Operation, beside: Sequence[Operation], moment: Moment) -> Online | None:
    table = moment.schema.trace(operation.table) if getattr(operation, "table", None) is not None else None  # type: ignore[attr-defined]
    match operation:
        case model.AddColumn(column=column):
            return _of_new_column(column, table, moment)
        case model.DropColumn(column=name):
            return _of_dropped_column(name, table, moment)
        case model.RedefineColumn(column=name, definition=definition):
            known = table.column(name) if table is not None else None
            if known is None or definition.constraints or (table is not None and _is_special(table)):
                return None
            return of_column(operation, known, moment.server)
        case model.RenameColumn() | model.SetDefault() | model.DropDefault():
            return INSTANT
        case model.RenameTable():
            return SWAPPED
        case model.AlterTableOther(action=action):
            return next((cost for form, cost in _OTHER if re.match(form, action, re.IGNORECASE)), None)
    return _of_key(operation, beside, table, moment)


def _of_key(operation: Operation, beside: Sequence[Operation], table: Table | None, moment: Moment) -> Online | None:
    mariadb = moment.server.mariadb
    match operation:
        case model.CreateIndex(method=method) if method == _FULL_TEXT:
            return READ_ONLY if table is not None and _has_full_text(table) else READ_ONLY.with_(REBUILT)
        case model.CreateIndex(method="spatial"):
            return READ_ONLY
        case model.CreateIndex() | model.AddUnique() | model.DropIndex():
            return IN_PLACE
        case model.RenameIndex():
            return INSTANT if mariadb else IN_PLACE
        case model.AddPrimaryKey():
            return REBUILT
        case model.DropConstraint(name=name) if name == PRIMARY:
            return REBUILT if any(isinstance(it, model.AddPrimaryKey) for it in beside) else COPIED
        case model.DropConstraint(name=name):
            known = table.constraint(name) if table is not None else None
            if known is None or known.kind not in (ConstraintKind.FOREIGN_KEY, ConstraintKind.CHECK):
                return None
            return INSTANT if mariadb or known.kind is ConstraintKind.CHECK else IN_PLACE
        case model.AddForeignKey():
            return COPIED if moment.checks else IN_PLACE
        case model.AddCheck(constraint=check):
            return INSTANT if check.not_valid else COPIED
    return None


def _of_new_column(column: Column, table: Table | None, moment: Moment) -> Online | None:
    if column.generated is Generated.STORED:
        return COPIED
    if column.generated is Generated.AUTO_INCREMENT:
        return READ_ONLY.with_(REBUILT)
    if table is not None and _is_special(table):
        return None
    default = column.default or ""
    if moment.server.mariadb and _FLUCTUATING.search(default):
        return COPIED
    if default and not _PLAIN_DEFAULT.fullmatch(default):
        return None
    for constraint in column.constraints:
        match constraint:
            case ForeignKey() if moment.server.mariadb and moment.checks:
                return COPIED
            case ForeignKey():
                return None
            case Check():
                return INSTANT if moment.server.mariadb else None
            case _:
                return REBUILT
    return INSTANT


def _of_dropped_column(name: str, table: Table | None, moment: Moment) -> Online | None:
    if table is not None and _is_special(table):
        return None
    indexed = table is not None and any(name in index.columns for index in table.indexes)
    if indexed:
        return IN_PLACE if moment.server.mariadb else None
    return INSTANT


def _is_special(table: Table) -> bool:
    """A full-text index or a computed column takes the cheap ways from a table; which, hangs on the rest."""
    computed = any(column.generated in (Generated.STORED, Generated.VIRTUAL) for column in table.columns)
    return computed or _has_full_text(table)


def _has_full_text(table: Table) -> bool:
    return any(index.method == _FULL_TEXT for index in table.indexes)
