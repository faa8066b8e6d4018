"""Names, strings, types and clauses of a column, as MySQL and MariaDB spell them."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from rules.model.columns import Column, DataType, Generated
from rules.model.operations import IndexKey
from rules.mysql.tokens import identifier, string_value, tokens_of
from rules.mysql.types import normalised
from rules.postgres.tokens import Token, TokenKind
from rules.reading.sql.cursor import Cursor, UnreadForm

_STEPPED_OVER = ("KEY", "VISIBLE", "INVISIBLE", "ENFORCED", "COLUMN_FORMAT", "STORAGE", "SRID", "ENGINE_ATTRIBUTE")
_WITH_VALUE = frozenset({"COLUMN_FORMAT", "STORAGE", "SRID", "ENGINE_ATTRIBUTE"})


class MySQLCursor(Cursor):
    __slots__ = ()

    column_words: ClassVar[tuple[str, ...]] = (
        *("AUTO_INCREMENT", "COMMENT", "ON", "AS", "FIRST", "AFTER", "CHARACTER", "CHARSET"),
        *_STEPPED_OVER,
    )

    @staticmethod
    def tokens_of(text: str) -> list[Token]:
        return tokens_of(text)

    def identifier(self) -> str:
        return identifier(self.taken_name())

    @staticmethod
    def value_of(text: str) -> str:
        return string_value(text)

    def type(self) -> DataType:
        """`unsigned` and `zerofill` belong to the name; the character set stands in the clauses."""
        if (unlearned := self._unlearned()) is not None:
            return unlearned
        words = [self.identifier().lower()]
        if words[0] in ("national", "double", "long", "character", "char", "nchar"):
            while self.word in ("CHARACTER", "CHAR", "VARCHAR", "VARYING", "PRECISION", "VARBINARY"):
                words.append(self.identifier().lower())
        arguments = tuple(self.items()) if self.word == "(" else ()
        while self.word in ("UNSIGNED", "SIGNED", "ZEROFILL"):
            word = self.step().word.lower()
            words += [] if word == "signed" else [word]
        return normalised(" ".join(words), arguments)

    def _unlearned(self) -> DataType | None:
        """A type that the reader could not learn stands in double quotes, which hold a string here."""
        token = self.tokens[self.position]
        text = self.text[token.start : token.end]
        if token.kind is not TokenKind.STRING or not text.startswith('"?'):
            return None
        self.position += 1
        return DataType(text.strip('"'))

    def column_clause(self, column: Column) -> Column | None:
        if self.accept("AUTO_INCREMENT"):
            return replace(column, generated=Generated.AUTO_INCREMENT, nullable=False)
        if self.accept("COMMENT"):
            return replace(column, comment=self.string())
        if self.accept("ON", "UPDATE"):
            return replace(column, on_update=self._moment())
        if self.accept("CHARACTER", "SET") or self.accept("CHARSET"):
            return replace(column, character_set=self.identifier())
        if self.accept("AS"):
            return self._computed(column)
        if self.word == "NOT" and self.ahead() == "ENFORCED":
            self.step()
        if word := self.accept_any(*_STEPPED_OVER):
            if word in _WITH_VALUE:
                self.step()
            return column
        return None

    def _moment(self) -> str:
        start = self.position
        self.step()
        if self.word == "(":
            self.group()
        return self.text_between(start, self.position)

    def _computed(self, column: Column) -> Column:
        expression = self.group()
        kind = Generated.STORED if self.accept_any("STORED", "PERSISTENT") else Generated.VIRTUAL
        self.accept("VIRTUAL")
        return replace(column, generated=kind, expression=expression)

    def keys(self) -> tuple[IndexKey, ...]:
        """The keys of an index in parentheses: columns, each with a length and a direction, or expressions."""
        self.expect("(")
        found = [self._key()]
        while self.accept(","):
            found.append(self._key())
        self.expect(")")
        return tuple(found)

    def _key(self) -> IndexKey:
        start, column = self.position, None
        if self.at_name and (self.ahead() != "(" or self._has_length()):
            column = self.identifier()
        self.skip_until(",")
        text = self.text_between(start, self.position)
        if not text:
            raise UnreadForm("a key expected")
        return IndexKey(text, column)

    def _has_length(self) -> bool:
        """Whether the parentheses that follow hold a number alone: of a column, not of a function."""
        inside, closing = self.tokens[self.position + 2 : self.position + 4]
        return inside.kind is TokenKind.NUMBER and closing.word == ")"
