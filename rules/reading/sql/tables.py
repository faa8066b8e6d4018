"""CREATE TABLE and its kin."""

from __future__ import annotations

from rules.model.columns import Column, Constraint
from rules.model.names import Name, quoted
from rules.model.operations import CreateTable, Statement
from rules.reading.sql.columns import read_column, read_constraint, read_options, starts_constraint
from rules.reading.sql.cursor import Cursor
from rules.reading.sql.queries import tables_of_view


def create_table(cursor: Cursor, statement: Statement, *, temporary: bool, unlogged: bool) -> CreateTable:
    """From the word after TABLE on."""
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    table = cursor.name()
    columns: list[Column] = []
    constraints: list[Constraint] = []
    parent = bound = like = None
    if cursor.accept("PARTITION", "OF"):
        parent = cursor.name()
        if cursor.word == "(":
            _, columns, constraints = _elements(cursor, typed=False)
        bound = cursor.until("PARTITION", "USING", "WITH", "TABLESPACE") if not cursor.sees("FOR") else _bound(cursor)
    elif cursor.accept("OF"):
        cursor.name()
        if cursor.word == "(":
            _, columns, constraints = _elements(cursor, typed=False)
    elif cursor.word == "(" and not _names_only(cursor):
        like, columns, constraints = _elements(cursor, typed=True)
    elif cursor.word == "(":
        cursor.group()
    inherits: tuple[Name, ...] = ()
    if cursor.accept("INHERITS"):
        cursor.expect("(")
        inherits = () if cursor.word == ")" else cursor.names()
        cursor.expect(")")
    partition_by = cursor.until("USING", "WITH", "TABLESPACE", "AS") if cursor.accept("PARTITION", "BY") else None
    storage = _storage(cursor)
    query = _rest_of_query(cursor)
    return CreateTable(
        statement,
        table,
        tuple(columns),
        tuple(constraints),
        if_not_exists,
        temporary,
        unlogged,
        partition_by,
        parent,
        bound or None,
        like,
        inherits,
        query is not None,
        tables_of_view(query) if query and not cursor.ends_with("WITH", "NO", "DATA") else (),
        storage=storage,
    )


def _storage(cursor: Cursor) -> tuple[str, ...]:
    """`USING method ... TABLESPACE name`."""
    found = []
    if cursor.accept("USING"):
        found.append(f"ACCESS METHOD {quoted(cursor.identifier())}")
    cursor.skip_until("TABLESPACE", "AS")
    if cursor.word == "TABLESPACE":
        found.append(storage_named(cursor))
    return tuple(found)


def storage_named(cursor: Cursor) -> str:
    """`LOGGED`, `UNLOGGED`, `TABLESPACE name` or `ACCESS METHOD name`."""
    for words in (("TABLESPACE",), ("ACCESS", "METHOD")):
        if cursor.accept(*words):
            name = quoted(cursor.identifier())
            cursor.accept("NOWAIT")
            return f"{' '.join(words)} {name}"
    return cursor.until().upper()


def _bound(cursor: Cursor) -> str:
    """`FOR VALUES ...`: its own WITH (MODULUS ...) is part of it."""
    start = cursor.position
    cursor.expect("FOR", "VALUES")
    if cursor.accept("WITH") or cursor.accept("IN"):
        cursor.group()
    else:
        cursor.expect("FROM")
        cursor.group()
        cursor.expect("TO")
        cursor.group()
    return cursor.text_between(start, cursor.position)


def _names_only(cursor: Cursor) -> bool:
    """`CREATE TABLE t (a, b) AS ...` names columns without types."""
    return cursor.ahead(2) in (",", ")") and cursor.ahead(1) != ")"


def _elements(cursor: Cursor, *, typed: bool) -> tuple[Name | None, list[Column], list[Constraint]]:
    columns: list[Column] = []
    constraints: list[Constraint] = []
    like = None
    cursor.expect("(")
    while not cursor.accept(")"):
        if cursor.sees("LIKE") and cursor.ahead() not in (",", ")"):
            cursor.step()
            like = cursor.name()
            while cursor.accept_any("INCLUDING", "EXCLUDING"):
                cursor.step()
        elif starts_constraint(cursor):
            constraints.append(read_constraint(cursor))
        elif typed:
            columns.append(read_column(cursor))
        else:
            columns.append(read_options(cursor, cursor.identifier()))
        if not cursor.accept(","):
            cursor.expect(")")
            break
    return like, columns, constraints


def _rest_of_query(cursor: Cursor) -> str | None:
    """From AS to the end, past storage options; None without a query."""
    cursor.skip_until("AS")
    return cursor.rest() if cursor.word == "AS" else None


def tables_of(cursor: Cursor) -> tuple[Name, ...]:
    """A list of tables, each with the ONLY or star that it may have."""
    found = [cursor.table()]
    while cursor.accept(","):
        found.append(cursor.table())
    return tuple(found)
