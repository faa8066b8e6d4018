"""Types whose name or length could not be learned are rendered with `"?Name"`; here they are marked as not known."""

from __future__ import annotations

from msgspec.structs import replace

from rules.model.columns import Column, DataType
from rules.model.operations import AddColumn, AlterColumnType, CreateTable, Operation, RedefineColumn


def marked(operation: Operation) -> Operation:
    if '"?' not in operation.statement.sql:
        return operation
    match operation:
        case AddColumn():
            return replace(operation, column=_column(operation.column))
        case CreateTable():
            return replace(operation, columns=tuple(_column(one) for one in operation.columns))
        case RedefineColumn():
            return replace(operation, definition=_column(operation.definition))
        case AlterColumnType():
            return replace(operation, type=_type(operation.type))
        case _:
            return operation


def _column(column: Column) -> Column:
    return replace(column, type=_type(column.type))


def _type(kind: DataType) -> DataType:
    name = kind.name.strip('"')
    if name.startswith("?"):
        return replace(kind, name=name.removeprefix("?"), known=False)
    if any(argument.strip('"').startswith("?") for argument in kind.arguments):
        return replace(kind, arguments=(), known=False)
    return kind
