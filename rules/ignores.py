"""Ignore comments: `# dbbot: ignore[rule] because REASON` in Python, `-- dbbot: ...` inside SQL text."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from rules.model.place import Place
from rules.model.script import Ignore

_IGNORE = re.compile(r"dbbot:\s*ignore(?P<file>-file)?\s*\[(?P<rules>[^\]]*)\](?P<rest>.*)")
_BECAUSE = re.compile(r"\s*because\b:?\s*(?P<reason>\S.*)", re.IGNORECASE)
_SQL_COMMENT = re.compile(r"--[^\n]*")


@dataclass(frozen=True, slots=True)
class IgnoreUse:
    """One rule name of an ignore comment, after everything was judged. `used`: it silenced at least one finding."""

    ignore: Ignore
    rule: str
    used: bool


def read_ignores(path: str, text: str) -> tuple[Ignore, ...]:
    """The ignore comments of a Python file, in order; none if the file does not parse."""
    if "dbbot:" not in text:
        return ()
    try:
        statements = _Statements(ast.parse(text))
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return ()
    return tuple(_ignores(path, tokens, statements))


def _ignores(path: str, tokens: list[tokenize.TokenInfo], statements: _Statements) -> Iterator[Ignore]:
    for token in tokens:
        line, column = token.start
        if token.type == tokenize.COMMENT:
            if found := _IGNORE.search(token.string):
                alone = not token.line[:column].strip()
                yield _ignore(path, line, column, len(token.string), found, statements.silenced_by(line, alone))
        elif token.type in _TEXTS:
            for comment in _SQL_COMMENT.finditer(token.string):
                if found := _IGNORE.search(comment.group()):
                    before = token.string[: comment.start()]
                    inside = line + before.count("\n")
                    start = len(before) - before.rfind("\n") - 1 + (column if inside == line else 0)
                    lines = statements.silenced_by(inside, alone=False)
                    yield _ignore(path, inside, start, len(comment.group()), found, lines)


_TEXTS = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}


def _ignore(
    path: str, line: int, column: int, length: int, found: re.Match[str], lines: tuple[int, int] | None
) -> Ignore:
    names = tuple(name.strip() for name in found["rules"].split(",") if name.strip())
    because = _BECAUSE.match(found["rest"])
    reason = because["reason"].strip().strip("\"'").strip() if because else None
    whole_file = found["file"] is not None
    place = Place(path, line, column, line, column + length)
    return Ignore(place, names, reason or None, whole_file, None if whole_file else lines)


class _Statements:
    """The spans of a file's statements: of a compound statement its header only."""

    def __init__(self, tree: ast.Module) -> None:
        self.spans = sorted(_spans(tree))

    def silenced_by(self, line: int, alone: bool) -> tuple[int, int]:
        """The lines whose findings a comment on `line` silences; both ends inclusive."""
        around = [span for span in self.spans if span[0] <= line <= span[1]]
        if around:
            return max(around, key=lambda span: span[0])
        if alone:
            below = next((span for span in self.spans if span[0] > line), None)
            if below is not None:
                return below
        return (line, line)


def _spans(tree: ast.Module) -> Iterator[tuple[int, int]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt):
            continue
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if first is None:
            yield (node.lineno, node.end_lineno or node.lineno)
            continue
        start = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))])
        yield (start, max(node.lineno, _header_end(node, first)))


def _header_end(node: ast.stmt, first: ast.stmt) -> int:
    """The last line of a compound statement's head: where its last expression before the body ends."""
    ends = [
        child.end_lineno or child.lineno
        for child in ast.walk(node)
        if isinstance(child, ast.expr | ast.arg)
        and child.lineno < first.lineno
        and (child.end_lineno or 0) < first.lineno
    ]
    return max([node.lineno, *ends])
