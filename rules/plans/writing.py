"""A step as a complete revision file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from textwrap import wrap

from rules.plans.draft import Step
from rules.plans.style import Style
from rules.rewriting.suggesting import AUTOCOMMIT_BLOCK

WIDTH = 100
"""Characters of a line of code."""
INDENT = "    "
_PLACEHOLDER = re.compile(r"(?<![:\w\\]):(?=\w+(?!:))")
"""What SQLAlchemy would take for one: https://docs.sqlalchemy.org/en/20/core/sqlelement.html#sqlalchemy.sql.expression.text"""


@dataclass(frozen=True, slots=True)
class Heading:
    """`parent` and the rest as Python literals; `dated` is the `Create Date` of the revision that is replaced."""

    revision: str
    parent: str | None
    place: str
    """Where the step stands in its plan: whole sentences."""
    dated: str | None = None
    labels: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    style: Style = field(default_factory=Style)


def execute(sql: str) -> list[str]:
    """`op.execute(...)` of one statement, over several lines where it is long."""
    pieces = _pieces(as_text(sql), WIDTH - 3 * len(INDENT))
    one = f"op.execute({literal(pieces[0])})"
    if len(pieces) == 1 and len(one) <= WIDTH - 2 * len(INDENT):
        return [one]
    return ["op.execute(", *(f"{INDENT}{literal(piece)}" for piece in pieces), ")"]


def executed(*statements: str) -> tuple[str, ...]:
    return tuple(line for sql in statements for line in execute(sql))


def in_block(lines: Iterable[str]) -> tuple[str, ...]:
    """Lines outside the transaction."""
    return (AUTOCOMMIT_BLOCK, *(f"{INDENT}{line}" if line else "" for line in lines))


TIMEOUT_BACK = "RESET lock_timeout"
"""What the connection began with; `assembling` writes what env.py has SET since instead."""


def without_timeout(lines: Iterable[str]) -> tuple[str, ...]:
    """A concurrent build waits for older transactions; a lock timeout would end it and leave an invalid index."""
    return in_block((*execute("SET lock_timeout = 0"), *lines, *execute(TIMEOUT_BACK)))


def nothing(reason: str) -> tuple[str, ...]:
    return (f"pass  # {reason}",)


def as_text(sql: str) -> str:
    """With its colons escaped where SQLAlchemy would look for a value."""
    return _PLACEHOLDER.sub(r"\\:", sql)


def literal(text: str) -> str:
    """A Python string on one line."""
    quote = "'" if '"' in text and "'" not in text else '"'
    escaped = text.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    return f"{quote}{''.join(_escaped(each) for each in escaped)}{quote}"


def _escaped(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def _pieces(text: str, width: int) -> list[str]:
    """The text cut behind each line break, and behind blanks; put together again it is the same."""
    pieces: list[str] = []
    for line in text.splitlines(keepends=True):
        pieces.append("")
        for word in re.findall(r"\s*\S+\s*?(?= |\Z)|\s+", line):
            if pieces[-1].strip() and len(pieces[-1]) + len(word.rstrip()) > width:
                pieces[-1] += " " * (len(word) - len(word.lstrip(" ")))
                pieces.append("")
                word = word.lstrip(" ")
            pieces[-1] += word
    return pieces


def revision_file(step: Step, heading: Heading) -> str:
    style = heading.style
    uses_sqlalchemy = any("sa." in line for line in (*step.module, *step.upgrade, *step.downgrade))
    lines = [
        f'"""{step.title}.',
        "",
        *docstring_lines(heading.place, step.note),
        f"Revision ID: {heading.revision}",
        f"Revises: {heading.parent or ''}".rstrip(),
        *([f"Create Date: {heading.dated}"] if heading.dated else []),
        *([""] if style.line_before_end else []),
        '"""',
        "",
        *([*style.imports, ""] if style.imports else []),
        *(["import sqlalchemy as sa"] if uses_sqlalchemy else []),
        "from alembic import op",
        "",
        *([style.comment] if style.comment else []),
        f"{style.written['revision']} = {_quoted(heading.revision, style)}",
        f"{style.written['down_revision']} = {_quoted(heading.parent, style) if heading.parent else None}",
        f"{style.written['branch_labels']} = {_tuple(heading.labels)}",
        f"{style.written['depends_on']} = {_tuple(heading.depends_on)}",
        *(["", *step.module] if step.module else []),
        *_function("upgrade", step.upgrade, style),
        *_function("downgrade", step.downgrade, style),
    ]
    return "\n".join(lines) + "\n"


def docstring_lines(*paragraphs: str) -> list[str]:
    """Each paragraph, wrapped, with an empty line behind it."""
    return [line for paragraph in paragraphs if paragraph for line in (*wrap(paragraph, WIDTH), "")]


def _quoted(word: str, style: Style) -> str:
    return f"'{word}'" if style.quote == "'" and "'" not in word and "\\" not in word else literal(word)


def _function(name: str, body: Sequence[str], style: Style) -> list[str]:
    return ["", "", f"def {name}(){style.returns}:", *(f"{INDENT}{line}" if line else "" for line in body)]


def _tuple(words: tuple[str, ...]) -> str:
    return f"({', '.join(map(literal, words))},)" if words else "None"
