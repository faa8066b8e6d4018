"""The search path with which the connections of a run begin, as env.py and the address say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from rules.reading.source import Source
from rules.schema.paths import DEFAULT, Schemas, schemas_in

_SET = re.compile(
    r"\bSET\s+(?:SESSION\s+|LOCAL\s+)?search_path\s*(?:=|\bTO\b)(?P<list>[^;]*)"
    r"|-c\s*search_path\s*(?:=|%3D|%%3D)(?P<option>(?:[^\s&]|\\ )*)"
    r"|\bset_config\s*\(\s*'search_path'\s*,(?P<called>\s*'[^']*')?",
    re.IGNORECASE,
)
_LONGEST = 10_000


def session_path(source: Source, ini: str) -> Schemas | None:
    """The default where nothing sets one; None where it is computed, or two differ."""
    found = set(_paths(source.tree))
    for line in ini.split("\n"):
        if "url" in line and not line.lstrip().startswith(("#", ";")):
            found.update(_in_text(line))
    return DEFAULT if not found else found.pop() if len(found) == 1 else None


def _paths(tree: ast.Module) -> Iterator[Schemas | None]:
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    parts |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str() as text) if id(node) not in parts:
                yield from _in_text(text)
            case ast.JoinedStr():
                text = "".join(str(one.value) if isinstance(one, ast.Constant) else "?" for one in node.values)
                yield from _in_text(text)
            case ast.Dict():
                yield from _in_dict(node)
            case ast.keyword(arg="schema_translate_map"):
                yield None


def _in_dict(node: ast.Dict) -> Iterator[Schemas | None]:
    for key, value in zip(node.keys, node.values, strict=True):
        match key:
            case ast.Constant(value="search_path"):
                plain = isinstance(value, ast.Constant) and isinstance(value.value, str)
                yield schemas_in(str(value.value)) if plain else None  # type: ignore[attr-defined]
            case ast.Constant(value="schema_translate_map"):
                yield None


def _in_text(text: str) -> Iterator[Schemas | None]:
    for found in _SET.finditer(text[:_LONGEST]):
        written = found["list"] or found["option"] or (found["called"] or "").strip().strip("'")
        yield None if "?" in written else schemas_in(written.replace("\\ ", " ").replace("%%", "%").replace("%2C", ","))
