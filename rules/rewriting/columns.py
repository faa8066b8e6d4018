"""The type of a column written anew, as the file names types: in `sa.Column(...)`, or in SQL text."""

from __future__ import annotations

import ast
import re

from rules.calls import imported_names
from rules.model.columns import DataType
from rules.model.finding import Suggestion
from rules.model.operations import Statement
from rules.rewriting.fitting import suggestion_of
from rules.rewriting.source import Call, Source
from rules.rewriting.suggesting import changed_sql, in_sql

_CLASSES = {
    "smallint": "SmallInteger",
    "integer": "Integer",
    "bigint": "BigInteger",
    "text": "Text",
    "character varying": "String",
    "uuid": "Uuid",
    "numeric": "Numeric",
    "boolean": "Boolean",
    "bytea": "LargeBinary",
    "date": "Date",
    "timestamp without time zone": "DateTime",
    "timestamp with time zone": "DateTime",
}
_SPELLINGS = {
    "smallint": r"(?:smallint|int2)",
    "integer": r"(?:integer|int4|int)",
    "bigint": r"(?:bigint|int8)",
    "character varying": r"(?:varchar|character\s+varying)",
    "numeric": r"(?:numeric|decimal)",
    "timestamp with time zone": r"(?:timestamptz|timestamp\s+with\s+time\s+zone)",
    "timestamp without time zone": r"timestamp(?:\s+without\s+time\s+zone)?",
}


def retyped_column(
    text: str, statement: Statement, column: str, types: tuple[DataType, DataType], title: str
) -> Suggestion | None:
    """`types` are the old one and the new one. None where the column is not written out in the call itself."""
    source = Source.of(statement.place.path, text)
    call = source.call_at(statement.place) if source is not None else None
    if source is None or call is None:
        return None
    old, new = types
    if call.name.endswith(".execute"):
        return _in_text(text, call, statement, column, (old, new), title)
    written = _type_argument(call, column)
    expression = None if written is None else _expression(new, written[0], source)
    if written is None or expression is None:
        return None
    return suggestion_of(text, [source.replace(written[1], expression)], title)


def _in_text(
    text: str, call: Call, statement: Statement, column: str, types: tuple[DataType, DataType], title: str
) -> Suggestion | None:
    old, new = types
    modifiers = (
        r"\s*\(\s*" + r"\s*,\s*".join(map(re.escape, old.arguments)) + r"\s*\)" if old.arguments else r"(?!\s*\()"
    )
    pattern = rf'((?<![\w."])"?{re.escape(column)}"?\s+){_SPELLINGS.get(old.name, re.escape(old.name))}\b{modifiers}'
    if changed_sql(call, pattern, rf"\g<1>{new}") is None:
        return None
    return in_sql(text, statement, pattern, rf"\g<1>{new}", title)


def _type_argument(call: Call, column: str) -> tuple[ast.Call, ast.expr] | None:
    """The `Column(...)` of that name and its type; None if it is not written there, or twice."""
    found = []
    for node in ast.walk(call.node):
        if not isinstance(node, ast.Call) or not node.args or not ast.unparse(node.func).endswith("Column"):
            continue
        name = node.args[0]
        if isinstance(name, ast.Constant) and name.value == column:
            given = node.args[1:2] or [each.value for each in node.keywords if each.arg == "type_"]
            if given and not isinstance(given[0], ast.Starred):
                found.append((node, given[0]))
    return found[0] if len(found) == 1 else None


def _expression(type_: DataType, column: ast.Call, source: Source) -> str | None:
    """`sa.BigInteger()` where the file writes `sa.Column`, `BigInteger()` where it imports that name."""
    name = _CLASSES.get(type_.name)
    if name is None or type_.dimensions or type_.schema or not type_.known:
        return None
    names = imported_names(source)
    if isinstance(column.func, ast.Attribute):
        prefix = f"{source.segment(column.func.value)}."
    elif names.get(name, "").startswith("sqlalchemy."):
        prefix = ""
    elif names.get("sa") == "sqlalchemy":
        prefix = "sa."
    else:
        return None
    arguments = "timezone=True" if type_.name == "timestamp with time zone" else ", ".join(type_.arguments)
    return None if type_.name.startswith("timestamp") and type_.arguments else f"{prefix}{name}({arguments})"
