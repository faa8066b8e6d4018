"""Locks of what is neither table, column nor index: views, triggers, policies, comments, maintenance, rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.locking.facts import LockFact, Moment, takes
from rules.model import operations as model
from rules.model.names import Name
from rules.model.operations import Kind
from rules.postgres.lock_modes import LockMode

_AE = LockMode.ACCESS_EXCLUSIVE
_SUE = LockMode.SHARE_UPDATE_EXCLUSIVE
_AS = LockMode.ACCESS_SHARE
_LIGHT_ACTIONS = ("SET (", "RESET (", "CLUSTER ON", "SET WITHOUT CLUSTER")
_DEPENDENCIES = ("DEPENDS ON", "NO DEPENDS ON")
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
            tables = moment.partitions(operation.table) if _is_for_rows(operation.definition) else (operation.table,)
            yield LockFact(LockMode.SHARE_ROW_EXCLUSIVE, tables)
        case Kind.STATISTICS if operation.table is not None:
            yield LockFact(_SUE, (operation.table,))
        case Kind.POLICY | Kind.RULE if operation.table is not None:
            yield LockFact(_AE, (operation.table,))


@takes(model.DropObject)
def drop(operation: model.DropObject, moment: Moment) -> Iterator[LockFact]:
    if operation.table is not None and not _is_missing_trigger(operation, moment):
        yield LockFact(_AE, _with_copies(operation.kind, operation.name, operation.table, moment))
    elif operation.kind in _VIEWS:
        yield LockFact(_AE, (operation.name, *(moment.readers(operation.name) if operation.cascade else ())))
    elif operation.kind in (Kind.TYPE, Kind.DOMAIN) and operation.cascade:
        columns = moment.schema.columns_of_type(operation.name)
        tables = tuple({table.name.key: table.name for table, _ in columns}.values())
        if tables:
            yield LockFact(_AE, tables)
    elif operation.kind is Kind.SEQUENCE and operation.cascade:
        yield LockFact(_AE, tuple(_filled_by(operation.name, moment)))


def _filled_by(sequence: Name, moment: Moment) -> Iterator[Name]:
    """The tables with a column whose default goes with a sequence."""
    known = moment.schema.sequence(sequence)
    owner = known.owner[0].key if known is not None and known.owner is not None else None
    said = re.compile(rf"\bnextval\s*\(\s*'(\w+\.)?\"?{re.escape(sequence.name)}\"?'", re.IGNORECASE)
    for table in moment.schema.relations.values():
        if table.name.key == owner or any(said.search(column.default or "") for column in table.columns):
            yield table.name


def _is_for_rows(definition: str) -> bool:
    return re.search(r"\bFOR\s+(EACH\s+)?ROW\b", definition, re.IGNORECASE) is not None


def _with_copies(kind: Kind, name: Name, table: Name, moment: Moment) -> tuple[Name, ...]:
    """A trigger for each row is on every partition too."""
    known = moment.schema.trace(table)
    triggers = known.triggers if known is not None and kind is Kind.TRIGGER else ()
    copied = any(trigger.name == name.name and _is_for_rows(trigger.definition) for trigger in triggers)
    return moment.partitions(table) if copied else (table,)


def _is_missing_trigger(operation: model.DropObject, moment: Moment) -> bool:
    """IF EXISTS gives the table back where there is no such trigger for certain."""
    if operation.kind is not Kind.TRIGGER or not operation.if_exists or operation.table is None:
        return False
    table = moment.schema.table(operation.table)
    if table is None or moment.schema.unread:
        return False
    return all(trigger.name != operation.name.name for trigger in table.triggers)


@takes(model.RenameObject)
def rename(operation: model.RenameObject, moment: Moment) -> Iterator[LockFact]:
    if operation.table is not None:
        copies = _with_copies(operation.kind, operation.name, operation.table, moment)
        yield LockFact(_AE, copies if moment.version >= 15 else (operation.table,))
    elif operation.kind in _VIEWS:
        yield LockFact(_AE, (operation.name,))


@takes(model.AlterObject)
def alter(operation: model.AlterObject, _: Moment) -> Iterator[LockFact]:
    action = " ".join(operation.action.upper().split())
    light = operation.kind is Kind.MATERIALIZED_VIEW and action.startswith(_LIGHT_ACTIONS)
    if operation.table is not None and not action.startswith(_DEPENDENCIES):
        yield LockFact(_AE, (operation.table,))
    elif operation.kind in _VIEWS:
        yield LockFact(_SUE if light else _AE, (operation.name,))


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


def _row_locks(operation: model.Insert | model.Update | model.Delete) -> Iterator[LockFact]:
    yield LockFact(LockMode.ROW_EXCLUSIVE, (operation.table,))
    yield LockFact(LockMode.ROW_SHARE, operation.locked)
    yield LockFact(_AS, operation.sources)


@takes(model.Insert)
def insert(operation: model.Insert, _: Moment) -> Iterator[LockFact]:
    yield from _row_locks(operation)


@takes(model.Update)
def update(operation: model.Update, _: Moment) -> Iterator[LockFact]:
    yield from _row_locks(operation)


@takes(model.Delete)
def delete(operation: model.Delete, _: Moment) -> Iterator[LockFact]:
    yield from _row_locks(operation)


@takes(model.Copy)
def copy(operation: model.Copy, _: Moment) -> Iterator[LockFact]:
    yield LockFact(LockMode.ROW_EXCLUSIVE if operation.into else _AS, (operation.table,))


@takes(model.Select)
def select(operation: model.Select, _: Moment) -> Iterator[LockFact]:
    if operation.sources:
        yield LockFact(LockMode.ROW_SHARE if operation.locking else _AS, operation.sources)
