"""Locks of what is neither table, column nor index: views, triggers, policies, comments, maintenance, rows."""

from __future__ import annotations

from collections.abc import Iterator

from rules.locking.facts import LockFact, Moment, takes
from rules.model import operations as model
from rules.model.names import Name
from rules.model.operations import Kind
from rules.postgres.lock_modes import LockMode

_AE = LockMode.ACCESS_EXCLUSIVE
_SUE = LockMode.SHARE_UPDATE_EXCLUSIVE
_AS = LockMode.ACCESS_SHARE
_VIEWS = (Kind.VIEW, Kind.MATERIALIZED_VIEW)
_MAINTENANCE = {
    "VACUUM": (_SUE, False, True),
    "ANALYZE": (_SUE, False, False),
    "VACUUM FULL": (_AE, True, True),
    "CLUSTER": (_AE, True, True),
}
"""Verb -> mode, whether it rewrites, whether it scans."""


@takes(model.CreateObject)
def create(operation: model.CreateObject, moment: Moment) -> Iterator[LockFact]:
    match operation.kind:
        case Kind.VIEW | Kind.MATERIALIZED_VIEW:
            yield LockFact(_AS, operation.reads)
            if operation.replace and moment.schema.view(operation.name) is not None:
                yield LockFact(_AE, (operation.name,))
        case Kind.TRIGGER if operation.table is not None:
            yield LockFact(LockMode.SHARE_ROW_EXCLUSIVE, moment.below(operation.table))
        case Kind.POLICY | Kind.RULE if operation.table is not None:
            yield LockFact(_AE, (operation.table,))


@takes(model.DropObject)
def drop(operation: model.DropObject, moment: Moment) -> Iterator[LockFact]:
    if operation.table is not None:
        yield LockFact(_AE, (operation.table,))
    elif operation.kind in _VIEWS:
        yield LockFact(_AE, (operation.name,))
    elif operation.kind in (Kind.TYPE, Kind.DOMAIN) and operation.cascade:
        columns = moment.schema.columns_of_type(operation.name)
        tables = tuple({table.name.key: table.name for table, _ in columns}.values())
        if tables:
            yield LockFact(_AE, tables)


@takes(model.RenameObject)
def rename(operation: model.RenameObject, _: Moment) -> Iterator[LockFact]:
    if operation.kind in _VIEWS:
        yield LockFact(_AE, (operation.name,))


@takes(model.MoveObject)
def move(operation: model.MoveObject, _: Moment) -> Iterator[LockFact]:
    if operation.kind is None or operation.kind in _VIEWS:
        yield LockFact(_AE, (operation.name,))


@takes(model.RefreshView)
def refresh(operation: model.RefreshView, moment: Moment) -> Iterator[LockFact]:
    mode = LockMode.EXCLUSIVE if operation.concurrently else _AE
    yield LockFact(mode, (operation.view,), rewrites=not operation.concurrently)
    view = moment.schema.view(operation.view)
    if view is not None and operation.with_data:
        yield LockFact(_AS, view.reads)


@takes(model.CommentOn)
def comment(operation: model.CommentOn, _: Moment) -> Iterator[LockFact]:
    if operation.kind in ("TABLE", "COLUMN", "VIEW", "MATERIALIZED VIEW"):
        yield LockFact(_SUE, (operation.name,))


@takes(model.Maintenance)
def maintain(operation: model.Maintenance, moment: Moment) -> Iterator[LockFact]:
    known = _MAINTENANCE.get(operation.verb)
    if known is not None:
        mode, rewrites, scans = known
        tables = moment.below(operation.table) if operation.table is not None else ()
        yield LockFact(mode, tables, rewrites, scans)


def _row_locks(table: Name, sources: tuple[Name, ...]) -> Iterator[LockFact]:
    yield LockFact(LockMode.ROW_EXCLUSIVE, (table,))
    if sources:
        yield LockFact(_AS, sources)


@takes(model.Insert)
def insert(operation: model.Insert, _: Moment) -> Iterator[LockFact]:
    yield from _row_locks(operation.table, operation.sources)


@takes(model.Update)
def update(operation: model.Update, _: Moment) -> Iterator[LockFact]:
    yield from _row_locks(operation.table, operation.sources)


@takes(model.Delete)
def delete(operation: model.Delete, _: Moment) -> Iterator[LockFact]:
    yield from _row_locks(operation.table, operation.sources)


@takes(model.Copy)
def copy(operation: model.Copy, _: Moment) -> Iterator[LockFact]:
    yield LockFact(LockMode.ROW_EXCLUSIVE if operation.into else _AS, (operation.table,))


@takes(model.Select)
def select(operation: model.Select, _: Moment) -> Iterator[LockFact]:
    if operation.sources:
        yield LockFact(LockMode.ROW_SHARE if operation.locking else _AS, operation.sources)
