"""How `env.py` ends a run: whether it commits the connection behind `run_migrations()`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

Body = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef


def commits_behind(tree: ast.Module) -> bool | None:
    """None where no call of `run_migrations()` is in sight.

    The commit may stand in the function that hands the one with that call to its connection.
    """
    bodies = list(_bodies(tree))
    starts = [
        (body, node)
        for body in bodies
        for node in _own(body)
        if isinstance(node, ast.Call) and _is(node, "run_migrations")
    ]
    if not starts:
        return None
    names = {body.name for body, _ in starts if not isinstance(body, ast.Module)}
    handed = [(body, node) for body in bodies for node in _own(body) if isinstance(node, ast.Name) and node.id in names]
    return any(_commits_after(body, node.lineno) for body, node in (*starts, *handed))


def _bodies(tree: ast.Module) -> Iterator[Body]:
    yield tree
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _own(body: Body) -> Iterator[ast.AST]:
    """Without what the functions inside it hold."""
    level: list[ast.AST] = list(body.body)
    while level:
        node = level.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            level += ast.iter_child_nodes(node)


def _commits_after(body: Body, line: int) -> bool:
    return any(isinstance(node, ast.Call) and node.lineno > line and _is(node, "commit") for node in _own(body))


def _is(call: ast.Call, name: str) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == name
