"""Where a text is written: it keeps the place of its literal on whatever way it comes to be sent."""

from __future__ import annotations

import ast

from sqlalchemy.sql.elements import TextClause

from rules.reading.interpreter.frames import Frame
from rules.reading.interpreter.machine import Machine
from rules.reading.values import Function, UnknownText, Value

SAME_TEXT = frozenset(["format", "strip", "lstrip", "rstrip", "replace", "expandtabs"])
"""Methods whose result is the same text in the main."""
SAME_TEXT_OF_FIRST = frozenset(["text", "dedent", "cleandoc", "str", "DDL"])
"""Functions, likewise."""


def note(machine: Machine, frame: Frame, node: ast.expr, value: Value) -> Value:
    """The value of a literal; only texts of the migration's own file that may be SQL are noted."""
    may_be_sql = isinstance(value, UnknownText) or (isinstance(value, str) and " " in value)
    if may_be_sql and frame.scope.source is machine.record.source:
        machine.written[id(value)] = (value, node)
    return value


def note_sum(machine: Machine, frame: Frame, node: ast.BinOp, value: Value) -> Value:
    """`"..." + x` and `"..." % x` are literals with something put into them."""
    left: ast.expr = node
    is_literal = False
    while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add | ast.Mod):
        is_literal = is_literal or (isinstance(left.op, ast.Add) and _is_text(left.right))
        left = left.left
    return note(machine, frame, node, value) if is_literal or _is_text(left) else value


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def derived(machine: Machine, value: Value, source: Value) -> Value:
    """A text made of another one."""
    known = machine.written.get(id(source))
    if known is not None and isinstance(value, str | UnknownText | TextClause):
        machine.written[id(value)] = (value, known[1])
    return value


def derived_by_call(machine: Machine, node: ast.Call, function: Value, first: Value, value: Value) -> Value:
    match node.func:
        case ast.Attribute(attr=name) | ast.Name(id=name) if name in SAME_TEXT_OF_FIRST:
            return value if isinstance(function, Function) else derived(machine, value, first)
    return value
