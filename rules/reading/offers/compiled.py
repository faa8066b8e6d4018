"""SQL expressions that a repository defines itself: a class, and `@compiles` functions that give its text."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from sqlalchemy import literal_column
from sqlalchemy.sql.elements import ColumnElement

from rules.reading.interpreter.frames import Raised
from rules.reading.values import Arguments, Function, Instance, Unknown

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine


def compiled_text(machine: Machine, instance: Instance) -> ColumnElement[object] | None:
    """What `@compiles(Class, "dialect")`, or else `@compiles(Class)`, in the class's own file says; None if nothing."""
    by_dialect = {
        dialect: node
        for node in instance.of.frame.scope.source.tree.body
        if isinstance(node, ast.FunctionDef)
        for dialect in _dialects(node, instance.of.name)
    }
    node = by_dialect.get(machine.record.renderer.dialect.name, by_dialect.get(""))
    if node is None:
        return None
    function = Function(node.name, node, instance.of.frame.scope.frame())
    unknown = Unknown("the compiler")
    try:
        text = machine.call(function, Arguments([instance, unknown]))
    except Raised:
        return None
    return literal_column(text) if isinstance(text, str) else None


def _dialects(node: ast.FunctionDef, class_name: str) -> list[str]:
    """Those for which a function compiles a class; an empty name stands for all others."""
    found: list[str] = []
    for decorator in node.decorator_list:
        if not isinstance(decorator, ast.Call) or not decorator.args:
            continue
        named = decorator.func
        last = named.attr if isinstance(named, ast.Attribute) else named.id if isinstance(named, ast.Name) else ""
        first, *rest = decorator.args
        if last == "compiles" and isinstance(first, ast.Name) and first.id == class_name:
            found += [one.value for one in rest if isinstance(one, ast.Constant) and isinstance(one.value, str)] or [""]
    return found
