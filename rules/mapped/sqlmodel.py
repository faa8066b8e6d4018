"""SQLModel: `class Order(SQLModel, table=True)`, with plain annotations and `Field(...)`."""

from __future__ import annotations

import ast
from typing import Any

import sqlalchemy as sa

from rules.mapped.annotations import type_of
from rules.reading.interpreter.machine import Machine
from rules.reading.offers.mapped import _parameter, _without_none
from rules.reading.values import Class, Unknown

_NO_COLUMNS = ("ClassVar", "list", "List", "dict", "Dict", "set", "Set", "tuple", "Tuple")
"""Annotations that without `sa_column` or `sa_type` are no column that a table could have."""


def is_sqlmodel_table(node: ast.ClassDef | None) -> bool:
    return node is not None and any(
        keyword.arg == "table" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        for keyword in node.keywords
    )


def sqlmodel_column(
    name: str, annotation: ast.expr | None, value: ast.expr | None, base: Class, one: Class, machine: Machine
) -> sa.Column[Any] | None:
    """None where it is no column, or one that could not be read."""
    if annotation is None or name.startswith("_") or name == "model_config":
        return None
    given = _field(value, base, machine)
    if given is None:
        return None
    if isinstance(given.get("sa_column"), sa.Column):
        return given["sa_column"]  # type: ignore[no-any-return]
    if "sa_column" in given or any(isinstance(one, Unknown) for one in given.values()):
        return None
    optional = _parameter(annotation, ("Optional",)) or _without_none(annotation)
    wanted = optional or annotation
    if isinstance(wanted, ast.Subscript) and "sa_type" not in given:
        return None
    is_key = given.get("primary_key") is True
    nullable = given["nullable"] if isinstance(given.get("nullable"), bool) else optional is not None and not is_key
    kind = given.get("sa_type") or type_of(machine, one, base, wanted)
    if isinstance(kind, sa.String) and isinstance(given.get("max_length"), int):
        kind = sa.String(given["max_length"])
    items: list[Any] = [kind]
    if isinstance(given.get("foreign_key"), str):
        items.append(sa.ForeignKey(given["foreign_key"]))
    return sa.Column(
        *items,
        primary_key=is_key,
        nullable=nullable,
        index=given.get("index") is True or None,
        unique=given.get("unique") is True or None,
    )


def _field(value: ast.expr | None, base: Class, machine: Machine) -> dict[str, Any] | None:
    """The keywords of `Field(...)`; empty for a plain default, None for a relationship or another call."""
    if not isinstance(value, ast.Call):
        return {}
    name = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
    if name != "Field" or any(keyword.arg is None for keyword in value.keywords):
        return None
    wanted = ("sa_column", "sa_type", "primary_key", "nullable", "index", "unique", "foreign_key", "max_length")
    frame = base.frame.scope.frame()
    return {one.arg: machine.evaluate(one.value, frame) for one in value.keywords if one.arg in wanted}
