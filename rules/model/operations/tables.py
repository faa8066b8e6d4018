"""Whole tables: made, dropped, renamed, partitioned, locked, emptied."""

from __future__ import annotations

from rules.model.columns import Check, Column, Exclusion, ForeignKey, NotNull, PrimaryKey, Unique
from rules.model.names import Name
from rules.model.operations.base import Operation


class CreateTable(Operation):
    table: Name
    columns: tuple[Column, ...] = ()
    constraints: tuple[PrimaryKey | Unique | ForeignKey | Check | Exclusion | NotNull, ...] = ()
    if_not_exists: bool = False
    temporary: bool = False
    unlogged: bool = False
    partition_by: str | None = None
    """The clause after PARTITION BY, as `RANGE (created_at)`."""
    partition_of: Name | None = None
    partition_bound: str | None = None
    """The clause after PARTITION OF parent, as `FOR VALUES IN (1)` or `DEFAULT`."""
    like: Name | None = None
    inherits: tuple[Name, ...] = ()
    from_query: bool = False
    """CREATE TABLE AS, SELECT INTO: `columns` is unknown then."""
    sources: tuple[Name, ...] = ()
    """The tables whose rows that query reads; none for WITH NO DATA."""
    options: str = ""
    """Of MySQL and MariaDB, as written: the engine, the character set, the row format."""
    storage: tuple[str, ...] = ()
    """What it says of where it is kept, as a `SetStorage` would: `TABLESPACE fast`, `ACCESS METHOD heap`."""


class DropTable(Operation):
    table: Name
    if_exists: bool = False
    cascade: bool = False


class RenameTable(Operation):
    table: Name
    new_name: str


class AlterTableOther(Operation):
    """An action of ALTER TABLE without a type of its own; `action` is its text from the keyword on."""

    table: Name
    action: str
    if_exists: bool = False


class AttachPartition(Operation):
    table: Name
    partition: Name
    bound: str


class DetachPartition(Operation):
    table: Name
    partition: Name
    concurrently: bool = False
    finalize: bool = False


class SetStorage(Operation):
    """SET LOGGED, SET UNLOGGED, SET TABLESPACE name, SET ACCESS METHOD name; `target` is that text."""

    table: Name
    target: str


class Truncate(Operation):
    table: Name
    cascade: bool = False


class LockTable(Operation):
    table: Name
    mode: str
    """As PostgreSQL spells it: `ACCESS EXCLUSIVE`."""
    nowait: bool = False
