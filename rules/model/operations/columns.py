"""Columns: added, dropped, altered."""

from __future__ import annotations

from rules.model.columns import Column, DataType
from rules.model.names import Name
from rules.model.operations.base import Operation


class AddColumn(Operation):
    table: Name
    column: Column
    if_not_exists: bool = False
    first: bool = False
    """Before all others, which MySQL and MariaDB can."""


class DropColumn(Operation):
    table: Name
    column: str
    if_exists: bool = False
    cascade: bool = False


class RenameColumn(Operation):
    table: Name
    column: str
    new_name: str


class AlterColumnType(Operation):
    table: Name
    column: str
    type: DataType
    using: str | None = None
    collation: str | None = None
    existing_type: DataType | None = None
    """What `op.alter_column` was told that the column has, as this and the next; None where it was not."""
    existing_nullable: bool | None = None


class SetNotNull(Operation):
    table: Name
    column: str


class DropNotNull(Operation):
    table: Name
    column: str


class SetDefault(Operation):
    table: Name
    column: str
    default: str


class DropDefault(Operation):
    table: Name
    column: str


class AlterColumnOther(Operation):
    """ADD/SET/DROP IDENTITY, SET EXPRESSION, SET STATISTICS, SET STORAGE ...; `action` is that text."""

    table: Name
    column: str
    action: str


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
