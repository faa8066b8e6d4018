"""The `if` that an operation stands under, and what its question is about."""

from __future__ import annotations

import ast
from collections.abc import Callable

from rules.model.place import Place
from rules.rewriting import Source
from rules.rewriting.source import Function

Question = Callable[[ast.expr], bool]


def condition_at(source: Source, place: Place, asks: Question) -> ast.If | None:
    """The outermost `if` around a place, or one above it that returns, whose question is of that kind."""
    for node in source.nodes:
        if not isinstance(node, ast.If) or not asks(node.test):
            continue
        if node.lineno <= place.line <= (node.end_lineno or node.lineno):
            return node
        if (
            isinstance(node.body[-1], ast.Return)
            and node.lineno < place.line
            and _share_a_function(source, node, place)
        ):
            return node
    return None


def _share_a_function(source: Source, node: ast.If, place: Place) -> bool:
    return any(_holds(function, node.lineno) and _holds(function, place.line) for function in source.functions)


def _holds(function: Function, line: int) -> bool:
    return function.lineno <= line <= (function.end_lineno or function.lineno)


def names_assigned_from(source: Source, asks: Callable[[ast.expr, set[str]], bool]) -> frozenset[str]:
    """Names whose value comes from such a question, also by way of other names."""
    found: set[str] = set()
    for node in source.nodes:
        if isinstance(node, ast.Assign) and asks(node.value, found):
            found.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return frozenset(found)
