"""`name: Mapped[int]`: the type of a column from its annotation."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.types import NullType, TypeEngine

from rules.reading.interpreter.frames import Frame
from rules.reading.offers.construction import as_type
from rules.reading.offers.own_types import as_instance
from rules.reading.values import Class

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine

PYTHON_TYPES: dict[str, type[TypeEngine[Any]]] = {
    "int": sa.Integer,
    "str": sa.String,
    "float": sa.Float,
    "bool": sa.Boolean,
    "bytes": sa.LargeBinary,
    "datetime": sa.DateTime,
    "date": sa.Date,
    "time": sa.Time,
    "timedelta": sa.Interval,
    "Decimal": sa.Numeric,
    "UUID": sa.Uuid,
}


def annotated_column(
    machine: Machine, model: Class, base: Class, annotation: ast.expr, given: object
) -> sa.Column[Any] | None:
    """`given` is what stands after the `=`, if anything; None if the annotation is not of a column."""
    inner = _parameter(annotation, ("Mapped",))
    if inner is None:
        return given if isinstance(given, sa.Column) else None
    optional = _parameter(inner, ("Optional",)) or _without_none(inner)
    wanted = optional or inner
    column = given if isinstance(given, sa.Column) else sa.Column(nullable=optional is not None)
    if isinstance(column.type, NullType) and not column.foreign_keys:
        kind = _type_of(machine, model, base, wanted)
        if kind is not None:
            column.type = kind
    return column


def _parameter(node: ast.expr, names: tuple[str, ...]) -> ast.expr | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 200:
        try:
            node = ast.parse(node.value, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    if isinstance(node, ast.Subscript):
        named = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        if named in names:
            return node.slice
    return None


def _without_none(node: ast.expr) -> ast.expr | None:
    """`X | None`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        if isinstance(node.right, ast.Constant) and node.right.value is None:
            return node.left
        if isinstance(node.left, ast.Constant) and node.left.value is None:
            return node.right
    return None


def _type_of(machine: Machine, model: Class, base: Class, wanted: ast.expr) -> Any:
    mapped = _from_map(machine, model, ast.unparse(wanted))
    if mapped is not None:
        return mapped
    name = wanted.attr if isinstance(wanted, ast.Attribute) else getattr(wanted, "id", "")
    kind = PYTHON_TYPES.get(name)
    return None if kind is None else kind()


def _from_map(machine: Machine, model: Class, wanted: str) -> Any:
    """`type_annotation_map` of the declarative base, whose keys are types and so are compared as text."""
    for base in model.ancestors():
        if not isinstance(base, Class) or "type_annotation_map" not in base.members:
            continue
        frame = base.extras.get("frame")
        for node in ast.walk(base.frame.scope.source.tree):
            if isinstance(node, ast.ClassDef) and node.name == base.name and isinstance(frame, Frame):
                return _in_body(machine, frame, node, wanted)
    return None


def _in_body(machine: Machine, frame: Frame, node: ast.ClassDef, wanted: str) -> Any:
    for statement in node.body:
        value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Dict):
            for key, one in zip(value.keys, value.values, strict=True):
                if key is not None and ast.unparse(key) == wanted:
                    return as_instance(as_type(machine, machine.evaluate(one, frame)))
    return None
