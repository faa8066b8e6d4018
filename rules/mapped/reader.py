"""The interpreter, as model files need it: an object that lost a part on the way remembers that."""

from __future__ import annotations

import ast
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from rules.reading.interpreter.frames import Frame
from rules.reading.interpreter.machine import Machine
from rules.reading.library import offered_module
from rules.reading.reader import READERS
from rules.reading.values import Arguments, Instance, Native, RealClass, Unknown, Value

DOUBT = "dbbot: not all of it was read"
assert READERS  # importing them registers what they read


FLASK = "flask_sqlalchemy.SQLAlchemy"
"""Its instances offer SQLAlchemy's names: `db.Column`, `db.Integer`."""


class ModelMachine(Machine):
    def attribute(self, value: Value, name: str) -> Value:
        found = super().attribute(value, name)
        if not isinstance(found, Unknown):
            return found
        if name == "as_mutable":
            return Native(name, lambda arguments, _: arguments.get(0, "sqltype"))
        if _is_flask(value):
            offered = offered_module("sqlalchemy")
            return offered.members.get(name, found) if offered is not None else found
        return found

    def execute(self, body: list[ast.stmt], frame: Frame) -> None:
        """Methods with decorators of their own say nothing about columns."""
        super().execute([one for one in body if not (frame.is_class and _is_decorated(one))], frame)

    def construct(self, one: Value, arguments: Arguments) -> Value:
        if isinstance(one, RealClass) and one.target is sa.Table:
            arguments = _with_metadata(arguments)
        made = super().construct(one, arguments)
        if isinstance(made, sa.Column | sa.Table) and isinstance(one, RealClass) and _lost_a_part(arguments, made):
            made.info[DOUBT] = True
        return made


_TOLD = ("declared_attr", "classmethod", "staticmethod", "property")


def _is_decorated(statement: ast.stmt) -> bool:
    decorators = statement.decorator_list if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) else []
    return any(not any(word in ast.unparse(one) for word in _TOLD) for one in decorators)


def _with_metadata(arguments: Arguments) -> Arguments:
    """`db.Table("name", db.Column(...))` names no metadata."""
    parts = arguments.positional
    if len(parts) > 1 and isinstance(parts[1], sa.schema.SchemaItem) and "metadata" not in arguments.keywords:
        return replace(arguments, positional=[parts[0], sa.MetaData(), *parts[1:]])
    return arguments


def _is_flask(value: Value) -> bool:
    if isinstance(value, Instance):
        return any(isinstance(base, Unknown) and base.dotted == FLASK for base in value.of.ancestors())
    return isinstance(value, Unknown) and value.dotted == FLASK


def _lost_a_part(arguments: Arguments, made: sa.Column[Any] | sa.Table) -> bool:
    """Whether something but the type was unknown among what makes up a column or a table."""
    parts = arguments.positional
    if isinstance(made, sa.Table):
        parts = parts[2:]
    elif parts:
        parts = parts[2:] if isinstance(parts[0], str) else parts[1:]
    return any(isinstance(part, Unknown) for part in parts) or not arguments.complete
