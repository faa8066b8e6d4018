"""One call with several statements in its string made into one call for each."""

from __future__ import annotations

import ast
import re

from rules.model.finding import Suggestion
from rules.model.operations import Statement
from rules.reading.sql import split
from rules.rewriting.fitting import suggestion_of
from rules.rewriting.source import Source

_QUOTE = re.compile(r"([rRuU]?)(\"\"\"|'''|\"|')")


def one_call_each(text: str, statement: Statement, title: str) -> Suggestion | None:
    """None where the string is no plain literal in one piece, or comments would be lost."""
    source = Source.of(statement.place.path, text)
    call = source.call_at(statement.place) if source is not None else None
    if source is None or call is None or len(call.node.args) != 1 or call.node.keywords:
        return None
    literal: ast.expr = call.node.args[0]
    if isinstance(literal, ast.Call) and len(literal.args) == 1 and not literal.keywords:
        literal = literal.args[0]
    if not isinstance(literal, ast.Constant) or not isinstance(literal.value, str):
        return None
    written, whole = source.segment(literal), source.segment(call.node)
    pieces = _pieces(written, literal.value)
    if pieces is None or not source.stands_alone(call.statement) or "#" in whole.replace(written, ""):
        return None
    line, column = source.start_of(call.node)
    indentation = source.line(line)[:column]
    before, after = whole[: whole.index(written)], whole[whole.index(written) + len(written) :]
    if "\n" in before + after:
        before, after = re.sub(r"\s*\n\s*", "", before), re.sub(r",?\s*\n\s*", "", after)
    calls = [f"{before}{piece}{after}" for piece in pieces]
    return suggestion_of(text, [source.replace(call.node, f"{source.newline}{indentation}".join(calls))], title)


def _pieces(written: str, value: str) -> list[str] | None:
    """The literals of the statements, with the quotes of the whole; None if a comment stands between them."""
    opening = _QUOTE.match(written)
    if opening is None or not written.endswith(opening[2]):
        return None
    prefix, quote = opening.groups()
    inner = written[len(prefix) + len(quote) : -len(quote)]
    if (prefix.lower() != "r" and "\\" in inner) or inner != value:
        return None
    parts = split(inner)
    rest = inner
    for part in parts:
        rest = rest.replace(part.sql, "", 1)
    if rest.replace(";", "").strip() or len(parts) < 2:
        return None
    return [f"{prefix}{quotes}{part.sql}{quotes}" for part in parts for quotes in [_quotes(part.sql, quote)]]


def _quotes(sql: str, quote: str) -> str:
    """Three of them only where the statement needs them."""
    return quote if "\n" in sql or quote[0] in sql else quote[0]
