"""Colons of SQL text escaped, so that SQLAlchemy takes none of them for a placeholder."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Collection

from rules.model.finding import Suggestion
from rules.model.operations import Statement
from rules.rewriting.fitting import suggestion_of
from rules.rewriting.source import Source

_OUTSIDE = r"(?<![:\w\x5c])"


def escaped_colons(text: str, statement: Statement, names: Collection[str], title: str) -> Suggestion | None:
    r"""`\:name` for each of the names in the SQL literal of a call; None where the text is no plain literal there."""
    source = Source.of(statement.place.path, text)
    call = source.call_at(statement.place) if source is not None else None
    if source is None or call is None or not call.node.args:
        return None
    literal = call.node.args[0]
    while isinstance(literal, ast.Call) and literal.args:
        literal = literal.args[0]
    if not isinstance(literal, ast.Constant) or not isinstance(literal.value, str):
        return None
    written = source.segment(literal)
    prefixes = _prefixes(written)
    if prefixes is None:
        return None
    escape = "\\" if prefixes == {"r"} else "\\\\"
    wanted = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    changed = re.sub(rf"{_OUTSIDE}:({wanted})(?![\w:])", lambda found: f"{escape}:{found[1]}", written)
    plain = re.sub(rf"{_OUTSIDE}:({wanted})(?![\w:])", lambda found: f"\\:{found[1]}", literal.value)
    if changed == written or _value(changed) != plain:
        return None
    return suggestion_of(text, [source.replace(literal, changed)], title)


def _prefixes(written: str) -> set[str] | None:
    """The prefixes of the pieces of a literal; None where they differ, or are of another kind."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(f"({written})").readline))
    except (tokenize.TokenError, IndentationError):
        return None
    found = {re.match(r"[A-Za-z]*", token.string)[0].lower() for token in tokens if token.type == tokenize.STRING}  # type: ignore[index]
    return found if found in ({""}, {"r"}, {"u"}) else None


def _value(written: str) -> str | None:
    try:
        value = ast.literal_eval(f"({written})")
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None
