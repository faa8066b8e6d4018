"""The first words of a statement: which of them MySQL and MariaDB read in their own way."""

from __future__ import annotations

from rules.model import operations as model
from rules.model.names import Name
from rules.model.operations import Operation, Rows, Statement
from rules.postgres.tokens import Token
from rules.reading.sql import objects
from rules.reading.sql.cursor import Cursor, UnreadForm
from rules.reading.sql.mysql.altering import alter_table, renamed_table
from rules.reading.sql.mysql.cursor import MySQLCursor
from rules.reading.sql.mysql.tables import create_table, index_options
from rules.reading.sql.splitting import groups, is_body

_MAINTENANCE = frozenset({"OPTIMIZE", "ANALYZE", "REPAIR", "CHECK", "CHECKSUM"})
_HARMLESS = frozenset({"USE", "FLUSH", "SHOW", "DESCRIBE", "DESC", "HANDLER"})
_NOISE = frozenset({"LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "QUICK"})


def pieces(tokens: list[Token]) -> list[list[Token]]:
    """One statement where a body with semicolons of its own is created."""
    return [tokens] if is_body(tokens) else groups(tokens)


def own_form(cursor: Cursor, statement: Statement) -> tuple[Operation, ...] | None:
    """The operations; None where the statement is spelled as PostgreSQL spells it."""
    assert isinstance(cursor, MySQLCursor)
    match cursor.word:
        case "CREATE":
            return _create(cursor, statement)
        case "ALTER":
            return _alter(cursor, statement)
        case "DROP":
            return _drop(cursor, statement)
        case "RENAME":
            return _rename_tables(cursor, statement)
        case "INSERT" | "REPLACE" | "UPDATE" | "DELETE":
            return _rows(cursor, statement)
        case "SET" if cursor.ahead().startswith("@"):
            return (model.Harmless(statement, "SET"),)
        case "LOCK" | "UNLOCK":
            return _lock(cursor, statement)
        case word if word in _MAINTENANCE and cursor.ahead() in ("TABLE", "TABLES", "LOCAL", "NO_WRITE_TO_BINLOG"):
            cursor.skip_until("TABLE", "TABLES")
            cursor.step()
            return tuple(model.Maintenance(statement, word, name) for name in cursor.names())
        case word if word in _HARMLESS:
            return (model.Harmless(statement, word),)
    return None


def _create(cursor: MySQLCursor, statement: Statement) -> tuple[Operation, ...] | None:
    start = cursor.position
    cursor.expect("CREATE")
    replaces = cursor.accept("OR", "REPLACE")
    temporary = cursor.accept("TEMPORARY")
    if cursor.accept("TABLE"):
        return create_table(cursor, statement, temporary=temporary, replaces=replaces)
    kind = cursor.accept_any("UNIQUE", "FULLTEXT", "SPATIAL")
    if cursor.accept("INDEX"):
        return (_create_index(cursor, statement, kind),)
    if cursor.word in _AROUND or cursor.word == "EVENT":
        return (_create_object(cursor, statement, replaces),)
    cursor.position = start
    return None


_AROUND = ("DEFINER", "ALGORITHM", "SQL")
_OBJECTS = ("VIEW", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT")


def _create_object(cursor: MySQLCursor, statement: Statement, replaces: bool) -> Operation:
    """A view, a trigger, a routine or an event, behind what says who defines it and how."""
    cursor.skip_until(*_OBJECTS)
    if not cursor.accept("EVENT"):
        return objects.create_object(cursor, statement, replace=replaces)
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    return model.CreateObject(
        statement,
        model.Kind.OTHER,
        cursor.name(),
        replace=replaces,
        if_not_exists=if_not_exists,
        definition=cursor.rest(),
    )


def _create_index(cursor: MySQLCursor, statement: Statement, kind: str) -> Operation:
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.identifier()
    method = cursor.identifier().lower() if cursor.accept("USING") else "btree"
    cursor.expect("ON")
    table = cursor.name()
    keys = cursor.keys()
    index_options(cursor)
    if kind in ("FULLTEXT", "SPATIAL"):
        method = kind.lower()
    return model.CreateIndex(
        statement,
        Name(name, table.schema),
        table,
        keys,
        kind == "UNIQUE",
        if_not_exists=if_not_exists,
        method=method,
    )


def _alter(cursor: MySQLCursor, statement: Statement) -> tuple[Operation, ...] | None:
    start = cursor.position
    cursor.expect("ALTER")
    cursor.accept_any("ONLINE", "IGNORE")
    if cursor.accept("TABLE"):
        return alter_table(cursor, statement)
    cursor.position = start
    return None


def _drop(cursor: MySQLCursor, statement: Statement) -> tuple[Operation, ...] | None:
    if cursor.sees("DROP", "TEMPORARY"):
        return (model.Harmless(statement, "DROP TEMPORARY TABLE"),)
    if cursor.sees("DROP", "EVENT") or cursor.sees("DROP", "TRIGGER"):
        cursor.step()
        kind = model.Kind.TRIGGER if cursor.step().word == "TRIGGER" else model.Kind.OTHER
        if_exists = cursor.accept("IF", "EXISTS")
        return (model.DropObject(statement, kind, cursor.name(), if_exists=if_exists),)
    if not cursor.accept("DROP", "INDEX"):
        return None
    if_exists = cursor.accept("IF", "EXISTS")
    name = cursor.identifier()
    cursor.expect("ON")
    table = cursor.name()
    return (model.DropIndex(statement, Name(name, table.schema), if_exists=if_exists, table=table),)


def _rename_tables(cursor: MySQLCursor, statement: Statement) -> tuple[Operation, ...]:
    cursor.expect("RENAME")
    cursor.accept_any("TABLE", "TABLES")
    cursor.accept("IF", "EXISTS")
    found = []
    while True:
        table = cursor.name()
        cursor.expect("TO")
        found.append(renamed_table(statement, table, cursor.name()))
        if not cursor.accept(","):
            return tuple(found)


def _rows(cursor: MySQLCursor, statement: Statement) -> tuple[Operation, ...] | None:
    """INSERT and REPLACE with the words that only they have here; the rest as everywhere."""
    if cursor.word not in ("INSERT", "REPLACE") or cursor.sees("INSERT", "INTO"):
        return None
    cursor.step()
    while cursor.accept_any(*_NOISE):
        pass
    if not cursor.accept("INTO") and cursor.word == "OR":
        raise UnreadForm("a table expected")
    table = cursor.name()
    columns = cursor.columns() if cursor.word == "(" and cursor.ahead() not in ("SELECT", "WITH") else ()
    constant = not any(token.word in ("SELECT", "TABLE") for token in cursor.tokens)
    return (model.Insert(statement, table, columns, Rows.CONSTANT if constant else Rows.UNBOUNDED),)


def _lock(cursor: MySQLCursor, statement: Statement) -> tuple[Operation, ...]:
    if cursor.step().word == "UNLOCK" or not cursor.accept_any("TABLES", "TABLE"):
        return (model.Harmless(statement, "UNLOCK TABLES"),)
    found: list[Operation] = []
    while True:
        table = cursor.name()
        cursor.skip_until("READ", "WRITE")
        mode = cursor.until()
        found.append(model.LockTable(statement, table, mode.upper()))
        if not cursor.accept(","):
            return tuple(found)
