"""What people say to dbbot in a comment: `/dbbot explain NAME`, `/dbbot merge`, `/dbbot help`.

A command is the first word of a line of ordinary text. Quotes, code, lists and HTML comments are told apart by the
Markdown parser, as a reader of the rendered comment would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

CALL = re.compile(r"/dbbot(?![\w/.-])[ \t]*(?P<rest>.*)", re.DOTALL)
WORD = re.compile(r"[^\s`*\"']+")
LONGEST_BODY = 65_536
"""Characters; GitHub takes no longer comment."""


@dataclass(frozen=True, slots=True)
class Explain:
    """`name` is None where the author gave none: the answer is the list."""

    name: str | None


@dataclass(frozen=True, slots=True)
class Merge:
    """The revision that joins the heads of this pull request and its base."""


@dataclass(frozen=True, slots=True)
class Help:
    pass


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word after `/dbbot` that is no command."""

    word: str


Command = Explain | Merge | Help | Unknown

_MARKDOWN = MarkdownIt("commonmark", {"maxNesting": 20})


def read_command(body: str) -> Command | None:
    """The first command of a comment, or None. Never raises."""
    if "/dbbot" not in body or len(body) > LONGEST_BODY:
        return None
    for line in _plain_lines(body):
        if called := CALL.match(line):
            return _command(called["rest"])
    return None


def command_of(verb: str, argument: str) -> Command:
    """The command from the two words that a job carries."""
    match verb:
        case "explain":
            return Explain(argument or None)
        case "merge":
            return Merge()
        case "help":
            return Help()
        case _:
            return Unknown(verb)


def words_of(command: Command) -> tuple[str, str]:
    """The two words that a job carries; `command_of` reads them."""
    match command:
        case Explain(name):
            return "explain", name or ""
        case Merge():
            return "merge", ""
        case Help():
            return "help", ""
        case Unknown(word):
            return word, ""


def _command(rest: str) -> Command:
    words = [word[:100] for word in WORD.findall("".join(c for c in rest if c.isprintable()))]
    if not words:
        return Help()
    verb, name = words[0].lower(), words[1] if len(words) > 1 else ""
    known = command_of(verb, name.lower())
    return Unknown(words[0]) if isinstance(known, Unknown) else known


def _plain_lines(body: str) -> Iterator[str]:
    """The lines of top-level paragraphs that begin with text."""
    tokens = _MARKDOWN.parse(body)
    for before, token in pairwise(tokens):
        if token.type == "inline" and before.type == "paragraph_open" and before.level == 0:
            yield from _lines(token.children or [])


def _lines(children: list[Token]) -> Iterator[str]:
    line: list[Token] = []
    for child in [*children, None]:
        if child is not None and child.type not in ("softbreak", "hardbreak"):
            line.append(child)
            continue
        if line and line[0].type == "text" and line[0].content:
            yield "".join(one.content for one in line)
        line = []
