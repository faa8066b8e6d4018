"""CREATE INDEX, ALTER INDEX, DROP INDEX, REINDEX."""

from __future__ import annotations

from rules.model import operations as model
from rules.model.names import Name
from rules.model.operations import CreateIndex, IndexKey, Operation, Statement
from rules.postgres.tokens import TokenKind, identifier, tokens_of
from rules.reading.sql.columns import nulls_not_distinct
from rules.reading.sql.cursor import Cursor, UnreadForm, is_on

_CONSTANTS = frozenset({"TRUE", "FALSE", "NULL"})


def create_index(cursor: Cursor, statement: Statement, *, unique: bool) -> CreateIndex:
    """From the word after INDEX on."""
    concurrently = cursor.accept("CONCURRENTLY")
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    index = None if cursor.word == "ON" else cursor.name()
    cursor.expect("ON")
    only = cursor.accept("ONLY")
    table = cursor.table()
    if index is not None and index.schema is None and table.schema is not None:
        index = Name(index.name, table.schema)
    method = cursor.identifier() if cursor.accept("USING") else "btree"
    keys = _keys(cursor)
    include = cursor.columns() if cursor.accept("INCLUDE") else ()
    equal_nulls = nulls_not_distinct(cursor)
    cursor.skip_until("WHERE")
    predicate = cursor.rest() if cursor.accept("WHERE") else None
    return CreateIndex(
        statement,
        index,
        table,
        keys,
        unique,
        concurrently,
        if_not_exists,
        only,
        method,
        predicate,
        include,
        equal_nulls,
    )


def _keys(cursor: Cursor) -> tuple[IndexKey, ...]:
    cursor.expect("(")
    keys = [_key(cursor)]
    while cursor.accept(","):
        keys.append(_key(cursor))
    cursor.expect(")")
    return tuple(keys)


def _key(cursor: Cursor) -> IndexKey:
    """`column | function(...) | (expression)`, then COLLATE, an operator class with its options, ASC, NULLS ..."""
    start = cursor.position
    column = None
    if cursor.word == "(":
        column = _plain_column(cursor.group())
    elif cursor.ahead() in ("(", ".") or not cursor.at_name:
        cursor.skip_until(",")
        return IndexKey(cursor.text_between(start, cursor.position))
    else:
        column = cursor.identifier()
    if cursor.accept("COLLATE"):
        cursor.name()
    operator_class = None
    if cursor.at_name and cursor.word not in ("ASC", "DESC", "NULLS"):
        operator_class = cursor.name().name
    cursor.skip_until(",")
    text = cursor.text_between(start, cursor.position)
    if not text:
        raise UnreadForm("an index key expected")
    return IndexKey(text, column, operator_class)


def _plain_column(expression: str) -> str | None:
    """`a` of `(a)`, which the server takes for the column itself; None for anything else."""
    inner = expression.strip()
    while inner.startswith("(") and inner.endswith(")"):
        inner = inner[1:-1].strip()
    kind, word, start, end = tokens_of(inner)[0]
    named = kind in (TokenKind.WORD, TokenKind.QUOTED) and word not in _CONSTANTS
    return identifier(inner) if named and (start, end) == (0, len(inner)) else None


def partition_key(partition_by: str) -> tuple[str | None, ...]:
    """The columns of `RANGE (a, lower(b))` in order, None for an expression; empty where the text is none."""
    cursor = Cursor(partition_by)
    try:
        cursor.identifier()
        return tuple(key.column for key in _keys(cursor))
    except UnreadForm:
        return ()


def alter_index(cursor: Cursor, statement: Statement) -> Operation:
    if cursor.accept("ALL", "IN", "TABLESPACE"):
        return model.Maintenance(statement, "ALTER INDEX ALL IN TABLESPACE")
    cursor.accept("IF", "EXISTS")
    index = cursor.name()
    if cursor.accept("RENAME", "TO"):
        return model.RenameIndex(statement, index, cursor.identifier())
    if cursor.accept("ATTACH", "PARTITION"):
        return model.AttachIndex(statement, index, cursor.name())
    if cursor.word not in ("SET", "RESET", "ALTER", "NO", "DEPENDS"):
        raise UnreadForm("an action of ALTER INDEX expected")
    return model.AlterObject(statement, model.Kind.OTHER, index, cursor.rest())


def drop_index(cursor: Cursor, statement: Statement) -> tuple[Operation, ...]:
    concurrently = cursor.accept("CONCURRENTLY")
    if_exists = cursor.accept("IF", "EXISTS")
    names = cursor.names()
    cascade = cursor.accept_any("CASCADE", "RESTRICT") == "CASCADE"
    return tuple(model.DropIndex(statement, name, concurrently, if_exists, cascade) for name in names)


def reindex(cursor: Cursor, statement: Statement) -> Operation:
    options = cursor.items() if cursor.word == "(" else []
    kind = cursor.accept_any("INDEX", "TABLE", "SCHEMA", "DATABASE", "SYSTEM")
    if not kind:
        raise UnreadForm("INDEX, TABLE, SCHEMA, DATABASE or SYSTEM expected")
    concurrently = cursor.accept("CONCURRENTLY") or any(is_on(option, "CONCURRENTLY") for option in options)
    name = Name("") if cursor.kind is TokenKind.END else cursor.name()
    return model.Reindex(statement, kind, name, concurrently)
