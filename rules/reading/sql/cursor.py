"""A reading position in the tokens of one statement, with the pieces of grammar that all statements share."""

from __future__ import annotations

from typing import ClassVar

from rules.model.columns import Column, DataType
from rules.model.names import Name
from rules.postgres.tokens import Token, TokenKind, identifier, string_value, tokens_of
from rules.postgres.types import normalised

_OPENING = frozenset("([")
_CLOSING = frozenset(")]")
_NAMES = (TokenKind.WORD, TokenKind.QUOTED)


def is_on(option: str, name: str) -> bool:
    """Of `(VERBOSE, FULL FALSE)`: whether an option is that one, and not switched off."""
    words = option.upper().split()
    return words[:1] == [name] and words[1:] not in (["FALSE"], ["OFF"], ["0"])


class UnreadForm(Exception):
    """The statement is not of a form that is known here; the caller makes it Opaque."""


class Cursor:
    """Words are compared in upper case; quoted names and strings never match a word.

    PostgreSQL's; the cursors of other databases say what they spell otherwise.
    """

    __slots__ = ("position", "text", "tokens")

    column_words: ClassVar[tuple[str, ...]] = ()
    """What else begins a clause of a column's definition."""

    def __init__(self, text: str, tokens: list[Token] | None = None) -> None:
        """`tokens` end with an END token; without them the text is cut here."""
        self.text = text
        self.tokens = self.tokens_of(text) if tokens is None else tokens
        self.position = 0

    # Spelling

    @staticmethod
    def tokens_of(text: str) -> list[Token]:
        return tokens_of(text)

    @staticmethod
    def value_of(text: str) -> str:
        """The value of a string as written."""
        return string_value(text)

    # Looking

    @property
    def word(self) -> str:
        return self.tokens[self.position].word

    @property
    def kind(self) -> TokenKind:
        return self.tokens[self.position].kind

    @property
    def at_end(self) -> bool:
        return self.tokens[self.position].kind is TokenKind.END

    @property
    def at_name(self) -> bool:
        return self.tokens[self.position].kind in _NAMES

    def ahead(self, count: int = 1) -> str:
        """The word `count` tokens further on; empty past the end."""
        at = self.position + count
        return self.tokens[at].word if at < len(self.tokens) else ""

    def sees(self, *words: str) -> bool:
        return all(self.ahead(count) == word for count, word in enumerate(words))

    def ends_with(self, *words: str) -> bool:
        return tuple(token.word for token in self.tokens[-1 - len(words) : -1]) == words

    # Stepping

    def accept(self, *words: str) -> bool:
        """Steps over these words if all of them come next."""
        tokens, position = self.tokens, self.position
        if tokens[position].word != words[0]:
            return False
        if len(words) > 1 and not self.sees(*words):
            return False
        self.position = position + len(words)
        return True

    def accept_any(self, *words: str) -> str:
        """Steps over one word of these; empty if none comes next."""
        word = self.word
        if word not in words or not word:
            return ""
        self.position += 1
        return word

    def expect(self, *words: str) -> None:
        if not self.accept(*words):
            raise UnreadForm(f"{' '.join(words)} expected")

    def step(self) -> Token:
        token = self.tokens[self.position]
        if token.kind is not TokenKind.END:
            self.position += 1
        return token

    # Names, constants, types

    def identifier(self) -> str:
        token = self.tokens[self.position]
        if token.kind not in _NAMES:
            raise UnreadForm("a name expected")
        self.position += 1
        return identifier(self.text[token.start : token.end])

    def taken_name(self) -> str:
        """An identifier as written, stepping over it."""
        token = self.tokens[self.position]
        if token.kind not in _NAMES:
            raise UnreadForm("a name expected")
        self.position += 1
        return self.text[token.start : token.end]

    def name(self) -> Name:
        """`table`, `schema.table`, or `database.schema.table`, of which the database is dropped."""
        parts = [self.identifier()]
        while self.word == "." and self.tokens[self.position + 1].kind in _NAMES:
            self.position += 1
            parts.append(self.identifier())
        return Name(parts[-1], parts[-2] if len(parts) > 1 else None)

    def table(self) -> Name:
        """A table's name with the ONLY or the star that may stand around it."""
        self.accept("ONLY")
        if self.accept("("):
            name = self.name()
            self.expect(")")
            return name
        name = self.name()
        self.accept("*")
        return name

    def string(self) -> str:
        token = self.tokens[self.position]
        if token.kind is not TokenKind.STRING:
            raise UnreadForm("a string expected")
        self.position += 1
        value = self.value_of(self.text[token.start : token.end])
        while (
            self.kind is TokenKind.STRING
            and "\n" in self.text[self.tokens[self.position - 1].end : self.tokens[self.position].start]
        ):
            token = self.step()  # two strings with a line break between are one
            value += self.value_of(self.text[token.start : token.end])
        return value

    def columns(self) -> tuple[str, ...]:
        """A list of names in parentheses."""
        self.expect("(")
        names = [self.identifier()]
        while self.accept(","):
            names.append(self.identifier())
        self.expect(")")
        return tuple(names)

    def names(self) -> tuple[Name, ...]:
        """Names with commas between."""
        found = [self.name()]
        while self.accept(","):
            found.append(self.name())
        return tuple(found)

    def column_clause(self, column: Column) -> Column | None:
        """The column after a clause that only this database has; None where none comes next."""
        return None

    def type(self) -> DataType:
        self.accept("SETOF")
        schema, name = None, self._type_name()
        if self.word == "." and self.tokens[self.position + 1].kind in _NAMES:
            self.position += 1
            schema, name = name, self.identifier()
        arguments = self._modifiers()
        if name in ("timestamp", "time"):
            if self.accept("WITH", "TIME", "ZONE"):
                name = f"{name} with time zone"
            else:
                self.accept("WITHOUT", "TIME", "ZONE")
        elif name == "interval" and not arguments:
            name, arguments = self._interval()
        dimensions = 0
        if self.accept("ARRAY"):
            dimensions = 1
            if self.accept("["):
                self.step()
                self.expect("]")
        while self.word == "[":
            self.position += 1
            if self.word != "]":
                self.step()
            self.expect("]")
            dimensions += 1
        return normalised(name, arguments, dimensions, schema)

    def _type_name(self) -> str:
        if self.kind is TokenKind.QUOTED:
            name = self.identifier()
            return '"char"' if name == "char" else name
        if self.accept("DOUBLE", "PRECISION"):
            return "double precision"
        words = [self.identifier()]
        if words[0] == "national" and self.word in ("CHARACTER", "CHAR"):
            words.append(self.identifier())
        if words[-1] in ("character", "char", "nchar", "bit") and self.word == "VARYING":
            words.append(self.identifier())
        return " ".join(words)

    def _modifiers(self) -> tuple[str, ...]:
        if self.word != "(":
            return ()
        return tuple(text for text in self.items())

    def _interval(self) -> tuple[str, tuple[str, ...]]:
        units = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")
        first = self.accept_any(*units)
        if not first:
            return "interval", ()
        last = ""
        if self.word == "TO" and self.ahead() in units:
            self.position += 1
            last = f" to {self.step().word.lower()}"
        return f"interval {first.lower()}{last}", self._modifiers()

    # Text

    def text_between(self, start: int, end: int) -> str:
        """The text of the tokens from index `start` up to, not including, index `end`."""
        if end <= start:
            return ""
        return self.text[self.tokens[start].start : self.tokens[end - 1].end]

    def until(self, *stops: str) -> str:
        """The text up to one of these words, a comma, or a closing parenthesis outside of inner parentheses."""
        start = self.position
        self.skip_until(*stops, ",")
        return self.text_between(start, self.position)

    def rest(self) -> str:
        start = self.position
        self.position = len(self.tokens) - 1
        return self.text_between(start, self.position)

    def skip_until(self, *stops: str) -> None:
        """Steps to one of these words or an unmatched closing parenthesis, over inner parentheses; or to the end."""
        depth, tokens, position = 0, self.tokens, self.position
        while tokens[position].kind is not TokenKind.END:
            word = tokens[position].word
            if word in _OPENING:
                depth += 1
            elif word in _CLOSING:
                if depth == 0:
                    break
                depth -= 1
            elif depth == 0 and word and word in stops:
                break
            position += 1
        self.position = position

    def group(self) -> str:
        """The text inside a pair of parentheses, stepping over both."""
        self.expect("(")
        start = self.position
        self.skip_until()
        inner = self.text_between(start, self.position)
        self.expect(")")
        return inner

    def items(self) -> list[str]:
        """The texts between the commas inside a pair of parentheses."""
        self.expect("(")
        if self.accept(")"):
            return []
        found = [self.until()]
        while self.accept(","):
            found.append(self.until())
        self.expect(")")
        return found
