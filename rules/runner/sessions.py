"""What is set for the sessions of a run: in env.py, in the address of alembic.ini, in the module with the engine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from rules.calls import place_of
from rules.model.place import Place
from rules.rewriting.source import Source
from rules.runner.keywords import options_of
from rules.runner.model import SessionSetting
from rules.runner.names import Names

SETTINGS = (
    "lock_timeout",
    "statement_timeout",
    "idle_in_transaction_session_timeout",
    "transaction_timeout",
    "application_name",
)
ENGINES = ("create_engine", "engine_from_config", "create_async_engine", "async_engine_from_config")
_WORD = rf"(?:(?<![A-Za-z_])|(?<=-c))({'|'.join(SETTINGS)})\b"
_SET = re.compile(
    _WORD + r"['\"]?\s*(?:=|\bTO\b|:|,|%3[dD]|%%3[dD])\s*(?:'([^']*)'|\"([^\"]*)\"|([\w.+-]+))?", re.IGNORECASE
)


def engine_calls(names: Names) -> Iterator[ast.Call]:
    """Those of an online run on PostgreSQL."""
    for node in ast.walk(names.source.tree):
        if isinstance(node, ast.Call) and names.last(node.func) in ENGINES and not names.is_dead(node):
            yield node


def are_in_sight(calls: list[ast.Call], names: Names) -> bool:
    """Whether each engine's arguments are all written here."""
    return bool(calls) and all(_is_in_sight(call, names) for call in calls)


def _is_in_sight(call: ast.Call, names: Names) -> bool:
    options, complete = options_of(call, names)
    if not complete or "creator" in options or "async_creator" in options:
        return False
    given = options.get("connect_args")
    return given is None or _is_written_out(given.value, names)


def _is_written_out(node: ast.expr | None, names: Names) -> bool:
    """A dictionary whose keys are written, and whose inner dictionaries are."""
    if not isinstance(node, ast.Dict):
        return False
    for key, value in zip(node.keys, node.values, strict=True):
        if not isinstance(key, ast.Constant):
            return False
        if key.value in ("options", "server_settings"):
            inner = names.followed(value)
            if isinstance(inner, ast.Dict) and not _is_written_out(inner, names):
                return False
            if not isinstance(inner, ast.Dict | ast.Constant | ast.JoinedStr):
                return False
    return True


def settings_of(names: Names) -> Iterator[SessionSetting]:
    """Of `SET lock_timeout = '4s'`, `-c lock_timeout=4000`, `{"lock_timeout": "4000"}`, `set_config(...)`."""
    for node in ast.walk(names.source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if not _is_docstring(node, names) and not names.is_dead(node) and not _is_part(node, names):
                yield from _in_text(node.value, place_of(names.source, node), names.varies_by_branch(node))
        elif isinstance(node, ast.JoinedStr) and not names.is_dead(node):
            text = "".join(str(one.value) if isinstance(one, ast.Constant) else "\0" for one in node.values)
            yield from _in_text(text, place_of(names.source, node), names.varies_by_branch(node))
        elif isinstance(node, ast.Dict) and not names.is_dead(node):
            yield from _in_dict(node, names)


def _is_part(node: ast.Constant, names: Names) -> bool:
    """Of an f-string, or a key: both are read whole."""
    above = names.parents.get(node)
    return isinstance(above, ast.JoinedStr) or (isinstance(above, ast.Dict) and node in above.keys)


def _is_docstring(node: ast.Constant, names: Names) -> bool:
    return isinstance(names.parents.get(node), ast.Expr)


def _in_text(text: str, place: Place, varies: bool) -> Iterator[SessionSetting]:
    for found in _SET.finditer(text[:10_000]):
        value = next((group for group in found.groups()[1:] if group), None)
        is_computed = value is None or "\0" in text[found.start() : found.end() + 1]
        yield SessionSetting(found[1].lower(), None if is_computed else value, place, varies)


def _in_dict(node: ast.Dict, names: Names) -> Iterator[SessionSetting]:
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and key.value in SETTINGS:
            followed = names.followed(value)
            plain = followed.value if isinstance(followed, ast.Constant) else None
            written = None if plain is None else str(plain)
            yield SessionSetting(str(key.value), written, place_of(names.source, value), names.varies_by_branch(node))


def settings_in_ini(path: str, text: str) -> Iterator[SessionSetting]:
    """Of the address in alembic.ini (`?options=-c%20lock_timeout%3D4000`)."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.lstrip().startswith(("#", ";")) and "url" in line:
            yield from _in_text(line, Place.whole_line(path, number, line), False)


def listeners_are_known(source: Source) -> bool:
    """False where a function from elsewhere is told of each new connection: it may set anything."""
    names = Names(source)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and names.last(node.func) == "listen" and len(node.args) > 2:
            told = node.args[2]
            if not (isinstance(told, ast.Name) and told.id in names.functions):
                return False
    return True
