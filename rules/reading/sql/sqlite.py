"""The forms that SQLite has, or spells otherwise than PostgreSQL."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from rules.model import operations as model
from rules.model.columns import Column, DataType, Generated
from rules.model.names import Name
from rules.model.operations import Operation, Rows, Statement
from rules.postgres.tokens import Token, TokenKind
from rules.reading.sql.columns import AFTER_TYPE
from rules.reading.sql.cursor import Cursor
from rules.reading.sql.splitting import groups, is_body
from rules.sqlite.tokens import identifier, tokens_of

_CONFLICT = ("ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE")


class SQLiteCursor(Cursor):
    __slots__ = ()

    column_words: ClassVar[tuple[str, ...]] = ("AUTOINCREMENT", "ON", "AS", "ASC", "DESC")

    @staticmethod
    def tokens_of(text: str) -> list[Token]:
        return tokens_of(text)

    def identifier(self) -> str:
        return identifier(self.taken_name())

    def type(self) -> DataType:
        """Any words, or none; https://www.sqlite.org/datatype3.html tells what the server makes of them."""
        words = []
        while self.at_name and self.word not in AFTER_TYPE and self.word not in self.column_words:
            quoted = self.kind is TokenKind.QUOTED
            words.append(self.identifier() if quoted else self.identifier().lower())
        return DataType(" ".join(words), tuple(self.items()) if self.word == "(" else ())

    def column_clause(self, column: Column) -> Column | None:
        if self.accept_any("ASC", "DESC"):
            return column
        if self.accept("AUTOINCREMENT"):
            return replace(column, generated=Generated.AUTO_INCREMENT)
        if self.accept("ON", "CONFLICT"):
            self.accept_any(*_CONFLICT)
            return column
        if self.accept("AS"):
            expression = self.group()
            kind = Generated.STORED if self.accept("STORED") else Generated.VIRTUAL
            self.accept("VIRTUAL")
            return replace(column, generated=kind, expression=expression)
        return None


def pieces(tokens: list[Token]) -> list[list[Token]]:
    """One statement where a trigger is created: its body has semicolons of its own."""
    return [tokens] if is_body(tokens) else groups(tokens)


def own_form(cursor: Cursor, statement: Statement) -> tuple[Operation, ...] | None:
    """The operations; None where the statement is spelled as PostgreSQL spells it."""
    match cursor.word:
        case "PRAGMA":
            return (_pragma(cursor, statement),)
        case "INSERT" | "REPLACE" if not cursor.sees("INSERT", "INTO"):
            return (_insert(cursor, statement),)
        case "CREATE" if cursor.ahead() == "VIRTUAL":
            cursor.skip_until("TABLE")
            cursor.expect("TABLE")
            if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
            return (model.CreateTable(statement, cursor.name(), if_not_exists=if_not_exists, from_query=True),)
        case "DROP" if cursor.accept("DROP", "TRIGGER"):
            if_exists = cursor.accept("IF", "EXISTS")
            return (model.DropObject(statement, model.Kind.TRIGGER, cursor.name(), if_exists=if_exists),)
        case "ATTACH" | "DETACH":
            return (model.Harmless(statement, cursor.word),)
    return None


def _pragma(cursor: Cursor, statement: Statement) -> Operation:
    cursor.expect("PRAGMA")
    name = cursor.name().name.lower()
    if cursor.accept("="):
        return model.Setting(statement, name, cursor.rest())
    return model.Harmless(statement, "PRAGMA")


def _insert(cursor: Cursor, statement: Statement) -> Operation:
    if cursor.accept("INSERT"):
        cursor.expect("OR")
    cursor.step()
    cursor.expect("INTO")
    table: Name = cursor.name()
    columns = cursor.columns() if cursor.word == "(" else ()
    constant = not any(token.word == "SELECT" for token in cursor.tokens)
    return model.Insert(statement, table, columns, Rows.CONSTANT if constant else Rows.UNBOUNDED)
