"""Locks of changes to whole tables. Source: https://www.postgresql.org/docs/current/sql-altertable.html"""

from __future__ import annotations

from collections.abc import Iterator

from rules.locking.facts import LockFact, Moment, takes
from rules.model import operations as model
from rules.model.columns import ForeignKey
from rules.model.names import Name
from rules.postgres.lock_modes import LockMode
from rules.schema import Schema, Table

_AE = LockMode.ACCESS_EXCLUSIVE
_SUE = LockMode.SHARE_UPDATE_EXCLUSIVE
_SRE = LockMode.SHARE_ROW_EXCLUSIVE
_LIGHT_ACTIONS = ("SET (", "RESET (", "CLUSTER ON", "SET WITHOUT CLUSTER")


@takes(model.CreateTable)
def create(operation: model.CreateTable, moment: Moment) -> Iterator[LockFact]:
    """The new table is nobody's yet; the tables that it refers to are. One that is there already is left alone."""
    if operation.if_not_exists and moment.schema.table(operation.table) is not None:
        return
    constraints = [*operation.constraints, *(it for column in operation.columns for it in column.constraints)]
    for constraint in constraints:
        if isinstance(constraint, ForeignKey) and constraint.target.key != operation.table.key:
            yield LockFact(_SRE, moment.partitions(constraint.target))
    if operation.inherits:
        yield LockFact(_SUE, operation.inherits)
    if operation.like is not None:
        yield LockFact(LockMode.ACCESS_SHARE, (operation.like,))
    if operation.partition_of is not None:
        parent = moment.schema.trace(operation.partition_of)
        yield LockFact(_AE, (operation.partition_of,))
        yield from _default_partition(operation.partition_of, operation.partition_bound or "", moment)
        yield LockFact(_SRE, moment.targets(parent))
        yield LockFact(_SRE, moment.referrers(operation.partition_of) if moment.version >= 15 else ())


def _default_partition(parent: Name, bound: str, moment: Moment) -> Iterator[LockFact]:
    """A new partition takes rows' places away from the default one, which is read through for such rows."""
    default = moment.schema.default_partition(parent)
    if default is not None and bound.upper() != "DEFAULT":
        yield LockFact(_AE, (default.name,), scans=not proves_outside(default, parent, bound, moment.schema))


@takes(model.DropTable)
def drop(operation: model.DropTable, moment: Moment) -> Iterator[LockFact]:
    table = moment.schema.trace(operation.table)
    tables = moment.below(operation.table)
    yield LockFact(_AE, tables)
    for name in tables:
        yield LockFact(_AE, moment.targets(moment.schema.trace(name)))
    if table is not None and table.partition_of is not None:
        yield LockFact(_AE, (table.partition_of, *_default_of(table, moment)))
    if operation.cascade:
        yield LockFact(_AE, (*moment.referrers(operation.table), *moment.readers(operation.table)))


def _default_of(table: Table, moment: Moment) -> tuple[Name, ...]:
    default = moment.schema.default_partition(table.partition_of) if table.partition_of is not None else None
    return (default.name,) if default is not None and default.name.key != table.name.key else ()


@takes(model.RenameTable)
def rename(operation: model.RenameTable, moment: Moment) -> Iterator[LockFact]:
    if operation.table.key not in moment.schema.index_owners:
        yield LockFact(_AE, (operation.table,))


@takes(model.AlterTableOther)
def other(operation: model.AlterTableOther, moment: Moment) -> Iterator[LockFact]:
    action = " ".join(operation.action.upper().split())
    words = action.split()
    if action.startswith(_LIGHT_ACTIONS) and "USER_CATALOG_TABLE" not in action:
        yield LockFact(_SUE, (operation.table,))
    elif words[:1] == ["ENABLE"] and words[2:3] == ["TRIGGER"]:
        yield LockFact(_SRE, moment.partitions(operation.table))
    elif words[0] == "INHERIT":
        yield LockFact(_AE, (operation.table,))
        yield LockFact(_SUE, (_last_name(operation.action),))
    elif words[:2] == ["NO", "INHERIT"]:
        yield LockFact(_AE, (operation.table,))
        yield LockFact(LockMode.ACCESS_SHARE, (_last_name(operation.action),))
    else:
        yield LockFact(_AE, (operation.table,))


def _last_name(action: str) -> Name:
    parts = action.split()[-1].replace('"', "").split(".")
    return Name(parts[-1], parts[-2] if len(parts) > 1 else None)


@takes(model.AttachPartition)
def attach(operation: model.AttachPartition, moment: Moment) -> Iterator[LockFact]:
    yield LockFact(_SUE, (operation.table,))
    within = proves_within(operation.partition, operation.table, operation.bound, moment.schema)
    yield LockFact(_AE, (operation.partition,), scans=not within)
    yield from _default_partition(operation.table, operation.bound, moment)
    yield LockFact(_SRE, moment.targets(moment.schema.trace(operation.table)))


def proves_within(partition: Name, parent: Name, bound: str, schema: Schema) -> bool:
    """Whether validated CHECKs say the bounds, so that no row is read."""
    from rules.schema.bounds import within_bounds  # here, since few histories need sqlglot and it takes long to load

    table, above = schema.trace(partition), schema.trace(parent)
    return table is not None and above is not None and within_bounds(table, above, bound, schema)


def proves_outside(default: Table, parent: Name, bound: str, schema: Schema) -> bool:
    """Whether validated CHECKs of the DEFAULT partition keep its rows out of the bounds, so that none is read."""
    from rules.schema.bounds import outside_bounds

    above = schema.trace(parent)
    return above is not None and outside_bounds(default, above, bound)


@takes(model.DetachPartition)
def detach(operation: model.DetachPartition, moment: Moment) -> Iterator[LockFact]:
    if operation.concurrently or operation.finalize:
        yield LockFact(_SUE, (operation.table,))
        yield LockFact(_AE, (operation.partition,))
        return
    table = moment.schema.trace(operation.partition)
    default = _default_of(table, moment) if table is not None else ()
    yield LockFact(_AE, (operation.table, *default))
    yield LockFact(_AE if moment.version >= 14 else _SUE, (operation.partition,))


@takes(model.SetStorage)
def set_storage(operation: model.SetStorage, moment: Moment) -> Iterator[LockFact]:
    rewrites = not moment.schema.is_stored_so(operation.table, operation.target)
    yield LockFact(_AE, (operation.table,), rewrites)


@takes(model.Truncate)
def truncate(operation: model.Truncate, moment: Moment) -> Iterator[LockFact]:
    yield LockFact(_AE, moment.below(operation.table))
    if operation.cascade:
        yield LockFact(_AE, _all_referrers(operation.table, moment))


def _all_referrers(name: Name, moment: Moment) -> tuple[Name, ...]:
    """The tables that are emptied along: those that refer to it, those that refer to them, and so on."""
    return moment.following(name, moment.referrers)


@takes(model.LockTable)
def lock(operation: model.LockTable, moment: Moment) -> Iterator[LockFact]:
    """Of a view, what it reads is locked too."""
    yield LockFact(LockMode(operation.mode), (*moment.below(operation.table), *moment.read_by(operation.table)))


@takes(model.SetTrigger)
def set_trigger(operation: model.SetTrigger, moment: Moment) -> Iterator[LockFact]:
    yield LockFact(_SRE, moment.partitions(operation.table))
