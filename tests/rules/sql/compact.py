"""An operation as one line: its type and what it says beyond the defaults."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum

from rules.model.columns import DataType
from rules.model.names import Name
from rules.model.operations import Operation


def compact(operation: Operation) -> str:
    """`AddColumn(table=users, column=Column(name=a, type=integer)) when conditional`."""
    line = _written(operation)
    return f"{line} when conditional" if operation.statement.conditional else line


def _written(value: object) -> str:
    if isinstance(value, (Name, DataType)):
        return str(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return f"[{', '.join(_written(item) for item in value)}]"
    if is_dataclass(value) and not isinstance(value, type):
        said = [field for field in fields(value) if field.name != "statement" and not _is_default(value, field)]
        inner = ", ".join(f"{field.name}={_written(getattr(value, field.name))}" for field in said)
        return f"{type(value).__name__}({inner})"
    return " ".join(str(value).split())


def _is_default(value: object, field: Field[object]) -> bool:
    given = getattr(value, field.name)
    return given is None or given == () or (field.default is not MISSING and given == field.default)
