"""`name: Mapped[int]`: what the annotation of a column says, and what it leaves open."""

from __future__ import annotations

import ast
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import NullType

from rules.reading.interpreter.machine import Machine
from rules.reading.offers.mapped import _parameter, _type_of, _without_none
from rules.reading.offers.real import UnknownType
from rules.reading.values import Class


def annotated(
    machine: Machine, model: Class, base: Class, annotation: ast.expr, given: sa.Column[Any] | None
) -> sa.Column[Any] | None:
    """The column, with its annotation's type and nullability where the call leaves them open; None if it is none."""
    inner = _parameter(annotation, ("Mapped",))
    if inner is None:
        return None
    optional = _parameter(inner, ("Optional",)) or _without_none(inner)
    wanted = optional or inner
    column: sa.Column[Any] = sa.Column() if given is None else given if model is base else given._copy()
    if given is None or given._user_defined_nullable not in (True, False):
        column.nullable = optional is not None and not column.primary_key
    if isinstance(column.type, NullType) and not column.foreign_keys:
        column.type = type_of(machine, model, base, wanted)
    return column


def type_of(machine: Machine, model: Class, base: Class, wanted: ast.expr) -> Any:
    """Of a plain Python type; anything else has a name and nothing more."""
    found = _type_of(machine, model, base, wanted)
    return UnknownType(ast.unparse(wanted)[:60]) if found is None else found
