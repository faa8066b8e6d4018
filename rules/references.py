"""Foreign keys against the tables they join, as the replayed schema knows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rules.context import Context
from rules.model.columns import Column, DataType, ForeignKey, PrimaryKey, Unique
from rules.model.finding import Suggestion
from rules.model.names import Name
from rules.model.operations import AddColumn, AddForeignKey, CreateTable, Operation
from rules.rewriting import retyped_column
from rules.schema import Table, TableColumn

KEYED = (AddForeignKey, CreateTable, AddColumn)
"""The operations that may carry a foreign key."""


@dataclass(frozen=True, slots=True)
class Join:
    """One foreign key of an operation. `columns` are the referencing ones with their types, None where unknown."""

    table: Name
    key: ForeignKey
    columns: tuple[DataType | None, ...]
    target: Table | None


def joins_of(op: AddForeignKey | CreateTable | AddColumn, context: Context) -> Iterator[Join]:
    """The foreign keys that an operation adds."""
    for key in keys_of(op):
        columns = tuple(_type_of(name, op, context) for name in key.columns)
        yield Join(op.table, key, columns, _target(key, op, context))


def keys_of(op: Operation) -> tuple[ForeignKey, ...]:
    carried: tuple[object, ...] = ()
    match op:
        case AddForeignKey():
            carried = (op.constraint,)
        case CreateTable():
            carried = (*op.constraints, *(constraint for column in op.columns for constraint in column.constraints))
        case AddColumn():
            carried = op.column.constraints
    return tuple(key for key in carried if isinstance(key, ForeignKey))


def target_columns(join: Join) -> tuple[TableColumn, ...] | None:
    """The referenced columns (the primary key where none are named); None where one of them is unknown."""
    if join.target is None:
        return None
    names = join.key.target_columns
    if not names and join.target.primary_key is not None:
        names = join.target.primary_key.columns
    found = [join.target.column(name) for name in names]
    known = tuple(column for column in found if column is not None)
    return known if known and len(known) == len(found) else None


def with_type_of_the_key(
    op: AddForeignKey | CreateTable | AddColumn, name: str, types: tuple[DataType, DataType], context: Context
) -> Suggestion | None:
    """The column declared with the key's type, where this revision brings the column. `types`: its own, the key's."""
    if not isinstance(op, AddForeignKey):
        declaring: Operation | None = op
    else:
        declaring = next((each for each in context.earlier(Operation) if _declares(each, op, name)), None)
    if declaring is None:
        return None
    title = f"Give `{name}` the type of the key"
    return retyped_column(context.script.text, declaring.statement, name, types, title)


def _declares(earlier: Operation, op: AddForeignKey, name: str) -> bool:
    if not isinstance(earlier, AddColumn | CreateTable):
        return False
    columns = (earlier.column,) if isinstance(earlier, AddColumn) else earlier.columns
    return earlier.table.key == op.table.key and any(column.name == name for column in columns)


def _target(key: ForeignKey, op: Operation, context: Context) -> Table | None:
    """The referenced table if its creation was seen whole; a table that references itself is not looked at."""
    table = context.schema.table(key.target)
    if table is None or not table.complete or (isinstance(op, CreateTable) and op.table.key == key.target.key):
        return None
    return table


def _type_of(name: str, op: AddForeignKey | CreateTable | AddColumn, context: Context) -> DataType | None:
    declared: tuple[Column, ...] = ()
    match op:
        case CreateTable():
            declared = op.columns
        case AddColumn():
            declared = (op.column,)
    for column in declared:
        if column.name == name:
            return column.type if column.type.known else None
    table = context.schema.trace(op.table)
    found = table.column(name) if table else None
    return found.type if found is not None and found.type.known else None


def is_unique(table: Table, names: tuple[str, ...]) -> bool:
    """Whether a primary key, a unique constraint or a plain unique index covers exactly these columns.

    A deferrable constraint does not count: PostgreSQL refuses a foreign key to it (55000), and its index is no other.
    """
    wanted = set(names)
    deferrable = set()
    for constraint in table.constraints:
        match constraint.definition:
            case Unique(deferrable=True) | PrimaryKey(deferrable=True):
                deferrable.add(constraint.name)
            case PrimaryKey() | Unique() if set(constraint.columns) == wanted:
                return True
    return any(
        index.unique and index.predicate is None and None not in index.columns and set(index.columns) == wanted
        for index in table.indexes
        if index.constraint not in deferrable
    )
