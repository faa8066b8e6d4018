"""Statements about rows: which table, and how many rows they can reach as far as their text tells."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise

from rules.model import operations as model
from rules.model.names import Name
from rules.model.operations import Operation, Rows, Statement
from rules.reading.sql.cursor import Cursor, UnreadForm
from rules.reading.sql.queries import functions_named, tables_named, tables_read

_QUERY_WORDS = frozenset({"SELECT", "TABLE", "WITH"})
_CHANGES = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE"})
_MOST_CHANGES = 100
_HEADS = frozenset({"SELECT", "VALUES", "TABLE", "WITH", "("})


def read_rows(cursor: Cursor, statement: Statement) -> tuple[Operation, ...]:
    """A SELECT, VALUES, INSERT, UPDATE, DELETE or MERGE, with the WITH before it."""
    if cursor.word == "INSERT" and not any(token.word in _QUERY_WORDS for token in cursor.tokens):
        return (_insert_of_values(cursor, statement),)
    from rules.postgres import trees  # here, since few migrations need sqlglot and it takes long to load
    from rules.reading.sql.changes import operations_of_tree

    sql = cursor.text[cursor.tokens[0].start : cursor.tokens[-2].end]
    tree = trees.query(sql)
    try:
        return operations_of_tree(tree, sql, statement) if tree is not None else _by_its_words(cursor, statement)
    except UnreadForm:
        cursor.position = 0
        return _by_its_words(cursor, statement)


def _insert_of_values(cursor: Cursor, statement: Statement) -> Operation:
    """Most migrations that write rows do it so, and some write thousands."""
    cursor.expect("INSERT", "INTO")
    table = cursor.table()
    if cursor.accept("AS"):
        cursor.identifier()
    columns = tuple(_unquoted(cursor, item) for item in cursor.items()) if cursor.word == "(" else ()
    return model.Insert(statement, table, columns, Rows.CONSTANT, updates=tuple(_overwritten(cursor)))


def _overwritten(cursor: Cursor) -> Iterator[str]:
    """`ON CONFLICT ... DO UPDATE SET a = 1, (b, c) = (2, 3)`."""
    cursor.skip_until("CONFLICT")
    cursor.skip_until("DO")
    if not cursor.accept("DO", "UPDATE", "SET"):
        return
    with suppress(UnreadForm):
        while not cursor.at_end:
            for name in cursor.items() if cursor.word == "(" else (cursor.identifier(),):
                yield _unquoted(cursor, name)
            cursor.skip_until(",", "WHERE", "RETURNING")
            if not cursor.accept(","):
                return


def _unquoted(cursor: Cursor, item: str) -> str:
    try:
        return type(cursor)(item).identifier()
    except UnreadForm:
        return item


def _by_its_words(cursor: Cursor, statement: Statement) -> tuple[Operation, ...]:
    """Without a tree. Errs on the side of more: every name after FROM is read, no condition bounds the rows."""
    read = tables_named(cursor.tokens, cursor.text)
    found: list[Operation] = []
    for at, token in enumerate(cursor.tokens):
        if token.word in _CHANGES and (at == 0 or cursor.tokens[at - 1].word in ("(", ")")):
            cursor.position = at
            change = _change_by_its_words(cursor, statement, read)
            found += [] if change is None else [change]
        if len(found) > _MOST_CHANGES:
            raise UnreadForm("fewer changes in one statement expected")
    if found:
        return tuple(found)
    if cursor.tokens[0].word not in _HEADS:
        raise UnreadForm("a query expected")
    words = [token.word for token in cursor.tokens]
    locking = any(
        pair in (("FOR", "UPDATE"), ("FOR", "NO"), ("FOR", "SHARE"), ("FOR", "KEY")) for pair in pairwise(words)
    )
    return (model.Select(statement, read, functions_named(cursor.tokens, cursor.text), locking),)


def _change_by_its_words(cursor: Cursor, statement: Statement, read: tuple[Name, ...]) -> Operation | None:
    if cursor.accept("INSERT", "INTO") or cursor.accept("MERGE", "INTO"):
        table = cursor.table()
        cursor.skip_until("VALUES", "SELECT", "TABLE", "WITH", "USING")
        rows = Rows.CONSTANT if cursor.word == "VALUES" else Rows.UNBOUNDED
        return model.Insert(statement, table, (), rows, read)
    if cursor.accept("DELETE", "FROM"):
        table = cursor.table()
        condition = _condition(cursor)
        rows = Rows.ALL if condition is None else Rows.UNBOUNDED
        return model.Delete(statement, table, condition, rows, tuple(name for name in read if name != table))
    if cursor.accept("UPDATE"):
        table = cursor.table()
        cursor.skip_until("SET")
        cursor.expect("SET")
        condition = _condition(cursor)
        rows = Rows.ALL if condition is None else Rows.UNBOUNDED
        return model.Update(statement, table, (), condition, rows, tuple(name for name in read if name != table))
    return None


def _condition(cursor: Cursor) -> str | None:
    cursor.skip_until("WHERE", "RETURNING")
    if not cursor.accept("WHERE"):
        return None
    start = cursor.position
    cursor.skip_until("RETURNING")
    return cursor.text_between(start, cursor.position) or None


def copy(cursor: Cursor, statement: Statement) -> tuple[Operation, ...]:
    cursor.expect("COPY")
    if cursor.word == "(":
        sources = tables_read(cursor.group())
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
