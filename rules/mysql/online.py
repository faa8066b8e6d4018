"""What the server does for one statement: the algorithm that it picks by itself, and whom that makes wait.

Facts about InnoDB's tables; of other engines nothing is known here. Sources:
https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html,
https://mariadb.com/kb/en/innodb-online-ddl-overview/, https://mariadb.com/kb/en/online-schema-change/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rules.model import operations as model
from rules.model.columns import ForeignKey, Generated
from rules.model.operations import Operation
from rules.mysql.adding import of_dropped_column, of_new_column
from rules.mysql.algorithms import COPIED, IN_PLACE, INSTANT, REBUILT, SWAPPED, Algorithm, Lock, Online, together
from rules.mysql.asked import asked_in, is_asked
from rules.mysql.keys import FULL_TEXT, has_full_text, of_key
from rules.mysql.options import of_option
from rules.mysql.redefining import counts, of_column
from rules.mysql.server import Server
from rules.mysql.storage import is_usual
from rules.schema import ConstraintKind, Schema, Table

_FOLLOWING = ("CASCADE", "SET NULL")
_COMPUTED = (Generated.STORED, Generated.VIRTUAL)


@dataclass(frozen=True, slots=True)
class Moment:
    """The schema just before the statement. `checks`: foreign keys are checked, which the session may have ended."""

    schema: Schema
    server: Server
    checks: bool = True

    def is_usual(self, operation: Operation) -> bool:
        """Whether the table, as far as it is known, is one that the facts hold for."""
        name = getattr(operation, "table", None)
        found = self.schema.trace(name) if name is not None else None
        return found is None or is_usual(found)

    def table(self, operation: Operation) -> Table | None:
        """That it is about; None of one that nobody has seen created, since what it holds is not known."""
        name = getattr(operation, "table", None)
        found = self.schema.trace(name) if name is not None else None
        return found if found is not None and found.created and found.complete else None


def online_of(operations: Sequence[Operation], moment: Moment) -> Online | None:
    """Of the operations of one statement; None for what does not alter a table that stands, and for what is not known.

    A copy is known as soon as one of them needs it.
    """
    actions = [operation for operation in operations if not is_asked(operation)]
    if not moment.server.is_known or not actions or not all(map(alters, actions)):
        return None
    if not moment.is_usual(actions[0]) or _puts_back(actions):
        return None
    asked = asked_in(operations)
    whole = together(_of(action, actions, moment) for action in actions)
    if whole is not None and whole != COPIED:
        whole = _together(whole, actions, moment, in_place=asked.algorithm is Algorithm.INPLACE)
    if whole == COPIED or asked.algorithm is Algorithm.COPY:
        whole = _copied(actions, moment)
    return whole.with_(Online(whole.algorithm, asked.lock)) if whole is not None else None


def alters(operation: Operation) -> bool:
    return isinstance(operation, ALTERING)


ALTERING = (
    *(model.AddColumn, model.DropColumn, model.RenameColumn, model.RedefineColumn, model.SetDefault, model.DropDefault),
    *(model.AddForeignKey, model.AddCheck, model.AddUnique, model.AddPrimaryKey, model.DropConstraint),
    *(model.CreateIndex, model.DropIndex, model.RenameIndex, model.RenameTable, model.AlterTableOther),
)


def _puts_back(actions: Sequence[Operation]) -> bool:
    """Whether an index is dropped and made again, which the server sees through where it is the same."""
    dropped = {action.index.name for action in actions if isinstance(action, model.DropIndex)}
    made = {action.index.name for action in actions if isinstance(action, model.CreateIndex) and action.index}
    return bool(dropped & made)


_BUILDING = (model.CreateIndex, model.AddUnique, model.AddForeignKey)


def _together(whole: Online, actions: Sequence[Operation], moment: Moment, *, in_place: bool) -> Online | None:
    """What is instant alone may write the table anew beside what is not, and on some tables always."""
    server, changes = moment.server, any(map(_changes_columns, actions))
    if changes and not server.mariadb and (in_place or whole.algorithm is Algorithm.INPLACE):
        whole = whole.with_(REBUILT)
    if changes and any(isinstance(action, _BUILDING) for action in actions):
        whole = whole.with_(REBUILT)
    virtual = [isinstance(it, model.AddColumn) and it.column.generated is Generated.VIRTUAL for it in actions]
    if any(virtual) and not all(virtual):
        return None
    return _on_its_table(whole, actions, moment) if changes or any(virtual) or whole.rebuilds else whole


def _changes_columns(action: Operation) -> bool:
    match action:
        case model.AddColumn(column=column):
            return column.generated is not Generated.VIRTUAL
        case model.RedefineColumn(moved=moved):
            return moved
    return isinstance(action, model.DropColumn)


def _on_its_table(whole: Online, actions: Sequence[Operation], moment: Moment) -> Online | None:
    """A full-text index or a computed column takes the cheap ways from a table; which, hangs on the rest."""
    table = moment.table(actions[0])
    if table is None or any(column.generated in _COMPUTED for column in table.columns):
        return None
    if not has_full_text(table) or not (whole.rebuilds or any(map(_changes_columns, actions))):
        return whole
    if any(_ends_full_text(action, table) for action in actions):
        return None
    return Online(Algorithm.INPLACE, Lock.SHARED, rebuilds=True) if moment.server.mariadb else COPIED


def _ends_full_text(action: Operation, table: Table) -> bool:
    indexes = [index for index in table.indexes if index.method == FULL_TEXT]
    match action:
        case model.DropIndex(index=name):
            return any(index.name.name == name.name for index in indexes)
        case model.DropColumn(column=column):
            return any(column in index.columns for index in indexes)
    return False


def _copied(actions: Sequence[Operation], moment: Moment) -> Online | None:
    """MariaDB lets writes through from 11.2 on, but not where a key of the table changes its rows by itself."""
    if not moment.server.copies_online:
        return COPIED
    table = moment.table(actions[0])
    if table is None:
        return None
    if any(_begins_to_count(action, table) for action in actions) or _follows_its_parent(table):
        return COPIED
    return Online(Algorithm.COPY, Lock.NONE, rebuilds=True)


def _begins_to_count(action: Operation, table: Table) -> bool:
    known = table.column(action.column) if isinstance(action, model.RedefineColumn) else None
    return isinstance(action, model.RedefineColumn) and known is not None and counts(action, known)


def _follows_its_parent(table: Table) -> bool:
    keys = [it.definition for it in table.constraints_of(ConstraintKind.FOREIGN_KEY)]
    return any(isinstance(key, ForeignKey) and {key.on_delete, key.on_update} & set(_FOLLOWING) for key in keys)


def _of(operation: Operation, beside: Sequence[Operation], moment: Moment) -> Online | None:
    """As if the table had neither a full-text index nor a computed column."""
    table, server = moment.table(operation), moment.server
    match operation:
        case model.AddColumn():
            return of_new_column(operation, table, server, checks=moment.checks)
        case model.DropColumn(column=name):
            return of_dropped_column(name, table) if table is not None else None
        case model.RedefineColumn(column=name, definition=definition):
            known = table.column(name) if table is not None else None
            if table is None or known is None:
                return None
            found = of_column(operation, known, table, server)
            renamed = _of_renamed(operation, name, moment) if definition.name != name else INSTANT
            return together((found, renamed))
        case model.RenameColumn(column=name):
            return _of_renamed(operation, name, moment)
        case model.SetDefault() | model.DropDefault():
            return INSTANT
        case model.RenameTable():
            return SWAPPED if len(beside) == 1 else INSTANT
        case model.AlterTableOther(action=action):
            return of_option(action, table, server)
    return of_key(operation, beside, table, server, checks=moment.checks)


def _of_renamed(operation: model.RenameColumn | model.RedefineColumn, column: str, moment: Moment) -> Online:
    """MySQL does it in place where another table's foreign key points to the column."""
    keys = [it.definition for table in moment.schema.tables for it in table.constraints_of(ConstraintKind.FOREIGN_KEY)]
    is_pointed_to = any(
        isinstance(key, ForeignKey) and key.target == operation.table and column in key.target_columns for key in keys
    )
    return IN_PLACE if is_pointed_to and not moment.server.mariadb else INSTANT
