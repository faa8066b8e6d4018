"""`env.py` as data: what it says about transactions, timeouts, names. Never run; None where it cannot be told."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from rules.model.environment import Environment
from rules.model.operations import Direction
from rules.model.script import SyntaxProblem
from rules.reading.bounds import BoundReached
from rules.reading.ending import commits_behind
from rules.reading.engines import is_asynchronous, is_given, session_zone
from rules.reading.interpreter.frames import Scope, Signal
from rules.reading.interpreter.machine import Machine
from rules.reading.library import Library
from rules.reading.modules import Shelf
from rules.reading.recording import Record
from rules.reading.rendering import Renderer
from rules.reading.search_path import session_path
from rules.reading.source import Source, parse

_SETTING = re.compile(r"\b(lock_timeout|statement_timeout)\b['\"]?\s*(?:=|TO|:)\s*['\"]?(\d+\s*\w*)", re.IGNORECASE)
_SET = re.compile(r"\s*SET\s+(?:SESSION\s+)?lock_timeout\b", re.IGNORECASE)
_DRIVER = re.compile(r"postgres(?:ql)?\+(\w+)")


def read_environment(path: str, text: str, texts: Mapping[str, str] = {}, ini: str = "") -> Environment:
    """`ini` is the text of the file that names this environment, for its address. Never raises."""
    return environment_from_shelf(path, text, Shelf(texts), ini)


def environment_from_shelf(path: str, text: str, shelf: Shelf, ini: str) -> Environment:
    source = parse(path, text)
    if isinstance(source, SyntaxProblem):
        return Environment(path)
    calls = list(_configure_calls(source.tree))
    convention = _naming_convention(source, calls, shelf)
    return Environment(
        path,
        transaction_per_migration=_flag(calls, "transaction_per_migration"),
        transactional_ddl=_flag(calls, "transactional_ddl"),
        autocommit=_is_in_autocommit(path, text),
        lock_timeout=_timeout(source.tree, "lock_timeout"),
        lock_timeout_set=_is_set(source.tree),
        statement_timeout=_timeout(source.tree, "statement_timeout"),
        driver=_driver(text, ini),
        naming_convention=convention or (),
        naming_convention_known=convention is not None,
        version_table=_text(calls, "version_table"),
        version_table_schema=_text(calls, "version_table_schema"),
        render_as_batch=_flag(calls, "render_as_batch") is True,
        asynchronous=is_asynchronous(source),
        connection_given=is_given(source, shelf),
        search_path=session_path(source, ini),
        time_zone=session_zone(source),
        commits_behind=commits_behind(source.tree),
    )


def _is_in_autocommit(path: str, text: str) -> bool:
    if "AUTOCOMMIT" not in text:
        return False
    from rules.runner import read_runner  # here, since that room edits texts, and editing reads SQL

    runner = read_runner(path, {path: text})
    return runner is not None and bool(runner.autocommit)


def _configure_calls(tree: ast.Module) -> Iterator[ast.Call]:
    """`context.configure(...)`, those that run on a connection first."""
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Attribute) and node.func.attr == "configure")
            or (isinstance(node.func, ast.Name) and node.func.id == "configure")
        )
    ]
    yield from sorted(calls, key=lambda call: 0 if "connection" in {one.arg for one in call.keywords} else 1)


def _flag(calls: list[ast.Call], name: str) -> bool | None:
    """As the online calls say; None if none does, or if it is computed. False where a plain call leaves it out."""
    online = [call for call in calls if "connection" in {one.arg for one in call.keywords}] or calls
    for call in online:
        for keyword in call.keywords:
            if keyword.arg == name:
                return (
                    keyword.value.value
                    if isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, bool)
                    else None
                )
    if not online or any(one.arg is None for call in online for one in call.keywords):
        return None
    return False if name == "transaction_per_migration" else None


def _text(calls: list[ast.Call], name: str) -> str | None:
    for call in calls:
        for keyword in call.keywords:
            if keyword.arg == name and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str):
                return keyword.value.value
    return None


def _timeout(tree: ast.Module, name: str) -> str | None:
    """Of `SET lock_timeout = '4s'`, `-c lock_timeout=4000`, `{"lock_timeout": "4000"}`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for found, value in _SETTING.findall(node.value[:10_000]):
                if found.lower() == name:
                    return str(value).strip()
        if isinstance(node, ast.Dict):
            for key, one in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == name and isinstance(one, ast.Constant):
                    return str(one.value)
        if isinstance(node, ast.JoinedStr) and name in ast.unparse(node).lower():
            return "computed"
    return None


def _is_set(tree: ast.Module) -> bool:
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return any(_SET.match(text) for text in texts)


def _driver(text: str, ini: str) -> str | None:
    found = _DRIVER.search(text) or _DRIVER.search(ini)
    return found.group(1) if found else None


def _naming_convention(source: Source, calls: list[ast.Call], shelf: Shelf) -> tuple[tuple[str, str], ...] | None:
    """Of `target_metadata`, where it is a `MetaData` whose convention is plain; None where that cannot be told."""
    node = next((one.value for call in calls for one in call.keywords if one.arg == "target_metadata"), None)
    if node is None:
        return ()
    record = Record(source, Renderer("postgresql"))
    machine = Machine(Scope.of(source), Library(shelf), record, Direction.UPGRADE)
    machine.loading = 1
    try:
        value = machine.evaluate(node, machine.scope.frame())
        if value is None:
            return ()
        convention = getattr(value, "naming_convention", None) if type(value).__name__ == "MetaData" else None
    except (BoundReached, Signal, RecursionError, MemoryError):
        return None
    if not isinstance(convention, dict | Mapping):
        return None
    plain = [(key, one) for key, one in convention.items() if isinstance(key, str) and isinstance(one, str)]
    return tuple(sorted(plain)) if plain != [("ix", "ix_%(column_0_label)s")] else ()
