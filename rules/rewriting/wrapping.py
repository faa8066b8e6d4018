"""A statement put into a `with` block: one level deeper, the lines inside its strings untouched."""

from __future__ import annotations

import ast
import io
import tokenize

from rules.model.finding import Edit
from rules.rewriting.source import Source


def wrapped(
    source: Source, statement: ast.stmt, header: str, around: tuple[str, str] | None = None
) -> list[Edit] | None:
    """The header above the statement and its lines indented; None if it shares a line with another statement.

    `around` are a line above and a line below the statement, under the header.
    """
    if not source.stands_alone(statement):
        return None
    first, column = source.start_of(statement)
    last, _ = source.end_of(statement)
    indentation = source.line(first)[:column]
    inside = lines_inside_strings(source)
    if inside is None:
        return None
    opening = f"{indentation}{header}{source.newline}"
    if around is not None:
        opening += f"{indentation}{source.indent}{around[0]}{source.newline}"
    edits = [source.edit((first, 0), (first, 0), f"{opening}{source.indent}")]
    edits.extend(
        source.edit((line, 0), (line, 0), source.indent)
        for line in range(first + 1, last + 1)
        if line not in inside and source.line(line).strip()
    )
    if around is not None:
        edits.append(_below(source, statement, f"{indentation}{source.indent}{around[1]}"))
    return edits


def surrounded(source: Source, statement: ast.stmt, above: str, below: str) -> list[Edit] | None:
    """A line above and a line below the statement; None if it shares a line with another statement."""
    if not source.stands_alone(statement):
        return None
    line, column = source.start_of(statement)
    indentation = source.line(line)[:column]
    return [
        source.edit((line, 0), (line, 0), f"{indentation}{above}{source.newline}"),
        _below(source, statement, f"{indentation}{below}"),
    ]


def framed(source: Source, statement: ast.stmt, above: str, below: str) -> list[Edit] | None:
    """A line first and a line last in the autocommit block that the statement stands in."""
    block = _block_around(source, statement)
    if block is None or isinstance(block.body[-1], ast.Return | ast.Raise | ast.Break | ast.Continue):
        return None
    first, last = block.body[0], block.body[-1]
    if first.lineno == block.lineno or not (source.stands_alone(first) and source.stands_alone(last)):
        return None
    line, column = source.start_of(first)
    indentation = source.line(line)[:column]
    return [
        source.edit((line, 0), (line, 0), f"{indentation}{above}{source.newline}"),
        _below(source, last, f"{indentation}{below}"),
    ]


def _block_around(source: Source, statement: ast.stmt) -> ast.With | None:
    blocks = [
        node
        for function in source.functions
        for node in ast.walk(function)
        if isinstance(node, ast.With)
        and node.lineno < statement.lineno <= (node.end_lineno or 0)
        and any(ast.unparse(item.context_expr).endswith(".autocommit_block()") for item in node.items)
    ]
    return max(blocks, key=lambda node: node.lineno, default=None)


def _below(source: Source, statement: ast.stmt, written: str) -> Edit:
    last, _ = source.end_of(statement)
    end = (last, len(source.line(last)))
    return source.edit(end, end, f"{source.newline}{written}")


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
