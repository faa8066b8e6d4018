"""What a pull request changes in the models and its revisions do not do, and the other way round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rules.mapped.model import Mapped, MappedColumn, MappedTable, Reference
from rules.model.columns import ForeignKey
from rules.model.names import Name
from rules.model.operations import AddColumn
from rules.model.place import Place
from rules.schema import ConstraintKind, Schema, Table


@dataclass(frozen=True, slots=True)
class ModelChange:
    """`changes` are phrases: "adds the column `note`"."""

    table: Name
    place: Place
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnmappedColumn:
    """A column that a new revision adds, and the model of its table does not have."""

    operation: AddColumn
    model: MappedTable

    @property
    def place(self) -> Place:
        return self.operation.place


Change = tuple[Place, str]


def unfollowed(before: Mapped, after: Mapped, schema: Schema) -> Iterator[ModelChange]:
    """`schema` is what the database has once all revisions of the pull request have run.

    What a model lets go is no change: it is to go from the model first, and from the database in a later release.
    """
    is_known = any(schema.table(table.name) is not None for table in before.tables.values())
    for key, model in after.tables.items():
        table, earlier = schema.table(model.name), before.tables.get(key)
        if model.owned is False:
            continue
        if table is None:
            is_ours = model.owned is True or is_known
            if earlier is None and is_ours and not schema.unread and schema.trace(model.name) is None:
                yield ModelChange(model.name, model.place, (f"maps the new table `{model.name}`",))
        elif earlier is not None:
            changes = list(_changes(earlier, model, table))
            if changes:
                yield ModelChange(model.name, changes[0][0], tuple(dict.fromkeys(phrase for _, phrase in changes)))


def _changes(before: MappedTable, after: MappedTable, table: Table) -> Iterator[Change]:
    for column in after.columns:
        earlier = before.column(column.name)
        if earlier is None:
            if table.complete and table.column(column.name) is None:
                yield column.place, f"adds the column `{column.name}`"
        else:
            yield from _column_changes(earlier, column, table)
    yield from _orphans(before, after, table)
    if before.keys_whole and after.keys_whole and table.complete:
        yield from _key_changes(before, after, table)


def _column_changes(before: MappedColumn, after: MappedColumn, table: Table) -> Iterator[Change]:
    column = table.column(after.name)
    if column is None:
        return
    # The database must have what the model said before: otherwise the two are compared by different words.
    if before.type is not None and after.type is not None and str(column.type) == str(before.type) != str(after.type):
        yield after.place, f"makes `{after.name}` a `{after.type}`"
    if after.nullable is not None and column.nullable is before.nullable is not after.nullable:
        yield after.place, f"makes `{after.name}` {'nullable' if after.nullable else 'NOT NULL'}"


def _orphans(before: MappedTable, after: MappedTable, table: Table) -> Iterator[Change]:
    """Columns that the model no longer writes, and the database wants a value for."""
    for column in before.columns if after.whole else ():
        kept = table.column(column.name) if after.column(column.name) is None else None
        if kept is not None and not kept.nullable and kept.default is None and kept.generated is None:
            yield after.place, f"no longer writes `{column.name}`, which stays NOT NULL without a default"


def _key_changes(before: MappedTable, after: MappedTable, table: Table) -> Iterator[Change]:
    for columns in sorted(after.indexes - before.indexes - before.uniques):
        if not has_index(table, columns):
            yield after.place, f"adds an index on {_listed(columns)}"
    for columns in sorted(after.uniques - before.uniques):
        if not is_unique(table, columns):
            yield after.place, f"makes {_listed(columns)} unique"
    for reference in sorted(after.references - before.references, key=lambda each: each.columns):
        if not refers(table, reference):
            yield after.place, f"adds a foreign key from {_listed(reference.columns)} to `{reference.target[1]}`"


def has_index(table: Table, columns: tuple[str, ...]) -> bool:
    return any(index.columns[: len(columns)] == columns for index in table.indexes) or is_unique(table, columns)


def is_unique(table: Table, columns: Iterable[str]) -> bool:
    wanted = set(columns)
    kinds = (ConstraintKind.UNIQUE, ConstraintKind.PRIMARY_KEY)
    constraints = any(it.kind in kinds and set(it.columns) == wanted for it in table.constraints)
    return constraints or any(index.unique and set(index.columns) == wanted for index in table.indexes)


def refers(table: Table, reference: Reference) -> bool:
    return any(
        isinstance(it.definition, ForeignKey)
        and tuple(it.columns) == reference.columns
        and it.definition.target.key == reference.target
        for it in table.constraints
    )


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f"`{column}`" for column in columns)


def unmapped(after: Mapped, added: Iterable[AddColumn], schema: Schema) -> Iterator[UnmappedColumn]:
    """Of the tables whose models the pull request changes too: a revision that goes ahead of the models is its own."""
    for operation in added:
        model = after.tables.get(operation.table.key)
        table = schema.table(operation.table)
        if model is None or not model.whole or model.owned is False or table is None:
            continue
        if table.column(operation.column.name) is not None and model.column(operation.column.name) is None:
            yield UnmappedColumn(operation, model)
