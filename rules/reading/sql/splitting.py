"""One text with several statements -> its statements, each with its offset."""

from __future__ import annotations

from rules.model.frozen import Frozen
from rules.postgres.tokens import Token, TokenKind, tokens_of


class Piece(Frozen):
    """One statement of a longer text, without its semicolon and the blanks and comments around it.

    `offset` counts characters from 0; `line` counts lines of the text from 1.
    """

    sql: str
    offset: int
    line: int


def split(text: str) -> tuple[Piece, ...]:
    """The statements of a text in their order; none for a text of blanks and comments. Never raises."""
    pieces, line, counted = [], 1, 0
    for tokens in groups(tokens_of(text)):
        start, end = tokens[0].start, tokens[-2].end
        line += text.count("\n", counted, start)
        counted = start
        pieces.append(Piece(text[start:end], start, line))
    return tuple(pieces)


def groups(tokens: list[Token]) -> list[list[Token]]:
    """The tokens of each statement, an END token after them.

    A semicolon inside parentheses or a function body ends nothing.
    """
    found: list[list[Token]] = []
    start = depth = blocks = 0
    for at, token in enumerate(tokens):
        word = token.word
        if word == ";" or token.kind is TokenKind.END:
            if token.kind is not TokenKind.END and (depth or blocks):
                continue
            if at > start:
                found.append([*tokens[start:at], Token(TokenKind.END, "", token.start, token.start)])
            start, depth = at + 1, 0
        elif word == "(":
            depth += 1
        elif word == ")":
            depth = max(0, depth - 1)
        elif word == "ATOMIC" and at > start and tokens[at - 1].word == "BEGIN" and tokens[start].word == "CREATE":
            blocks += 1  # a function body in standard SQL: BEGIN ATOMIC ...; ...; END
        elif blocks and word == "CASE":
            blocks += 1
        elif blocks and word == "END":
            blocks -= 1
    return found


_BODIES = frozenset({"TRIGGER", "PROCEDURE", "FUNCTION", "EVENT"})


def is_body(tokens: list[Token]) -> bool:
    """Whether a text creates, in the way of MySQL and SQLite, something whose body is a block of statements."""
    words = [token.word for token in tokens]
    return words[0] == "CREATE" and not _BODIES.isdisjoint(words[:12]) and "BEGIN" in words
