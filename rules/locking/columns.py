"""Locks of changes to columns. Source: https://www.postgresql.org/docs/current/sql-altertable.html"""

from __future__ import annotations

from collections.abc import Iterator

from rules.locking.facts import LockFact, Moment, takes
from rules.model import operations as model
from rules.model.columns import Check, Column, DataType, ForeignKey, Generated, PrimaryKey, Unique
from rules.model.names import Name
from rules.postgres.lock_modes import LockMode
from rules.postgres.type_changes import TypeChange, casts_only, type_change
from rules.postgres.volatility import Volatility, volatility_of
from rules.schema import ConstraintKind, Index, Schema, Table, TableColumn
from rules.schema.expressions import identifiers

_AE = LockMode.ACCESS_EXCLUSIVE
_REWRITING = (Generated.STORED, Generated.SERIAL, Generated.IDENTITY_ALWAYS, Generated.IDENTITY_BY_DEFAULT)
_LIGHT_ACTIONS = ("SET STATISTICS", "SET (", "RESET (")
"""Of ALTER COLUMN: planner settings, under SHARE UPDATE EXCLUSIVE."""
_DOMAINS_FILL_SINCE = 13
"""Before that, a new column is NULL in the rows that are there, whatever default its domain has."""


@takes(model.AddColumn)
def add_column(operation: model.AddColumn, moment: Moment) -> Iterator[LockFact]:
    column, table = operation.column, moment.schema.trace(operation.table)
    if operation.if_not_exists and table is not None and table.column(column.name) is not None:
        yield LockFact(_AE, moment.below(operation.table))
        return
    default = default_of(column, moment.schema, moment.version)
    rewrites = _rewrites(column, default, moment.schema)
    filled = default is not None or column.generated is not None
    scans = not column.nullable and not filled
    builds = False
    for constraint in column.constraints:
        match constraint:
            case ForeignKey():
                yield LockFact(LockMode.SHARE_ROW_EXCLUSIVE, moment.partitions(constraint.target))
                scans = scans or column.default is not None  # a domain's counts for none: the key is not checked
            case Unique() | PrimaryKey():
                scans = builds = True
            case Check():
                scans = True
    yield LockFact(_AE, moment.below(operation.table), rewrites, scans, builds)


def _rewrites(column: Column, default: str | None, schema: Schema) -> bool:
    """Whether each row must be written to have the new column's value."""
    if column.generated in _REWRITING:
        return True
    if any(domain.constrained for domain in schema.domains_under(column.type)):
        return True
    return default is not None and default_volatility(default, schema) is Volatility.VOLATILE


def default_of(column: Column | TableColumn, schema: Schema, server_version: int) -> str | None:
    """What a column that is added holds in the rows that are there: its default, or that of the domain that it has.

    A domain over another one has taken that one's default over when it was created.
    """
    said = column.default is not None or column.generated is not None or getattr(column, "null_default", False)
    domains = schema.domains_under(column.type) if not said and server_version >= _DOMAINS_FILL_SINCE else ()
    return domains[0].default if domains else column.default


def default_volatility(expression: str, schema: Schema) -> Volatility:
    """With the functions that the history creates, as they were declared; one that nobody knows is volatile."""
    declared = {name: function.volatility for (_, name), function in schema.functions.items()}
    return volatility_of(expression, declared.get)


@takes(model.DropColumn)
def drop_column(operation: model.DropColumn, moment: Moment) -> Iterator[LockFact]:
    yield LockFact(_AE, moment.below(operation.table))
    table = moment.schema.trace(operation.table)
    if table is not None:
        yield from _other_ends(table, operation.column, moment)
        if operation.cascade:
            yield LockFact(_AE, moment.readers(operation.table))
            yield from _referring(operation.table, operation.column, moment)


def _other_ends(table: Table, column: str, moment: Moment) -> Iterator[LockFact]:
    """Dropping a foreign key, alone or with its column, takes the other table too."""
    for constraint in table.constraints_of(ConstraintKind.FOREIGN_KEY):
        if column in constraint.columns and isinstance(constraint.definition, ForeignKey):
            yield LockFact(_AE, moment.partitions(constraint.definition.target))


@takes(model.RenameColumn)
def rename_column(operation: model.RenameColumn, moment: Moment) -> Iterator[LockFact]:
    yield LockFact(_AE, moment.below(operation.table))


@takes(model.AlterColumnType)
def alter_type(operation: model.AlterColumnType, moment: Moment) -> Iterator[LockFact]:
    table = moment.schema.trace(operation.table)
    change = change_of_type(operation, moment)
    rewrites = change in (TypeChange.REWRITE, TypeChange.FAILS)
    checked = table is not None and any(
        operation.column in constraint.columns for constraint in table.constraints_of(ConstraintKind.CHECK)
    )
    builds = table is not None and not rewrites and bool(rebuilt_indexes(table, operation.column, change))
    scans = checked or builds
    yield LockFact(_AE, moment.below(operation.table), rewrites, scans or rewrites, builds)
    if table is not None:
        yield from _other_ends(table, operation.column, moment)
        yield from _referring(operation.table, operation.column, moment)


def _referring(table: Name, column: str, moment: Moment) -> Iterator[LockFact]:
    """The tables whose foreign keys point at a column."""
    for other, constraint in moment.schema.references_to(table):
        key = constraint.definition
        if isinstance(key, ForeignKey) and column in key.target_columns:
            yield LockFact(_AE, moment.partitions(other.name))


def type_before(operation: model.AlterColumnType, schema: Schema) -> DataType | None:
    """As the history has it, else as the call says; None where neither tells."""
    table = schema.trace(operation.table)
    column = table.column(operation.column) if table is not None else None
    for found in (column.type if column is not None else None, operation.existing_type):
        if found is not None and found.known:
            return found
    return None


def rebuilt_indexes(table: Table, column: str, change: TypeChange) -> tuple[Index, ...]:
    """Those that a change which keeps the table builds anew: the server does not look into expressions and predicates,
    so that an index with one is built again even where the type stays.

    https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/commands/indexcmds.c (CheckIndexCompatible)
    """
    return tuple(
        index
        for index in indexes_on(table, column)
        if index.predicate is not None
        or None in index.columns
        or (change is TypeChange.INDEXES and column in index.columns)
    )


def indexes_on(table: Table, column: str) -> tuple[Index, ...]:
    """Those that mention the column anywhere."""
    return tuple(
        index
        for index in table.indexes
        if column in (*index.columns, *index.include)
        or any(column in identifiers(key.text) for key in index.keys)
        or column in identifiers(index.predicate or "")
    )


def change_of_type(operation: model.AlterColumnType, moment: Moment) -> TypeChange:
    """What the change costs, domains resolved, USING and COLLATE weighed."""
    table = moment.schema.trace(operation.table)
    old, new = type_before(operation, moment.schema), operation.type
    if old is None:
        return TypeChange.REWRITE
    cast = operation.using is not None and casts_only(operation.using, operation.column)
    if operation.using is not None and not cast:
        return TypeChange.REWRITE
    target = moment.schema.domains_under(new)
    if target and old != new:
        if any(domain.constrained for domain in target):
            return TypeChange.REWRITE
        new = target[-1].base
    source = moment.schema.domains_under(old)
    if source and old != new:
        old = source[-1].base
        if old != new:
            return TypeChange.REWRITE
    change = type_change(old, new, utc=moment.utc and moment.version >= 12, cast=cast)
    before = table.column(operation.column) if table is not None else None
    compares_anew = before is not None and (before.collation or "default") != (operation.collation or "default")
    if change is TypeChange.FREE and compares_anew and (operation.collation or not target):
        return TypeChange.INDEXES
    return change


@takes(model.SetNotNull)
def set_not_null(operation: model.SetNotNull, moment: Moment) -> Iterator[LockFact]:
    table = moment.schema.trace(operation.table)
    column = table.column(operation.column) if table is not None else None
    already = column is not None and not column.nullable
    proven = moment.version >= 12 and moment.schema.proves_not_null(operation.table, operation.column)
    yield LockFact(_AE, moment.below(operation.table), scans=not (already or proven))


@takes(model.DropNotNull)
def drop_not_null(operation: model.DropNotNull, moment: Moment) -> Iterator[LockFact]:
    yield LockFact(_AE, moment.below(operation.table))


@takes(model.SetDefault)
def set_default(operation: model.SetDefault, moment: Moment) -> Iterator[LockFact]:
    yield LockFact(_AE, moment.below(operation.table))


@takes(model.DropDefault)
def drop_default(operation: model.DropDefault, moment: Moment) -> Iterator[LockFact]:
    yield LockFact(_AE, moment.below(operation.table))


@takes(model.AlterColumnOther)
def alter_column(operation: model.AlterColumnOther, moment: Moment) -> Iterator[LockFact]:
    action = " ".join(operation.action.upper().split())
    light = action.startswith(_LIGHT_ACTIONS)
    mode = LockMode.SHARE_UPDATE_EXCLUSIVE if light else _AE
    table = moment.schema.trace(operation.table)
    column = table.column(operation.column) if table is not None else None
    virtual = column is not None and column.generated is Generated.VIRTUAL
    rewrites = action.startswith("SET EXPRESSION") and not virtual
    yield LockFact(mode, moment.below(operation.table), rewrites, rewrites)
