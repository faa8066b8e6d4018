"""How a run comes by its connection, as env.py says: which kind of engine it makes, or none; the session's zone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from rules.reading.modules import Shelf
from rules.reading.source import Source

_ASYNC = ("create_async_engine", "async_engine_from_config")
"""`AsyncEngine(engine_from_config(...))` is an older spelling."""
_SYNC = ("create_engine", "engine_from_config")
_FOREIGN = ("get_engine", "engine", "connectable", "bind")
"""Names under which frameworks hand out an engine of theirs."""
_ZONE = re.compile(
    r"(?:-c\s*timezone\s*=\s*|\bSET\s+(?:SESSION\s+)?(?:TIME\s+ZONE\s+|timezone\s*(?:=|\bTO\b)\s*))"
    r"['\"]?(?P<zone>[\w/+:-]+)",
    re.IGNORECASE,
)


def is_asynchronous(source: Source) -> bool | None:
    """Whether the engine that env.py makes is an async one; None where it makes none, or may run both ways."""
    called = set(_called(source.tree))
    if "AsyncEngine" in called or not called.isdisjoint(_ASYNC):
        return None if "create_engine" in called else True
    if called.isdisjoint(_SYNC):
        return None
    return None if called.intersection(("run_sync", "run")) and "asyncio" in source.text else False


def is_given(source: Source, shelf: Shelf) -> bool:
    """Whether the connection comes from whoever starts Alembic: `config.attributes["connection"]`, and no engine."""
    trees = [source.tree, *(found.tree for found in _handed_on(source, shelf))]
    asked = any(_asks_attributes(tree) for tree in trees)
    return asked and not any(_has_engine(tree) for tree in trees)


def session_zone(source: Source) -> str | None:
    """Of `-c timezone=UTC`, `{"server_settings": {"timezone": "UTC"}}`, `SET TIME ZONE 'UTC'`; None if two differ."""
    zones = set(_zones(source.tree))
    return zones.pop() if len(zones) == 1 else None


def _zones(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (found["zone"] for found in _ZONE.finditer(node.value[:10_000]))
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "server_settings" and isinstance(value, ast.Dict):
                    yield from _in_settings(value)


def _in_settings(settings: ast.Dict) -> Iterator[str]:
    for key, value in zip(settings.keys, settings.values, strict=True):
        if isinstance(key, ast.Constant) and str(key.value).lower() == "timezone" and isinstance(value, ast.Constant):
            yield str(value.value)


def _called(tree: ast.Module) -> Iterator[str]:
    """The last part of the name of each call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    yield name


def _has_engine(tree: ast.Module) -> bool:
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return bool({*_ASYNC, *_SYNC}.intersection(_called(tree)) or names.intersection(_FOREIGN))


def _asks_attributes(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr == "attributes" for node in ast.walk(tree))


def _handed_on(source: Source, shelf: Shelf) -> Iterator[Source]:
    """The modules of the repository from which env.py calls a function with `context`."""
    called = {
        node.func.id
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and any(isinstance(argument, ast.Name) and argument.id == "context" for argument in node.args)
    }
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ImportFrom) or called.isdisjoint(one.asname or one.name for one in node.names):
            continue
        module = node.module or ""
        path = shelf.relative(module, node.level, source.path) if node.level else shelf.module(module, source.path)
        if path is not None and (found := shelf.source(path)) is not None:
            yield found
