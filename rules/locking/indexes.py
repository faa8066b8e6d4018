"""Locks of indexes on their tables. Sources: https://www.postgresql.org/docs/current/sql-createindex.html,
https://www.postgresql.org/docs/current/sql-reindex.html"""

from __future__ import annotations

from collections.abc import Iterator

from rules.locking.facts import LockFact, Moment, takes
from rules.model import operations as model
from rules.model.names import Name
from rules.postgres.lock_modes import LockMode

_AE = LockMode.ACCESS_EXCLUSIVE
_SUE = LockMode.SHARE_UPDATE_EXCLUSIVE


@takes(model.CreateIndex)
def create(operation: model.CreateIndex, moment: Moment) -> Iterator[LockFact]:
    table = moment.schema.trace(operation.table)
    parent = operation.only and table is not None and (table.partitioned or len(moment.below(operation.table)) > 1)
    there = operation.if_not_exists and operation.index is not None and moment.schema.index(operation.index) is not None
    tables = (operation.table,) if operation.only else moment.partitions(operation.table)
    mode = _SUE if operation.concurrently else LockMode.SHARE
    builds = not (parent or there)
    yield LockFact(mode, tables, scans=builds, builds=builds)


def _owner(index: Name, moment: Moment) -> tuple[Name]:
    """The table of an index; the index itself where its table was never seen."""
    owner = moment.schema.index_owners.get(index.key)
    relation = moment.schema.relations.get(owner) or moment.schema.views.get(owner) if owner else None
    return (relation.name,) if relation is not None else (index,)


@takes(model.DropIndex)
def drop(operation: model.DropIndex, moment: Moment) -> Iterator[LockFact]:
    mode = _SUE if operation.concurrently else _AE
    (owner,) = _owner(operation.index, moment)
    yield LockFact(mode, moment.partitions(owner) if not operation.concurrently else (owner,))


@takes(model.Reindex)
def reindex(operation: model.Reindex, moment: Moment) -> Iterator[LockFact]:
    """The index is out of reach for readers too: whoever plans a query on the table opens it."""
    tables: tuple[Name, ...] = ()
    indexes: tuple[Name, ...] = ()
    if operation.kind == "INDEX":
        tables, indexes = _owner(operation.name, moment), (operation.name,)
    elif operation.kind == "TABLE":
        table = moment.schema.trace(operation.name)
        tables = moment.partitions(operation.name)
        indexes = tuple(index.name for index in table.indexes) if table is not None else ()
    else:
        chosen = [
            table
            for table in moment.schema.relations.values()
            if operation.kind != "SCHEMA" or table.name.key[0] == operation.name.name
        ]
        tables = tuple(table.name for table in chosen)
        indexes = tuple(index.name for table in chosen for index in table.indexes)
    if operation.concurrently:
        yield LockFact(_SUE, tables, scans=True, builds=True)
        return
    yield LockFact(LockMode.SHARE, tables, scans=True, builds=True)
    if indexes:
        yield LockFact(_AE, indexes)


@takes(model.AttachIndex)
def attach(operation: model.AttachIndex, moment: Moment) -> Iterator[LockFact]:
    yield LockFact(LockMode.ACCESS_SHARE, _owner(operation.index, moment))
    yield LockFact(LockMode.ACCESS_SHARE, _owner(operation.partition, moment))
