"""On which lines of a file each statement of a long SQL literal stands.

The text that is sent is the literal's value, dedented, formatted or stripped: what stays is the number of its lines.
Where even that differs, nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rules.model.operations import Do, Operation, Statement
from rules.model.place import Place
from rules.reading.sql import operations_of, split

Lines = tuple[int, int]
"""First and last, both inclusive, counted from 1."""
_OPENING = re.compile(r"(?P<prefix>[A-Za-z]{0,2})(?P<quote>'''|\"\"\"|'|\")")


def lines_of(
    text: str, operation: Operation, operations: Sequence[Operation], dialect: str = "postgresql"
) -> Lines | None:
    """The lines of the statement that an operation is of, where its text is not what the call at its place shows.

    So it is where a literal over several lines holds several statements, and where the literal stands elsewhere.

    `text` is the file's, `operations` are all of its direction. None where the call at its place says as much; the
    literal's first line where the statement cannot be told.
    """
    statement = operation.statement
    literal = _literal_in(statement.place)
    whole = _sent(operation, operations)
    if literal is None or whole is None:
        return None
    if statement.place.has_literal_inside and statement is whole and len(_pieces(whole.sql, dialect)) < 2:
        return None
    own = _own_lines(_segment(text, literal), literal.line)
    sent = whole.sql.strip().split("\n")
    if len(own) != len(sent):
        return literal.line, literal.line
    offset, length = _span(operation, whole, operations, dialect)
    start = offset - (len(whole.sql) - len(whole.sql.lstrip()))
    return _line_at(own, sent, start), _line_at(own, sent, start + length - 1)


def place_on(text: str, path: str, lines: Lines) -> Place:
    """The lines from the first letter to the end; `text` is the file's."""
    written = _lines(text)[lines[0] - 1 : lines[1]]
    if not written:
        return Place(path, lines[0], 0, lines[1], 0)
    return Place(path, lines[0], len(written[0]) - len(written[0].lstrip()), lines[1], len(written[-1]))


def _literal_in(place: Place) -> Place | None:
    return place.via if place.via is not None and place.via.path == place.path else None


def _lines(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _segment(text: str, place: Place) -> str:
    found = _lines(text)[place.line - 1 : place.end_line]
    if not found:
        return ""
    found[-1] = found[-1][: place.end_column]
    found[0] = found[0][place.column :]
    return "\n".join(found)


def _sent(operation: Operation, operations: Sequence[Operation]) -> Statement | None:
    """The whole text; of a statement inside `DO` that of the `DO`, whose statement is another."""
    at = next((number for number, one in enumerate(operations) if one is operation), None)
    if at is None:
        return None
    for one in reversed(operations[: at + 1]):
        if isinstance(one, Do) and one is not operation and one.statement.place == operation.statement.place:
            inner = operation.statement.sql
            return one.statement if inner != one.statement.sql and inner in one.statement.sql else operation.statement
        if one.statement.place != operation.statement.place:
            break
    return operation.statement


def _span(operation: Operation, whole: Statement, operations: Sequence[Operation], dialect: str) -> tuple[int, int]:
    """Offset and length of the operation's own statement in the whole text."""
    if operation.statement is not whole:
        inner = operation.statement.sql
        return whole.sql.index(inner), len(inner)
    own = [one for one in operations if one.statement is whole]
    position = next(number for number, one in enumerate(own) if one is operation)
    for offset, length, made in _pieces(whole.sql, dialect):
        if position < made:
            return offset, length
        position -= made
    return 0, len(whole.sql)


@lru_cache(maxsize=64)
def _pieces(sql: str, dialect: str) -> tuple[tuple[int, int, int], ...]:
    """Offset and length of each statement of a text, and how many operations it is read as."""
    anywhere = Place("", 1, 0, 1, 0)
    return tuple(
        (
            piece.offset,
            len(piece.sql),
            sum(one.statement.sql == piece.sql for one in operations_of(Statement(piece.sql, anywhere), dialect)),
        )
        for piece in split(sql)
    )


@dataclass(slots=True)
class ValueLine:
    """A line of a literal's value: from which column on it stands on which line of the file."""

    began: int
    starts: list[tuple[int, int]] = field(default_factory=list)
    indentation: int = 0
    length: int = 0

    def add(self, character: str, line: int) -> None:
        if not self.starts or self.starts[-1][1] != line:
            self.starts.append((self.length, line))
        self.indentation += self.is_blank and character.isspace()
        self.length += 1

    @property
    def is_blank(self) -> bool:
        return self.indentation == self.length

    def line_at(self, column: int, length: int) -> int:
        """`column` counts from the first letter; `length` is that of the line as sent, without its indentation."""
        letters = [one for one in self.starts if one[0] >= self.indentation] or self.starts
        if length != self.length - self.indentation:
            column = 0
        behind = [line for start, line in self.starts if start <= column + self.indentation]
        return behind[-1] if behind else letters[0][1] if letters else self.began


def _line_at(own: list[ValueLine], sent: list[str], offset: int) -> int:
    for value, line in zip(own, sent, strict=True):
        if offset <= len(line):
            rest = line.lstrip()
            return value.line_at(max(0, offset - (len(line) - len(rest))), len(rest))
        offset -= len(line) + 1
    return own[-1].began


def stripped(lines: list[ValueLine]) -> list[ValueLine]:
    """Without the blank lines at both ends."""
    filled = [number for number, line in enumerate(lines) if not line.is_blank]
    return lines[filled[0] : filled[-1] + 1] if filled else []


@lru_cache(maxsize=64)
def _own_lines(segment: str, line: int) -> list[ValueLine]:
    return stripped(value_lines(segment, line))


def value_lines(segment: str, line: int) -> list[ValueLine]:
    """Of one or several string literals beside one another; `line` is that of the segment's first character."""
    found = [ValueLine(line)]
    position = 0
    while position < len(segment):
        opening = _OPENING.match(segment, position)
        if opening is not None:
            position, line = _literal(segment, opening, line, found)
        elif segment[position] == "#":
            end = segment.find("\n", position)
            position = len(segment) if end < 0 else end
        else:
            line += segment[position] == "\n"
            position += 1
    return found


def _literal(segment: str, opening: re.Match[str], line: int, found: list[ValueLine]) -> tuple[int, int]:
    """Behind the closing quote, and the line there."""
    quote, prefix = opening["quote"], opening["prefix"].lower()
    raw, formatted = "r" in prefix, "f" in prefix
    position, depth = opening.end(), 0
    while position < len(segment):
        two = segment[position : position + 2]
        character = segment[position]
        if not depth and segment.startswith(quote, position):
            return position + len(quote), line
        step = 1
        if formatted and not depth and two in ("{{", "}}"):
            found[-1].add(character, line)
            step = 2
        elif formatted and character in "{}":
            depth = max(0, depth + (1 if character == "{" else -1))
            found[-1].add("x", line)
        elif depth:
            line += character == "\n"
        elif character == "\n":
            line += 1
            found.append(ValueLine(line))
        elif two == "\\n" and not raw:
            found.append(ValueLine(line))
            step = 2
        elif character == "\\":
            step = 2
            line += two == "\\\n"
            if raw and two == "\\\n":
                found.append(ValueLine(line))
            elif two != "\\\n":
                found[-1].add("x", line)
        else:
            found[-1].add(character, line)
        position += step
    return position, line
