"""Locks of changes to constraints. Source: https://www.postgresql.org/docs/current/sql-altertable.html"""

from __future__ import annotations

from collections.abc import Iterator

from rules.locking.facts import LockFact, Moment, takes
from rules.model import operations as model
from rules.model.columns import ForeignKey
from rules.model.names import Name
from rules.postgres.lock_modes import LockMode
from rules.schema import ConstraintKind, TableConstraint
from rules.schema.inheritance import partitions_with

_AE = LockMode.ACCESS_EXCLUSIVE
_SRE = LockMode.SHARE_ROW_EXCLUSIVE
NOT_VALID_ON_PARTITIONED_SINCE = 18
"""Before, a foreign key of a partitioned table cannot be NOT VALID. https://www.postgresql.org/docs/18/release-18.html"""
_HEIRS_TOO = 18
"""The first version that locks all that inherits for a constraint that is not inherited."""
_INHERITED = (ConstraintKind.CHECK, ConstraintKind.NOT_NULL)


@takes(model.AddForeignKey)
def add_foreign_key(operation: model.AddForeignKey, moment: Moment) -> Iterator[LockFact]:
    """A key that partitions have already is taken over from them; what guarded it there on the other side goes."""
    key = operation.constraint
    having, lacking = partitions_with(moment.schema, operation.table, key)
    scans = not key.not_valid and (bool(lacking) or not having)
    yield LockFact(_SRE, _looked_at(operation.table, moment), scans=scans)
    yield LockFact(_AE if having else _SRE, moment.partitions(key.target))


@takes(model.AddCheck)
def add_check(operation: model.AddCheck, moment: Moment) -> Iterator[LockFact]:
    alone = operation.constraint.no_inherit and moment.version < _HEIRS_TOO
    tables = (operation.table,) if alone else moment.below(operation.table)
    yield LockFact(_AE, tables, scans=not operation.constraint.not_valid)


def _looked_at(table: Name, moment: Moment) -> tuple[Name, ...]:
    """Heirs get no keys of their parent's; newer servers lock them all the same."""
    return moment.below(table) if moment.version >= _HEIRS_TOO else moment.partitions(table)


@takes(model.AddUnique)
def add_unique(operation: model.AddUnique, moment: Moment) -> Iterator[LockFact]:
    builds = operation.constraint.index is None
    yield from _index_built(operation.table, builds, moment)


def _index_built(table: Name, builds: bool, moment: Moment) -> Iterator[LockFact]:
    """Of a partitioned table, older servers build the partitions' indexes as CREATE INDEX does."""
    whole = moment.version >= _HEIRS_TOO
    yield LockFact(_AE, moment.below(table) if whole else (table,), scans=builds, builds=builds)
    if not whole:
        yield LockFact(LockMode.SHARE, moment.partitions(table)[1:], scans=builds, builds=builds)


@takes(model.AddPrimaryKey)
def add_primary_key(operation: model.AddPrimaryKey, moment: Moment) -> Iterator[LockFact]:
    key = operation.constraint
    builds = key.index is None
    scans = builds or any(_may_be_null(operation.table, column, moment) for column in _columns(operation, moment))
    yield LockFact(_AE, moment.below(operation.table), scans=scans, builds=builds)


def _columns(operation: model.AddPrimaryKey, moment: Moment) -> tuple[str, ...]:
    table = moment.schema.trace(operation.table)
    index = table.index(operation.constraint.index or "") if table is not None else None
    return tuple(column for column in index.columns if column is not None) if index is not None else ()


def _may_be_null(name: Name, column: str, moment: Moment) -> bool:
    table = moment.schema.trace(name)
    found = table.column(column) if table is not None else None
    return found is not None and found.nullable and not moment.schema.proves_not_null(name, column)


@takes(model.AddExclusion)
def add_exclusion(operation: model.AddExclusion, moment: Moment) -> Iterator[LockFact]:
    yield from _index_built(operation.table, True, moment)


@takes(model.AddNotNullConstraint)
def add_not_null(operation: model.AddNotNullConstraint, moment: Moment) -> Iterator[LockFact]:
    rule = operation.constraint
    table = moment.schema.trace(operation.table)
    column = table.column(rule.column) if table is not None else None
    already = column is not None and not column.nullable
    proven = already or moment.schema.proves_not_null(operation.table, rule.column)
    yield LockFact(_AE, moment.below(operation.table), scans=not (rule.not_valid or proven))


@takes(model.ValidateConstraint)
def validate(operation: model.ValidateConstraint, moment: Moment) -> Iterator[LockFact]:
    table = moment.schema.trace(operation.table)
    constraint = table.constraint(operation.name) if table is not None else None
    done = constraint is not None and constraint.validated
    tables = (operation.table,) if done else _concerned(constraint, operation.table, moment)
    yield LockFact(LockMode.SHARE_UPDATE_EXCLUSIVE, tables, scans=not done)
    if constraint is not None and not done and isinstance(constraint.definition, ForeignKey):
        yield LockFact(LockMode.ROW_SHARE, (constraint.definition.target,), scans=True)


@takes(model.DropConstraint)
def drop(operation: model.DropConstraint, moment: Moment) -> Iterator[LockFact]:
    table = moment.schema.trace(operation.table)
    constraint = table.constraint(operation.name) if table is not None else None
    missing = constraint is None and operation.if_exists and table is not None and table.created
    yield LockFact(_AE, (operation.table,) if missing else _concerned(constraint, operation.table, moment))
    if constraint is None:
        if operation.cascade and not missing:
            yield LockFact(_AE, moment.referrers(operation.table))
        return
    if isinstance(constraint.definition, ForeignKey):
        yield LockFact(_AE, moment.partitions(constraint.definition.target))
    elif operation.cascade and constraint.kind in (ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE):
        yield LockFact(_AE, moment.referrers(operation.table))


@takes(model.RenameConstraint)
def rename(operation: model.RenameConstraint, moment: Moment) -> Iterator[LockFact]:
    table = moment.schema.trace(operation.table)
    constraint = table.constraint(operation.name) if table is not None else None
    alone = constraint is not None and constraint.kind not in _INHERITED
    yield LockFact(_AE, (operation.table,) if alone else moment.below(operation.table))


def _concerned(constraint: TableConstraint | None, table: Name, moment: Moment) -> tuple[Name, ...]:
    """Heirs have their parent's checks; partitions have its keys too."""
    inherited = constraint is None or constraint.kind in _INHERITED
    return moment.below(table) if inherited else moment.partitions(table)


@takes(model.AlterDomain)
def alter_domain(operation: model.AlterDomain, moment: Moment) -> Iterator[LockFact]:
    """Every table with a column of the domain, or of one over it, is checked; NOT VALID checks none."""
    words = " ".join(operation.action.upper().split())
    adds = words.startswith("ADD") and not words.endswith("NOT VALID")
    if not (adds or words.startswith(("SET NOT NULL", "VALIDATE"))):
        return
    tables = {table.name.key: table.name for table, _ in moment.schema.columns_of_domain(operation.domain)}
    if tables:
        yield LockFact(LockMode.SHARE, tuple(tables.values()), scans=True)
