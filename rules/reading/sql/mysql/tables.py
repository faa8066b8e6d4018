"""CREATE TABLE, and indexes and keys as they stand in tables."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from rules.model import operations as model
from rules.model.columns import Check, Column, Constraint, ForeignKey, PrimaryKey, Unique
from rules.model.names import Name
from rules.model.operations import CreateIndex, Operation, Statement
from rules.reading.sql.columns import read_column, read_constraint, read_references, starts_constraint
from rules.reading.sql.cursor import Cursor
from rules.reading.sql.mysql.cursor import MySQLCursor

_INDEX_WORDS = ("INDEX", "KEY", "FULLTEXT", "SPATIAL")
_NOT_ENFORCED = ["NOT", "ENFORCED"]
_AFTER_CONSTRAINT = ("PRIMARY", "UNIQUE", "FOREIGN", "CHECK")


def create_table(
    cursor: MySQLCursor, statement: Statement, *, temporary: bool, replaces: bool
) -> tuple[Operation, ...]:
    """From the word after TABLE on; the indexes that the table is given follow it."""
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    table = cursor.name()
    like = cursor.name() if cursor.accept("LIKE") else None
    columns: list[Column] = []
    constraints: list[Constraint] = []
    indexes: list[CreateIndex] = []
    if cursor.word == "(" and cursor.ahead() == "LIKE":
        cursor.step()
        cursor.expect("LIKE")
        like = cursor.name()
        cursor.expect(")")
    elif cursor.word == "(" and cursor.ahead() not in ("SELECT", "WITH"):
        for element in _elements(cursor, statement, table):
            match element:
                case CreateIndex():
                    indexes.append(element)
                case Column():
                    columns.append(element)
                case _:
                    constraints.append(element)
    from_query = any(token.word in ("SELECT", "WITH") for token in cursor.tokens[cursor.position :])
    options, partition_by = _options(cursor)
    created = model.CreateTable(
        statement,
        table,
        tuple(columns),
        tuple(constraints),
        if_not_exists,
        temporary,
        partition_by=partition_by,
        like=like,
        from_query=from_query,
        options="" if from_query else options,
    )
    dropped = (model.DropTable(statement, table, if_exists=True),) if replaces else ()
    return (*dropped, created, *indexes)


def _elements(cursor: MySQLCursor, statement: Statement, table: Name) -> Iterator[Column | Constraint | CreateIndex]:
    cursor.expect("(")
    while True:
        if starts_index(cursor):
            yield read_index(cursor, statement, table)
        elif starts_constraint(cursor):
            yield read_key(cursor)
        else:
            yield read_column(cursor)
        if not cursor.accept(","):
            break
    cursor.expect(")")


def _options(cursor: Cursor) -> tuple[str, str | None]:
    """The table's options, and its partitions."""
    start = cursor.position
    cursor.skip_until("PARTITION")
    options = cursor.text_between(start, cursor.position)
    return options, cursor.rest() if cursor.accept("PARTITION", "BY") else None


def starts_index(cursor: Cursor) -> bool:
    """Whether an index comes next; the words are reserved, so no column has such a name without quotes."""
    return cursor.word in _INDEX_WORDS


def read_index(cursor: MySQLCursor, statement: Statement, table: Name) -> CreateIndex:
    """`{INDEX | KEY | FULLTEXT | SPATIAL} [name] [USING method] (keys) [options]`."""
    method = "btree"
    if word := cursor.accept_any("FULLTEXT", "SPATIAL"):
        method = word.lower()
    cursor.accept_any("INDEX", "KEY")
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.identifier() if cursor.at_name and cursor.word not in ("USING",) else None
    if cursor.accept("USING"):
        method = cursor.identifier().lower()
    keys = cursor.keys()
    index_options(cursor)
    chosen = name or next((key.column for key in keys if key.column), None)
    return CreateIndex(
        statement,
        Name(chosen, table.schema) if chosen else None,
        table,
        keys,
        if_not_exists=if_not_exists,
        method=method,
    )


def read_key(cursor: MySQLCursor) -> Constraint:
    """A constraint of a table. A unique key has the name of its index; what a primary key is called, nobody keeps."""
    start, name = cursor.position, None
    if cursor.accept("CONSTRAINT") and cursor.word not in _AFTER_CONSTRAINT:
        name = cursor.identifier()
    if cursor.sees("FOREIGN", "KEY"):
        return _foreign_key(cursor, name)
    if cursor.accept("UNIQUE"):
        cursor.accept_any("INDEX", "KEY")
        cursor.accept("IF", "NOT", "EXISTS")
        own = cursor.identifier() if cursor.at_name and cursor.word != "USING" else None
        if cursor.accept("USING"):
            cursor.identifier()
        keys = cursor.keys()
        index_options(cursor)
        return Unique(own or name, tuple(key.column or key.text for key in keys))
    if name is not None:
        cursor.position = start
    constraint = read_constraint(cursor)
    if (
        isinstance(constraint, Check)
        and [token.word for token in cursor.tokens[: cursor.position][-2:]] == _NOT_ENFORCED
    ):
        return replace(constraint, not_valid=True)
    index_options(cursor)
    return replace(constraint, name=None) if isinstance(constraint, PrimaryKey) else constraint


def _foreign_key(cursor: MySQLCursor, name: str | None) -> ForeignKey:
    """`FOREIGN KEY [IF NOT EXISTS] [index_name] (columns) REFERENCES ...`."""
    cursor.expect("FOREIGN", "KEY")
    cursor.accept("IF", "NOT", "EXISTS")
    index = cursor.identifier() if cursor.at_name else None
    columns = cursor.columns()
    cursor.expect("REFERENCES")
    return read_references(cursor, name or index, columns)


def index_options(cursor: Cursor) -> None:
    """Steps over USING, COMMENT, visibility, parsers and block sizes behind an index; ALGORITHM and LOCK stay."""
    while True:
        if cursor.accept_any("VISIBLE", "INVISIBLE", "IGNORED", "ENFORCED"):
            continue
        if cursor.accept("NOT", "IGNORED") or cursor.accept("NOT", "ENFORCED"):
            continue
        if cursor.accept_any("USING", "COMMENT", "KEY_BLOCK_SIZE", "DISTANCE", "M") or cursor.accept("WITH", "PARSER"):
            cursor.accept("=")
            cursor.step()
            continue
        return
