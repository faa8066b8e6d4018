"""ALTER TABLE: one statement, one operation for each of its actions."""

from __future__ import annotations

from rules.model import operations as model
from rules.model.columns import Check, Constraint, Exclusion, ForeignKey, NotNull, PrimaryKey, Unique
from rules.model.names import Name
from rules.model.operations import Operation, Statement
from rules.reading.sql.columns import expression_until, read_column, read_constraint, starts_constraint
from rules.reading.sql.cursor import Cursor, UnreadForm
from rules.reading.sql.tables import storage_named

_OTHER_ACTIONS = frozenset(
    {"SET", "RESET", "OWNER", "INHERIT", "NO", "CLUSTER", "REPLICA", "ENABLE", "DISABLE", "FORCE", "OF", "NOT", "ALTER"}
)
_STORAGE = frozenset({"LOGGED", "UNLOGGED", "TABLESPACE", "ACCESS"})


def alter_table(cursor: Cursor, statement: Statement) -> tuple[Operation, ...]:
    """From the word after ALTER [FOREIGN] TABLE on. Also views and sequences are altered by this spelling."""
    if cursor.accept("ALL", "IN", "TABLESPACE"):
        return (model.Maintenance(statement, "ALTER TABLE ALL IN TABLESPACE"),)
    if_exists = cursor.accept("IF", "EXISTS")
    table = cursor.table()
    actions = [_action(cursor, statement, table, if_exists)]
    while cursor.accept(","):
        actions.append(_action(cursor, statement, table, if_exists))
    if not cursor.at_end:
        raise UnreadForm("the end of the statement expected")
    return tuple(actions)


def _action(cursor: Cursor, statement: Statement, table: Name, if_exists: bool) -> Operation:
    word = cursor.word
    if word == "ADD":
        return _add(cursor, statement, table)
    if word == "DROP":
        return _drop(cursor, statement, table)
    if word == "ALTER":
        return _alter(cursor, statement, table, if_exists)
    if word == "RENAME":
        return _rename(cursor, statement, table)
    if cursor.accept("VALIDATE", "CONSTRAINT"):
        return model.ValidateConstraint(statement, table, cursor.identifier())
    if cursor.accept("ATTACH", "PARTITION"):
        return model.AttachPartition(statement, table, cursor.name(), cursor.rest())
    if cursor.accept("DETACH", "PARTITION"):
        partition = cursor.name()
        return model.DetachPartition(
            statement, table, partition, cursor.accept("CONCURRENTLY"), finalize=cursor.accept("FINALIZE")
        )
    return _setting(cursor, statement, table, if_exists)


def _setting(cursor: Cursor, statement: Statement, table: Name, if_exists: bool) -> Operation:
    if cursor.accept("SET", "SCHEMA"):
        return model.MoveObject(statement, None, table, cursor.identifier())
    if cursor.word == "SET" and cursor.ahead() in _STORAGE:
        cursor.step()
        return model.SetStorage(statement, table, storage_named(cursor))
    if any(cursor.sees(*words, "TRIGGER") for words in (("DISABLE",), ("ENABLE",), ("ENABLE", "ALWAYS"))):
        enabled = cursor.step().word == "ENABLE"
        cursor.accept("ALWAYS")
        cursor.expect("TRIGGER")
        word = cursor.word
        name = cursor.identifier()
        return model.SetTrigger(statement, table, word if word in ("ALL", "USER") else name, enabled)
    if cursor.word not in _OTHER_ACTIONS:
        raise UnreadForm("an action of ALTER TABLE expected")
    return model.AlterTableOther(statement, table, cursor.until(), if_exists)


def _add(cursor: Cursor, statement: Statement, table: Name) -> Operation:
    cursor.expect("ADD")
    if starts_constraint(cursor):
        return added_constraint(statement, table, read_constraint(cursor))
    cursor.accept("COLUMN")
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    return model.AddColumn(statement, table, read_column(cursor), if_not_exists)


def added_constraint(statement: Statement, table: Name, constraint: Constraint) -> Operation:
    match constraint:
        case ForeignKey():
            return model.AddForeignKey(statement, table, constraint)
        case Check():
            return model.AddCheck(statement, table, constraint)
        case Unique():
            return model.AddUnique(statement, table, constraint)
        case PrimaryKey():
            return model.AddPrimaryKey(statement, table, constraint)
        case Exclusion():
            return model.AddExclusion(statement, table, constraint)
        case NotNull():
            return model.AddNotNullConstraint(statement, table, constraint)


def _drop(cursor: Cursor, statement: Statement, table: Name) -> Operation:
    cursor.expect("DROP")
    if cursor.accept("CONSTRAINT"):
        if_exists = cursor.accept("IF", "EXISTS")
        name = cursor.identifier()
        return model.DropConstraint(statement, table, name, if_exists, _cascade(cursor))
    cursor.accept("COLUMN")
    if_exists = cursor.accept("IF", "EXISTS")
    column = cursor.identifier()
    return model.DropColumn(statement, table, column, if_exists, _cascade(cursor))


def _cascade(cursor: Cursor) -> bool:
    return cursor.accept_any("CASCADE", "RESTRICT") == "CASCADE"


def _rename(cursor: Cursor, statement: Statement, table: Name) -> Operation:
    cursor.expect("RENAME")
    if cursor.accept("TO"):
        return model.RenameTable(statement, table, cursor.identifier())
    if cursor.accept("CONSTRAINT"):
        name = cursor.identifier()
        cursor.expect("TO")
        return model.RenameConstraint(statement, table, name, cursor.identifier())
    cursor.accept("COLUMN")
    column = cursor.identifier()
    cursor.expect("TO")
    return model.RenameColumn(statement, table, column, cursor.identifier())


def _alter(cursor: Cursor, statement: Statement, table: Name, if_exists: bool) -> Operation:
    cursor.expect("ALTER")
    if cursor.word == "CONSTRAINT":
        return model.AlterTableOther(statement, table, f"ALTER {cursor.until()}", if_exists)
    cursor.accept("COLUMN")
    column = cursor.identifier() if cursor.at_name else cursor.text_between(cursor.position, cursor.position + 1)
    if not column:
        raise UnreadForm("a column expected")
    if cursor.accept("TYPE") or cursor.accept("SET", "DATA", "TYPE"):
        written = cursor.type()
        collation = cursor.name().name if cursor.accept("COLLATE") else None
        using = cursor.until() if cursor.accept("USING") else None
        return model.AlterColumnType(statement, table, column, written, using, collation)
    if cursor.accept("SET", "NOT", "NULL"):
        return model.SetNotNull(statement, table, column)
    if cursor.accept("DROP", "NOT", "NULL"):
        return model.DropNotNull(statement, table, column)
    if cursor.accept("SET", "DEFAULT"):
        return model.SetDefault(statement, table, column, expression_until(cursor))
    if cursor.accept("DROP", "DEFAULT"):
        return model.DropDefault(statement, table, column)
    if cursor.word not in ("ADD", "SET", "DROP", "RESET", "RESTART"):
        if not cursor.at_end:
            cursor.step()
        raise UnreadForm("an action of ALTER COLUMN expected")
    return model.AlterColumnOther(statement, table, column, cursor.until())
