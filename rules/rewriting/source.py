"""A file's syntax with positions in characters, and the calls that may be edited without surprise."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rules.model.finding import Edit
from rules.model.place import Place
from rules.reading.source import child_nodes
from rules.rewriting.lines import line_starts, newline_of

Function = ast.FunctionDef | ast.AsyncFunctionDef
SHORTEST, LONGEST = 88, 120
"""Characters of a line, whatever the file shows."""


@lru_cache(maxsize=64)
def nodes_in(node: ast.AST) -> tuple[ast.AST, ...]:
    """What `ast.walk` gives, in its order, without marks such as `Load`: many rules look through the same function."""
    found = [node]
    for one in found:
        found += child_nodes(one)
    return tuple(found)


@dataclass(frozen=True)
class Call:
    """A call that is a statement by itself, directly in `upgrade` or `downgrade` (or in a `with` or `if` there).

    `around` are the statements that enclose it, outermost first.
    """

    source: Source
    node: ast.Call
    statement: ast.Expr
    around: tuple[ast.stmt, ...]

    @property
    def name(self) -> str:
        """As written before the parenthesis: `op.create_index`."""
        return ast.unparse(self.node.func)

    @property
    def has_fixed_arguments(self) -> bool:
        """No `*args` or `**kwargs` that could already hold what an edit adds."""
        starred = any(isinstance(argument, ast.Starred) for argument in self.node.args)
        return not starred and all(keyword.arg is not None for keyword in self.node.keywords)

    def keyword(self, name: str) -> ast.keyword | None:
        return next((keyword for keyword in self.node.keywords if keyword.arg == name), None)

    def word(self, name: str) -> str | None:
        """The value of a keyword that is written as a plain string."""
        match self.keyword(name):
            case ast.keyword(value=ast.Constant(value=str() as word)):
                return word
        return None


class Source:
    """`path` and text of a file that parses."""

    def __init__(self, path: str, text: str, tree: ast.Module) -> None:
        self.path = path
        self.text = text
        self.tree = tree
        self.starts = line_starts(text)

    @staticmethod
    @lru_cache(maxsize=32)
    def of(path: str, text: str) -> Source | None:
        try:
            return Source(path, text, ast.parse(text))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Of the whole file."""
        return nodes_in(self.tree)

    @property
    def newline(self) -> str:
        return newline_of(self.text)

    def line(self, number: int) -> str:
        """Without its line break."""
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end].rstrip("\r\n")

    def column(self, line: int, offset: int) -> int:
        """`ast` counts columns in UTF-8 bytes; editors and GitHub count characters."""
        if self.text.isascii():
            return offset
        written = self.line(line)
        return offset if written.isascii() else len(written.encode()[:offset].decode(errors="replace"))

    def start_of(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        return node.lineno, self.column(node.lineno, node.col_offset)

    def end_of(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        line, offset = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return line, self.column(line, offset)

    def offset(self, position: tuple[int, int]) -> int:
        return self.starts[position[0] - 1] + position[1]

    def segment(self, node: ast.expr | ast.stmt | ast.keyword) -> str:
        return self.text[self.offset(self.start_of(node)) : self.offset(self.end_of(node))]

    def edit(self, start: tuple[int, int], end: tuple[int, int], text: str) -> Edit:
        return Edit(self.path, start[0], start[1], end[0], end[1], text)

    def replace(self, node: ast.expr | ast.stmt | ast.keyword, text: str) -> Edit:
        return self.edit(self.start_of(node), self.end_of(node), text)

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """The module's own functions."""
        return tuple(node for node in self.tree.body if isinstance(node, Function))

    def call_at(self, place: Place) -> Call | None:
        """The call whose span is the place, if it stands where one edit has one effect: no loop, no helper."""
        for function in self.functions:
            if function.name in ("upgrade", "downgrade"):
                for call in self._calls(function.body, ()):
                    start, end = self.start_of(call.node), self.end_of(call.node)
                    if start == (place.line, place.column) and end == (place.end_line, place.end_column):
                        return call
        return None

    def written_keyword(self, place: Place, keyword: str) -> ast.expr | None:
        """The value of a keyword as the call at a place writes it, wherever in the file it stands."""
        for node in self.nodes:
            if isinstance(node, ast.Call) and node.lineno == place.line:
                if self.start_of(node) != (place.line, place.column) or self.end_of(node)[0] != place.end_line:
                    continue
                return next((each.value for each in node.keywords if each.arg == keyword), None)
        return None

    def _calls(self, body: list[ast.stmt], around: tuple[ast.stmt, ...]) -> Iterator[Call]:
        for statement in body:
            match statement:
                case ast.Expr(value=ast.Call() as node):
                    yield Call(self, node, statement, around)
                case ast.With():
                    yield from self._calls(statement.body, (*around, statement))
                case ast.If():
                    yield from self._calls(statement.body, (*around, statement))
                    yield from self._calls(statement.orelse, (*around, statement))

    def stands_alone(self, statement: ast.stmt) -> bool:
        """Whether the statement has its lines for itself: nothing before it, nothing but a comment behind."""
        line, column = self.start_of(statement)
        end_line, end_column = self.end_of(statement)
        behind = self.line(end_line)[end_column:].strip()
        return not self.line(line)[:column].strip() and (not behind or behind.startswith("#"))

    @cached_property
    def width(self) -> int:
        """How long the file lets its lines become, in characters: as the longest of its code, but 88 at least."""
        longest = max((len(self.line(number)) for number in range(1, len(self.starts) + 1)), default=0)
        return min(max(longest, SHORTEST), LONGEST)

    @property
    def indent(self) -> str:
        """One level, as the file writes it: that of the first indented statement."""
        for function in self.functions:
            line, column = self.start_of(function.body[0])
            before = self.line(line)[:column]
            if before and not before.strip():
                return before
        return "    "


def call_at(text: str, place: Place) -> Call | None:
    """`Source.call_at` of a file's text."""
    source = Source.of(place.path, text)
    return source.call_at(place) if source is not None else None


def written_keyword(text: str, place: Place, keyword: str) -> ast.expr | None:
    """`Source.written_keyword` of a file's text."""
    source = Source.of(place.path, text)
    return source.written_keyword(place, keyword) if source is not None else None
