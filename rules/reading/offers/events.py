"""Listeners for SQLAlchemy's events by which a type changes the table that a column of it comes to.

`@listens_for(Type, "before_parent_attach")` in the file of the class is called with the type and the column;
`@listens_for(column, "after_parent_attach")` inside it with the column and its table. All others are not followed:
they are about rows, sessions and connections.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event

from rules.reading.offers.real import offered
from rules.reading.values import Arguments, Class, Function, Instance, Native, Value

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine

BEFORE, AFTER = "before_parent_attach", "after_parent_attach"


def column_made(machine: Machine, column: object, kind: Value) -> None:
    """Calls what listens for columns of this type; `kind` is the type as the migration gave it."""
    if isinstance(kind, Class):
        kind = machine.instantiate(kind, Arguments()) if kind.kind == "type" else None
    if not isinstance(column, sa.Column) or not isinstance(kind, Instance) or kind.of.kind != "type":
        return
    for one in kind.of.ancestors():
        for function in _listeners(one) if isinstance(one, Class) else ():
            machine.call(function, Arguments([kind, column]))


def _listeners(one: Class) -> Iterator[Function]:
    for node in one.frame.scope.source.tree.body:
        if isinstance(node, ast.FunctionDef) and any(_is_for(decorator, one.name) for decorator in node.decorator_list):
            yield Function(node.name, node, one.frame.scope.frame())


def _is_for(decorator: ast.expr, name: str) -> bool:
    match decorator:
        case ast.Call(
            func=ast.Name(id="listens_for") | ast.Attribute(attr="listens_for"),
            args=[ast.Name(id=target), ast.Constant(value=identifier), *_],
        ):
            return target == name and identifier == BEFORE
        case _:
            return False


def listens_for(arguments: Arguments, machine: Machine) -> Value:
    target, identifier = arguments.get(0, "target"), arguments.get(1, "identifier")

    def decorate(given: Arguments, machine: Machine) -> Value:
        _listen(machine, target, identifier, given.get(0, "fn"))
        return given.get(0, "fn")

    return Native("listens_for", decorate)


def listen(arguments: Arguments, machine: Machine) -> Value:
    _listen(machine, arguments.get(0, "target"), arguments.get(1, "identifier"), arguments.get(2, "fn"))
    return None


def _listen(machine: Machine, target: Value, identifier: Value, function: Value) -> None:
    """SQLAlchemy itself keeps the listener with the column, and with its copies."""
    if isinstance(target, sa.Column) and identifier == AFTER and isinstance(function, Function):

        def called(column: Any, table: Any) -> None:
            machine.call(function, Arguments([offered(column), offered(table)]))

        event.listen(target, AFTER, called)


def event_names() -> dict[str, dict[str, Value]]:
    names: dict[str, Value] = {
        "listens_for": Native("listens_for", listens_for),
        "listen": Native("listen", listen),
    }
    return {"sqlalchemy.event": names, "sqlalchemy.event.api": names}
