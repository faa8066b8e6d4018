"""Columns: added, dropped, altered."""

from __future__ import annotations

from dataclasses import dataclass

from rules.model.columns import Column, DataType
from rules.model.names import Name
from rules.model.operations.base import Operation


@dataclass(frozen=True, slots=True)
class AddColumn(Operation):
    table: Name
    column: Column
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropColumn(Operation):
    table: Name
    column: str
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class RenameColumn(Operation):
    table: Name
    column: str
    new_name: str


@dataclass(frozen=True, slots=True)
class AlterColumnType(Operation):
    table: Name
    column: str
    type: DataType
    using: str | None = None
    collation: str | None = None
    existing_type: DataType | None = None
    """What `op.alter_column` was told that the column has, as this and the next; None where it was not."""
    existing_nullable: bool | None = None


@dataclass(frozen=True, slots=True)
class SetNotNull(Operation):
    table: Name
    column: str


@dataclass(frozen=True, slots=True)
class DropNotNull(Operation):
    table: Name
    column: str


@dataclass(frozen=True, slots=True)
class SetDefault(Operation):
    table: Name
    column: str
    default: str


@dataclass(frozen=True, slots=True)
class DropDefault(Operation):
    table: Name
    column: str


@dataclass(frozen=True, slots=True)
class AlterColumnOther(Operation):
    """ADD/SET/DROP IDENTITY, SET EXPRESSION, SET STATISTICS, SET STORAGE ...; `action` is that text."""

    table: Name
    column: str
    action: str


@dataclass(frozen=True, slots=True)
class RedefineColumn(Operation):
    """MODIFY and CHANGE of MySQL and MariaDB: the whole definition again; what it leaves out is lost.

    `moved` says FIRST or AFTER.
    """

    table: Name
    column: str
    definition: Column
    moved: bool = False
    said: tuple[str, ...] | None = None
    """Of nullable, server_default, comment and autoincrement what `op.alter_column` was told, as it was or as it will
    be; None for SQL text, which says all of it."""
