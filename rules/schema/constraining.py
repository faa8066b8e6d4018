"""A table with one constraint more or less; the index behind a key comes and goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from rules.model.columns import Check, Constraint, Exclusion, ForeignKey, NotNull, PrimaryKey, Unique
from rules.model.names import Name
from rules.model.operations import IndexKey
from rules.schema import naming
from rules.schema.edits import all_tables, kept, taken_in, with_column
from rules.schema.expressions import identifiers
from rules.schema.objects import ConstraintKind, Index, Origin, Table, TableConstraint

if TYPE_CHECKING:
    from rules.schema.schema import Schema


def constrained(schema: Schema, table: Table, constraint: Constraint, origin: Origin) -> Table:
    """The table with one constraint more, under the name that the server would give it."""
    match constraint:
        case PrimaryKey() | Unique():
            return _with_key(schema, table, constraint, origin)
        case ForeignKey():
            return _with_foreign_key(schema, table, constraint, origin)
        case Check():
            return _with_check(schema, table, constraint, origin)
        case Exclusion():
            return _with_exclusion(schema, table, constraint, origin)
        case NotNull():
            return _with_not_null(schema, table, constraint, origin)


def _chosen(schema: Schema, table: Table, columns: tuple[str, ...], label: str) -> str:
    known = {it.name for it in table.constraints} | {it.name.name for it in table.indexes}
    return naming.of_constraint(schema.dialect, table.name.name, columns, label, known, taken_in(schema, table))


def _with_key(schema: Schema, table: Table, key: PrimaryKey | Unique, origin: Origin) -> Table:
    primary = isinstance(key, PrimaryKey)
    kind = ConstraintKind.PRIMARY_KEY if primary else ConstraintKind.UNIQUE
    if key.index is not None:
        table, name, columns = _taken_over(table, key, origin)
    else:
        columns = key.columns
        name = key.name or _chosen(schema, table, columns, "pkey" if primary else "key")
        keys = tuple(IndexKey(column, column) for column in columns)
        index = Index(Name(name, table.name.schema), table.name, keys, unique=True, constraint=name, origin=origin)
        table = replace(table, indexes=(*table.indexes, index))
    if primary:
        for column in columns:
            table = with_column(table, column, lambda it: replace(it, nullable=False))
    added = TableConstraint(name, kind, columns, key, index=name, origin=origin)
    return replace(table, constraints=(*table.constraints, added))


def _taken_over(table: Table, key: PrimaryKey | Unique, origin: Origin) -> tuple[Table, str, tuple[str, ...]]:
    """USING INDEX: the index gets the constraint's name."""
    wanted = key.index or ""
    name = key.name or wanted
    found = table.index(wanted)
    if found is None:
        index = Index(Name(name, table.name.schema), table.name, unique=True, constraint=name, origin=origin)
        return replace(table, indexes=(*table.indexes, index)), name, ()
    owned = replace(found, name=Name(name, found.name.schema), constraint=name)
    columns = tuple(column for column in found.columns if column is not None)
    indexes = tuple(owned if index is found else index for index in table.indexes)
    return replace(table, indexes=indexes), name, columns


def _with_foreign_key(schema: Schema, table: Table, key: ForeignKey, origin: Origin) -> Table:
    name = key.name or _chosen(schema, table, key.columns, "fkey")
    if not key.target_columns:
        target = table if key.target.key == table.name.key else schema.relations.get(key.target.key)
        primary = target.primary_key if target else None
        key = replace(key, target_columns=primary.columns if primary else ())
    added = TableConstraint(
        name, ConstraintKind.FOREIGN_KEY, key.columns, key, validated=not key.not_valid, origin=origin
    )
    return replace(table, constraints=(*table.constraints, added))


def _with_check(schema: Schema, table: Table, check: Check, origin: Origin) -> Table:
    mentioned = identifiers(check.expression)
    columns = tuple(column.name for column in table.columns if column.name in mentioned)
    name = check.name or _chosen(schema, table, columns if len(columns) == 1 else (), "check")
    added = TableConstraint(name, ConstraintKind.CHECK, columns, check, validated=not check.not_valid, origin=origin)
    return replace(table, constraints=(*table.constraints, added))


def _with_exclusion(schema: Schema, table: Table, exclusion: Exclusion, origin: Origin) -> Table:
    mentioned = identifiers(exclusion.definition)
    columns = tuple(column.name for column in table.columns if column.name in mentioned)
    name = exclusion.name or naming.chosen(table.name.name, "_".join(columns), "excl", taken_in(schema, table))
    keys = tuple(IndexKey(column, column) for column in columns)
    words = exclusion.definition.split(None, 2)
    method = words[1].lower() if words[:1] and words[0].upper() == "USING" and len(words) > 1 else "btree"
    index = Index(Name(name, table.name.schema), table.name, keys, method=method, constraint=name, origin=origin)
    added = TableConstraint(name, ConstraintKind.EXCLUDE, columns, exclusion, index=name, origin=origin)
    return replace(table, constraints=(*table.constraints, added), indexes=(*table.indexes, index))


def _with_not_null(schema: Schema, table: Table, rule: NotNull, origin: Origin) -> Table:
    name = rule.name or naming.chosen(table.name.name, rule.column, "not_null", taken_in(schema, table))
    table = with_column(table, rule.column, lambda it: replace(it, nullable=False))
    added = TableConstraint(
        name, ConstraintKind.NOT_NULL, (rule.column,), rule, validated=not rule.not_valid, origin=origin
    )
    return replace(table, constraints=(*table.constraints, added))


def renamed(table: Table, name: str, new_name: str) -> Table:
    """A constraint and the index behind it, which always share their name."""
    constraints = tuple(
        replace(it, name=new_name, index=new_name if it.index else None) if it.name == name else it
        for it in table.constraints
    )
    indexes = tuple(
        replace(it, name=Name(new_name, it.name.schema), constraint=new_name) if it.constraint == name else it
        for it in table.indexes
    )
    return replace(table, constraints=constraints, indexes=indexes)


def unconstrained(table: Table, gone: TableConstraint) -> Table:
    return replace(
        table,
        constraints=kept(table.constraints, lambda it: it is not gone),
        indexes=kept(table.indexes, lambda it: gone.index is None or it.constraint != gone.name),
    )


def without_references(schema: Schema, target: Name, columns: tuple[str, ...] | None = None) -> Schema:
    """Without the foreign keys of other tables to a table, or to these columns of it."""

    def points_there(constraint: TableConstraint) -> bool:
        key = constraint.definition
        if not isinstance(key, ForeignKey) or key.target.key != target.key:
            return False
        return columns is None or set(key.target_columns) == set(columns)

    def change(table: Table) -> Table:
        if not any(points_there(constraint) for constraint in table.constraints):
            return table
        return replace(table, constraints=kept(table.constraints, lambda it: not points_there(it)))

    return all_tables(schema, change)
