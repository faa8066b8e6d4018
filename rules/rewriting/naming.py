"""Another name for an object, where a call writes the name once."""

from __future__ import annotations

import ast
import re

from rules.model.finding import Suggestion
from rules.model.operations import Statement
from rules.rewriting.source import Source
from rules.rewriting.suggesting import in_sql


def replaced_name(text: str, statement: Statement, old: str, new: str, title: str) -> Suggestion | None:
    """None where the call is not written out, or the name stands in it more than once."""
    source = Source.of(statement.place.path, text)
    call = source.call_at(statement.place) if source is not None else None
    if source is None or call is None:
        return None
    if call.name.endswith(".execute"):
        return in_sql(text, statement, rf"\b{re.escape(old)}\b", new, title)
    found = [node for node in ast.walk(call.node) if isinstance(node, ast.Constant) and node.value == old]
    if len(found) != 1:
        return None
    written = source.segment(found[0])
    if written[1:-1] != old:
        return None
    return Suggestion(title, (source.replace(found[0], f"{written[0]}{new}{written[0]}"),))
