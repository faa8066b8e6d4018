"""Statements about rows: which table, and how many rows they can reach as far as their text tells."""

from __future__ import annotations

from collections.abc import Sequence

from rules.model import operations as model
from rules.model.names import Name
from rules.model.operations import Operation, Rows, Statement
from rules.postgres.tokens import Token, TokenKind
from rules.reading.sql.conditions import rows_reached
from rules.reading.sql.cursor import Cursor, UnreadForm
from rules.reading.sql.queries import functions_called, tables_read

_LOCKING = (("FOR", "UPDATE"), ("FOR", "NO"), ("FOR", "SHARE"), ("FOR", "KEY"))


def read_rows(cursor: Cursor, statement: Statement) -> tuple[Operation, ...]:
    """A SELECT, VALUES, INSERT, UPDATE, DELETE or MERGE, with the WITH before it."""
    found: list[Operation] = []
    if cursor.accept("WITH"):
        cursor.accept("RECURSIVE")
        while True:
            cursor.identifier()
            if cursor.word == "(":
                cursor.group()
            cursor.expect("AS")
            cursor.accept("NOT")
            cursor.accept("MATERIALIZED")
            found += _inside(cursor, statement)
            cursor.skip_until(",", "SELECT", "VALUES", "INSERT", "UPDATE", "DELETE", "MERGE", "TABLE")
            if not cursor.accept(","):
                break
    match cursor.word:
        case "INSERT":
            found += _insert(cursor, statement)
        case "UPDATE":
            found += _update(cursor, statement)
        case "DELETE":
            found += _delete(cursor, statement)
        case "MERGE":
            found += _merge(cursor, statement)
        case "SELECT" | "VALUES" | "TABLE" | "(":
            found += _select(cursor, statement)
        case _:
            raise UnreadForm("a query expected")
    return tuple(found)


def _inside(cursor: Cursor, statement: Statement) -> tuple[Operation, ...]:
    """The query of a CTE: an operation of its own only if it changes rows."""
    start = cursor.position + 1
    cursor.group()
    if cursor.tokens[start].word not in ("INSERT", "UPDATE", "DELETE", "MERGE"):
        return ()
    inner = cursor.tokens[start : cursor.position - 1]
    end = inner[-1].end
    return read_rows(Cursor(cursor.text, [*inner, Token(TokenKind.END, "", end, end)]), statement)


def _sources(cursor: Cursor, target: Name | None = None, *, start: int = 0) -> tuple[Name, ...]:
    return tuple(name for name in tables_read(cursor.tokens[start:], cursor.text) if name != target)


def _alias(cursor: Cursor, *stops: str) -> None:
    cursor.accept("*")
    if cursor.accept("AS") or (cursor.at_name and cursor.word not in stops):
        cursor.identifier()


def _insert(cursor: Cursor, statement: Statement) -> tuple[Operation, ...]:
    cursor.expect("INSERT", "INTO")
    table = cursor.table()
    _alias(cursor, "VALUES", "SELECT", "DEFAULT", "OVERRIDING", "WITH", "TABLE")
    columns: tuple[str, ...] = ()
    if cursor.word == "(" and cursor.ahead() not in ("SELECT", "WITH", "VALUES", "("):
        columns = tuple(item.strip('"') for item in cursor.items())
    if cursor.accept("OVERRIDING"):
        cursor.step()
        cursor.expect("VALUE")
    if cursor.word in ("VALUES", "DEFAULT"):
        sources = _sources(cursor, table) if _has_query(cursor) else ()
        return (model.Insert(statement, table, columns, Rows.CONSTANT, sources),)
    start = cursor.position
    sources = tables_read(cursor.tokens, cursor.text)
    if not tables_read(cursor.tokens[start:], cursor.text) and not sources:
        return (model.Insert(statement, table, columns, Rows.CONSTANT),)
    return (model.Insert(statement, table, columns, rows_reached(cursor.tokens[start:], cursor.text), sources),)


def _has_query(cursor: Cursor) -> bool:
    return any(token.word == "SELECT" for token in cursor.tokens)


def _update(cursor: Cursor, statement: Statement) -> tuple[Operation, ...]:
    cursor.expect("UPDATE")
    table = cursor.table()
    _alias(cursor, "SET")
    cursor.expect("SET")
    start = cursor.position
    columns = _assigned(cursor)
    cursor.skip_until("WHERE", "RETURNING")
    condition = _condition(cursor)
    rows = rows_reached(cursor.tokens[start:], cursor.text)
    return (model.Update(statement, table, columns, condition, rows, _sources(cursor, table)),)


def _assigned(cursor: Cursor) -> tuple[str, ...]:
    columns: list[str] = []
    while True:
        if cursor.word == "(":
            columns += (item.strip('"') for item in cursor.items())
        else:
            columns.append(cursor.identifier())
        cursor.skip_until(",", "FROM", "WHERE", "RETURNING", "WHEN")
        if not cursor.accept(","):
            return tuple(columns)


def _condition(cursor: Cursor) -> str | None:
    if not cursor.accept("WHERE"):
        return None
    start = cursor.position
    cursor.skip_until("RETURNING")
    return cursor.text_between(start, cursor.position) or None


def _delete(cursor: Cursor, statement: Statement) -> tuple[Operation, ...]:
    cursor.expect("DELETE", "FROM")
    table = cursor.table()
    start = cursor.position
    sources = tuple(name for name in _sources(cursor) if name != table)
    cursor.skip_until("WHERE", "RETURNING")
    condition = _condition(cursor)
    return (model.Delete(statement, table, condition, rows_reached(cursor.tokens[start:], cursor.text), sources),)


def _merge(cursor: Cursor, statement: Statement) -> tuple[Operation, ...]:
    cursor.expect("MERGE", "INTO")
    table = cursor.table()
    sources = _sources(cursor, table)
    found: dict[str, Operation] = {}
    while not cursor.at_end:
        cursor.skip_until("THEN")
        cursor.accept("THEN")
        match cursor.accept_any("INSERT", "UPDATE", "DELETE"):
            case "INSERT":
                found.setdefault("INSERT", model.Insert(statement, table, (), Rows.UNBOUNDED, sources))
            case "UPDATE":
                cursor.accept("SET")
                columns = _assigned(cursor)
                found.setdefault("UPDATE", model.Update(statement, table, columns, None, Rows.UNBOUNDED, sources))
            case "DELETE":
                found.setdefault("DELETE", model.Delete(statement, table, None, Rows.UNBOUNDED, sources))
            case _:
                continue
    if not found:
        raise UnreadForm("a WHEN clause expected")
    return tuple(found.values())


def _select(cursor: Cursor, statement: Statement) -> tuple[Operation, ...]:
    into = _into(cursor)
    if into is not None:
        return (into_table(statement, into),)
    tokens = cursor.tokens
    sources = (cursor_table(cursor),) if cursor.word == "TABLE" else tables_read(tokens, cursor.text)
    locking = any(
        token.word == "FOR" and (token.word, tokens[at + 1].word) in _LOCKING for at, token in enumerate(tokens[:-1])
    )
    return (model.Select(statement, sources, functions_called(tokens, cursor.text), locking),)


def cursor_table(cursor: Cursor) -> Name:
    cursor.expect("TABLE")
    return cursor.table()


def _into(cursor: Cursor) -> Cursor | None:
    """A cursor behind the INTO of SELECT ... INTO table."""
    start = cursor.position
    cursor.skip_until("INTO", "FROM", "WHERE", "UNION")
    if cursor.accept("INTO"):
        return cursor
    cursor.position = start
    return None


def into_table(statement: Statement, cursor: Cursor) -> Operation:
    temporary = bool(cursor.accept_any("TEMPORARY", "TEMP"))
    unlogged = cursor.accept("UNLOGGED")
    cursor.accept("TABLE")
    return model.CreateTable(statement, cursor.name(), temporary=temporary, unlogged=unlogged, from_query=True)


def copy(cursor: Cursor, statement: Statement) -> tuple[Operation, ...]:
    cursor.expect("COPY")
    if cursor.word == "(":
        start = cursor.position
        cursor.group()
        sources: Sequence[Name] = tables_read(cursor.tokens[start : cursor.position], cursor.text)
        return tuple(model.Copy(statement, name, into=False) for name in sources) or (
            model.Harmless(statement, "COPY"),
        )
    table = cursor.table()
    if cursor.word == "(":
        cursor.group()
    direction = cursor.accept_any("FROM", "TO")
    if not direction:
        raise UnreadForm("FROM or TO expected")
    return (model.Copy(statement, table, into=direction == "FROM"),)


def truncate(cursor: Cursor, statement: Statement) -> tuple[Operation, ...]:
    cursor.expect("TRUNCATE")
    cursor.accept("TABLE")
    tables = [cursor.table()]
    while cursor.accept(","):
        tables.append(cursor.table())
    cursor.skip_until("CASCADE")
    cascade = cursor.word == "CASCADE"
    return tuple(model.Truncate(statement, table, cascade) for table in tables)
