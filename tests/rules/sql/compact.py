"""An operation as one line: its type and what it says beyond the defaults."""

from __future__ import annotations

from enum import Enum

from msgspec import NODEFAULT
from msgspec.structs import FieldInfo, fields

from rules.model.columns import DataType
from rules.model.frozen import Frozen
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
    if isinstance(value, Frozen):
        said = [field for field in fields(value) if field.name != "statement" and not _is_default(value, field)]
        inner = ", ".join(f"{field.name}={_written(getattr(value, field.name))}" for field in said)
        return f"{type(value).__name__}({inner})"
    return " ".join(str(value).split())


def _is_default(value: Frozen, field: FieldInfo) -> bool:
    given = getattr(value, field.name)
    return given is None or given == () or (field.default is not NODEFAULT and given == field.default)
