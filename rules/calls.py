"""The calls that a migration's functions write, each with the dotted name that its imports give it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from rules.model.place import Place
from rules.rewriting.source import Function, Source, nodes_in


@lru_cache(maxsize=32)
def imported_names(source: Source) -> dict[str, str]:
    """Each name that an import binds anywhere in the file -> what it stands for; relative ones begin with dots."""
    found: dict[str, str] = {}
    for node in source.nodes:
        if isinstance(node, ast.Import):
            for one in node.names:
                found[one.asname or one.name.partition(".")[0]] = one.name if one.asname else one.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for one in node.names:
                found[one.asname or one.name] = f"{module}{'' if module.endswith('.') else '.'}{one.name}"
    return found


def dotted(node: ast.expr, names: dict[str, str]) -> str:
    """`sqlalchemy.create_engine` for `sa.create_engine`; calls in between leave `()`; empty for anything else."""
    match node:
        case ast.Name():
            return names.get(node.id, node.id)
        case ast.Attribute():
            inner = dotted(node.value, names)
            return f"{inner}.{node.attr}" if inner else ""
        case ast.Call():
            inner = dotted(node.func, names)
            return f"{inner}()" if inner else ""
    return ""


@lru_cache(maxsize=64)
def reached_functions(source: Source, starts: tuple[str, ...] = ("upgrade", "downgrade")) -> tuple[Function, ...]:
    """The functions of those names, and the functions of the file that they call, at any depth."""
    by_name = {function.name: function for function in source.functions}
    found: dict[str, Function] = {}
    waiting: list[str] = [name for name in starts if name in by_name]
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        found[name] = by_name[name]
        for node in nodes_in(by_name[name]):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in by_name:
                waiting.append(node.func.id)
    return tuple(found.values())


def calls_of(source: Source) -> Iterator[tuple[ast.Call, str]]:
    """Every call in the functions that run, with its dotted name where it has one."""
    names = imported_names(source)
    for function in reached_functions(source):
        for node in nodes_in(function):
            if isinstance(node, ast.Call):
                yield node, dotted(node.func, names)


def place_of(source: Source, node: ast.expr | ast.stmt) -> Place:
    return Place(source.path, *source.start_of(node), *source.end_of(node))
