"""Which columns and tables `downgrade()` gives values again after it has brought them back."""

from __future__ import annotations

from collections.abc import Iterable

from rules.model.names import Name
from rules.model.operations import (
    AddColumn,
    Copy,
    CreateTable,
    Insert,
    Opaque,
    OpaqueKind,
    Operation,
    RenameColumn,
    RenameTable,
    Update,
)
from rules.schema.schema import Key

Filled = tuple[Key, str]
"""A table and a column of it; an empty name is the table's rows."""
_ROWS = ""
_OF_THE_SCHEMA = ("add_", "alter_", "create_", "drop_", "rename_")
"""How the operations begin that change no row."""


def refilled(operations: Iterable[Operation]) -> set[Filled] | None:
    """By the names that they have in the end; None where something that was not read may fill anything."""
    filled: set[Filled] = set()
    for op in operations:
        match op:
            case Opaque() if not _may_fill(op):
                continue
            case Opaque(tables=()):
                return None
            case Opaque():
                filled |= {(table.key, _ROWS) for table in op.tables}
            case AddColumn():
                filled.discard((op.table.key, op.column.name))
            case CreateTable():
                filled = {it for it in filled if it[0] != op.table.key}
                filled |= {(op.table.key, _ROWS)} if op.from_query else set()
            case Insert() | Copy():
                filled.add((op.table.key, _ROWS))
            case Update():
                filled |= {(op.table.key, column) for column in op.columns or (_ROWS,)}
            case RenameColumn():
                filled = {_renamed(it, op) for it in filled}
            case RenameTable():
                filled = {(_moved(it[0], op), it[1]) for it in filled}
    return filled


def _may_fill(op: Opaque) -> bool:
    name = op.statement.cause.rpartition(".")[2]
    return op.kind is not OpaqueKind.CALL or not name.startswith(_OF_THE_SCHEMA)


def is_filled(table: Name, column: str | None, filled: set[Filled]) -> bool:
    """Whether the table's rows, or this column of them, were written."""
    return (table.key, _ROWS) in filled or (column is not None and (table.key, column) in filled)


def _renamed(filled: Filled, op: RenameColumn) -> Filled:
    return (filled[0], op.new_name) if filled == (op.table.key, op.column) else filled


def _moved(key: Key, op: RenameTable) -> Key:
    return Name(op.new_name, op.table.schema).key if key == op.table.key else key
