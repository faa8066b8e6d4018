"""ALTER TABLE: one statement, one operation for each of its actions."""

from __future__ import annotations

from collections.abc import Iterator

from rules.model import operations as model
from rules.model.columns import Column
from rules.model.names import Name
from rules.model.operations import Operation, Statement
from rules.reading.sql.altering import added_constraint
from rules.reading.sql.columns import expression_until, read_column, starts_constraint
from rules.reading.sql.cursor import UnreadForm
from rules.reading.sql.mysql.cursor import MySQLCursor
from rules.reading.sql.mysql.tables import read_index, read_key, starts_index

PRIMARY = "PRIMARY"
"""The name that every primary key has."""


def alter_table(cursor: MySQLCursor, statement: Statement) -> tuple[Operation, ...]:
    """From the word after TABLE on."""
    if_exists = cursor.accept("IF", "EXISTS")
    table = cursor.name()
    while cursor.accept_any("WAIT", "NOWAIT"):  # of MariaDB
        cursor.step()
    found: list[Operation] = []
    while True:
        found += _action(cursor, statement, table, if_exists)
        if not cursor.accept(","):
            break
    if not cursor.at_end:
        raise UnreadForm("the end of the statement expected")
    return tuple(found)


def _action(cursor: MySQLCursor, statement: Statement, table: Name, if_exists: bool) -> Iterator[Operation]:
    start = cursor.position
    match cursor.word:
        case "ADD" if cursor.ahead() not in ("PARTITION", "PERIOD", "SYSTEM"):
            yield from _add(cursor, statement, table)
        case "DROP" if cursor.ahead() not in ("PARTITION", "PERIOD", "SYSTEM"):
            yield _drop(cursor, statement, table)
        case "MODIFY" | "CHANGE":
            yield _redefine(cursor, statement, table)
        case "ALTER" if cursor.ahead() not in ("INDEX", "KEY", "CHECK", "CONSTRAINT"):
            yield _alter_column(cursor, statement, table)
        case "RENAME":
            yield _rename(cursor, statement, table)
        case "":
            raise UnreadForm("an action of ALTER TABLE expected")
        case _:
            cursor.skip_until(",")
            yield model.AlterTableOther(statement, table, cursor.text_between(start, cursor.position), if_exists)


def _add(cursor: MySQLCursor, statement: Statement, table: Name) -> Iterator[Operation]:
    cursor.expect("ADD")
    if starts_index(cursor):
        yield read_index(cursor, statement, table)
        return
    if starts_constraint(cursor):
        yield added_constraint(statement, table, read_key(cursor))
        return
    cursor.accept("COLUMN")
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    if not cursor.accept("("):
        column, place = _placed(cursor)
        yield model.AddColumn(statement, table, column, if_not_exists, first=place == "FIRST")
        return
    while True:
        yield model.AddColumn(statement, table, read_column(cursor), if_not_exists)
        if not cursor.accept(","):
            break
    cursor.expect(")")


def _placed(cursor: MySQLCursor) -> tuple[Column, str]:
    """A definition, and FIRST or AFTER where a place among the columns follows it."""
    column = read_column(cursor)
    place = cursor.accept_any("FIRST", "AFTER")
    if place == "AFTER":
        cursor.identifier()
    return column, place


def _drop(cursor: MySQLCursor, statement: Statement, table: Name) -> Operation:
    cursor.expect("DROP")
    if cursor.accept("PRIMARY", "KEY"):
        return model.DropConstraint(statement, table, PRIMARY)
    index = bool(cursor.accept_any("INDEX", "KEY"))
    constraint = not index and (cursor.accept("FOREIGN", "KEY") or bool(cursor.accept_any("CONSTRAINT", "CHECK")))
    if not (index or constraint):
        cursor.accept("COLUMN")
    if_exists = cursor.accept("IF", "EXISTS")
    name = cursor.identifier()
    if index:
        return model.DropIndex(statement, Name(name, table.schema), if_exists=if_exists, table=table)
    if constraint:
        return model.DropConstraint(statement, table, name, if_exists)
    cursor.accept_any("CASCADE", "RESTRICT")
    return model.DropColumn(statement, table, name, if_exists)


def _redefine(cursor: MySQLCursor, statement: Statement, table: Name) -> Operation:
    renames = cursor.step().word == "CHANGE"
    cursor.accept("COLUMN")
    cursor.accept("IF", "EXISTS")
    old = cursor.identifier() if renames else None
    definition, place = _placed(cursor)
    return model.RedefineColumn(statement, table, old or definition.name, definition, moved=bool(place))


def _alter_column(cursor: MySQLCursor, statement: Statement, table: Name) -> Operation:
    cursor.expect("ALTER")
    cursor.accept("COLUMN")
    cursor.accept("IF", "EXISTS")
    column = cursor.identifier()
    if cursor.accept("SET", "DEFAULT"):
        return model.SetDefault(statement, table, column, expression_until(cursor))
    if cursor.accept("DROP", "DEFAULT"):
        return model.DropDefault(statement, table, column)
    return model.AlterColumnOther(statement, table, column, cursor.until())


def _rename(cursor: MySQLCursor, statement: Statement, table: Name) -> Operation:
    cursor.expect("RENAME")
    kind = cursor.accept_any("COLUMN", "INDEX", "KEY")
    if not kind:
        cursor.accept_any("TO", "AS", "=")
        return renamed_table(statement, table, cursor.name())
    cursor.accept("IF", "EXISTS")
    old = cursor.identifier()
    cursor.expect("TO")
    new = cursor.identifier()
    if kind == "COLUMN":
        return model.RenameColumn(statement, table, old, new)
    return model.RenameIndex(statement, Name(old, table.schema), new, table)


def renamed_table(statement: Statement, table: Name, new: Name) -> Operation:
    if new.schema is not None and new.schema != table.schema:
        raise UnreadForm("a name in the same database expected")
    return model.RenameTable(statement, table, new.name)
