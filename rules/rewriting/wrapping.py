"""A statement put into a `with` block: one level deeper, the lines inside its strings untouched."""

from __future__ import annotations

import ast
import io
import tokenize

from rules.model.finding import Edit
from rules.rewriting.source import Source


def wrapped(source: Source, statement: ast.stmt, header: str) -> list[Edit] | None:
    """The header above the statement and its lines indented; None if it shares a line with another statement."""
    if not source.stands_alone(statement):
        return None
    first, column = source.start_of(statement)
    last, _ = source.end_of(statement)
    indentation = source.line(first)[:column]
    inside = lines_inside_strings(source)
    if inside is None:
        return None
    edits = [source.edit((first, 0), (first, 0), f"{indentation}{header}{source.newline}{source.indent}")]
    edits.extend(
        source.edit((line, 0), (line, 0), source.indent)
        for line in range(first + 1, last + 1)
        if line not in inside and source.line(line).strip()
    )
    return edits


def lines_inside_strings(source: Source) -> frozenset[int] | None:
    """Lines that begin within a string literal: an indent there would change its value."""
    lines: set[int] = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
            if token.type == tokenize.STRING or tokenize.tok_name[token.type].startswith("FSTRING"):
                lines.update(range(token.start[0] + 1, token.end[0] + 1))
    except (tokenize.TokenError, IndentationError):
        return None
    return frozenset(lines)
