"""Indexes: built, dropped, attached, rebuilt."""

from __future__ import annotations

from rules.model.frozen import Frozen
from rules.model.names import Name
from rules.model.operations.base import Operation


class IndexKey(Frozen):
    """One key of an index. `column` is None for an expression; `text` is the key as written."""

    text: str
    column: str | None = None
    operator_class: str | None = None


class CreateIndex(Operation):
    """`index` is None where the server picks the name."""

    index: Name | None
    table: Name
    keys: tuple[IndexKey, ...] = ()
    unique: bool = False
    concurrently: bool = False
    if_not_exists: bool = False
    only: bool = False
    method: str = "btree"
    predicate: str | None = None
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False


class DropIndex(Operation):
    """`table` is said by MySQL and MariaDB alone, where each table has names of its own for its indexes."""

    index: Name
    concurrently: bool = False
    if_exists: bool = False
    cascade: bool = False
    table: Name | None = None


class RenameIndex(Operation):
    """`table` as in `DropIndex`."""

    index: Name
    new_name: str
    table: Name | None = None


class AttachIndex(Operation):
    """ALTER INDEX parent ATTACH PARTITION index."""

    index: Name
    partition: Name


class Reindex(Operation):
    """`kind` is INDEX, TABLE, SCHEMA, DATABASE or SYSTEM."""

    kind: str
    name: Name
    concurrently: bool = False
