"""What SQLite's ALTER TABLE refuses.

Sources: https://www.sqlite.org/lang_altertable.html (SQLite renames, adds a column, drops a column, and no more);
measured by the tests on the SQLite of Python's `sqlite3`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rules.model import operations as model
from rules.model.columns import Column, Generated, PrimaryKey, Unique
from rules.model.operations import Operation
from rules.schema import ConstraintKind, Table
from rules.schema.expressions import identifiers

_CONSTANT = re.compile(r"'(?:[^']|'')*'|[-+]?[\d.]+(?:e[-+]?\d+)?|x'[0-9a-f]*'|true|false|null", re.IGNORECASE)
NO_ALTER_OF_CONSTRAINTS = "No support for ALTER of constraints in SQLite"
"""Begins Alembic's own refusal, before anything is sent."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """`why` is a phrase. `when_empty`: also where the table has no row."""

    why: str
    when_empty: bool = True


def refusal(operation: Operation, table: Table | None) -> Refusal | None:
    """Why the statement fails; None where it passes. `table` is as it stands before it, as far as that is known."""
    match operation:
        case (
            model.AlterColumnType()
            | model.SetNotNull()
            | model.DropNotNull()
            | model.SetDefault()
            | model.DropDefault()
            | model.AlterColumnOther()
        ):
            return Refusal("it cannot alter a column")
        case (
            model.AddForeignKey()
            | model.AddCheck()
            | model.AddUnique()
            | model.AddPrimaryKey()
            | model.DropConstraint()
            | model.RenameConstraint()
        ):
            return Refusal("it cannot add or drop a constraint of a table that exists")
        case model.AddColumn(column=column):
            return _of_new_column(column)
        case model.DropColumn(column=name) if table is not None:
            return _of_dropped_column(name, table)
    return None


def _of_new_column(column: Column) -> Refusal | None:
    if any(isinstance(constraint, PrimaryKey | Unique) for constraint in column.constraints):
        return Refusal("a new column cannot be a key")
    if column.generated is Generated.STORED:
        return Refusal("a new column cannot be computed and stored", when_empty=False)
    if column.generated is None and not column.nullable and column.default is None:
        return Refusal("a NOT NULL column needs a default for the rows that are there", when_empty=False)
    if column.default is not None and not _CONSTANT.fullmatch(column.default):
        return Refusal("the default of a new column must be a constant", when_empty=False)
    return None


def _of_dropped_column(name: str, table: Table) -> Refusal | None:
    """A foreign key is in the way only where it does not stand in the column's definition, which nobody knows here."""
    for constraint in table.constraints:
        if constraint.kind in (ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE) and name in constraint.columns:
            return Refusal(f"`{name}` is part of a key")
    for index in table.indexes:
        if name in index.columns or any(name in identifiers(key.text) for key in index.keys):
            return Refusal(f"the index `{index.name}` is on `{name}`")
    return None
