"""What one statement means for MySQL or MariaDB: which algorithm, who waits; or that nobody here knows it."""

from __future__ import annotations

from collections.abc import Sequence

from rules.context import Step
from rules.model.locks import Blocks, Growth, LockMoment, LockRow, Waiting, Work
from rules.model.names import Name
from rules.model.operations import (
    AddForeignKey,
    AddUnique,
    CreateIndex,
    CreateTable,
    Direction,
    DropTable,
    Harmless,
    Insert,
    LockTable,
    Opaque,
    OpaqueKind,
    Operation,
    Raises,
    Rows,
    Setting,
    TransactionControl,
    Truncate,
)
from rules.mysql.algorithms import Algorithm, Lock, Online
from rules.mysql.online import alters
from rules.online import online
from rules.settings import Statistics

_WAITING = {Lock.NONE: Blocks.OTHER_ALTERS, Lock.SHARED: Blocks.WRITES, Lock.EXCLUSIVE: Blocks.READS_AND_WRITES}
_BUILDING = (CreateIndex, AddUnique, AddForeignKey)
_QUIET = (CreateTable, Harmless, Setting, TransactionControl, Raises)
"""They make nobody wait. What could not be read, the report names beside."""


def online_moment(
    steps: tuple[Step, ...], before: Sequence[Step], direction: Direction, statistics: Statistics | None
) -> LockMoment | None:
    """Of one statement, which commits by itself; None where nobody waits."""
    operations = [step.operation for step in steps]
    if all(map(_is_quiet, operations)):
        return None
    first = steps[0]
    tables = tuple(dict.fromkeys(name for step in steps for name in _old(step)))
    if not tables and all(map(_is_about_a_table, operations)):
        return None
    statement, revision = first.operation.statement, first.script.revision
    blank = LockMoment(statement.place, revision, direction, statement.sql, (), (), known=False)
    said = _said(operations, before, first)
    if said is None:
        return blank
    lock, blocks, work = said
    names = tuple(map(str, tables))
    size = statistics.of(tables[0]) if statistics is not None and len(tables) == 1 else None
    row = LockRow(
        blank.place,
        revision,
        direction,
        blank.sql,
        lock,
        names,
        blocks,
        rewrites=work is Work.REWRITTEN,
        scans=work is Work.INDEXED,
        growth=Growth.CONSTANT if work is Work.NONE else work.growth,
        size=size,
    )
    waiting = tuple(Waiting(name, blocks, blank.place, revision) for name in names)
    works_on = names if work is not Work.NONE else ()
    return LockMoment(blank.place, revision, direction, blank.sql, (row,), waiting, work, works_on, size=size)


def _is_quiet(operation: Operation) -> bool:
    if isinstance(operation, Opaque):
        return operation.kind is not OpaqueKind.STATEMENT
    return isinstance(operation, _QUIET) or (isinstance(operation, Insert) and operation.rows is Rows.CONSTANT)


def _is_about_a_table(operation: Operation) -> bool:
    return isinstance(getattr(operation, "table", None), Name)


def _old(step: Step) -> tuple[Name, ...]:
    """The table that stands before the pull request; nobody waits for one that it makes."""
    name = getattr(step.operation, "table", None)
    return (name,) if isinstance(name, Name) and not step.schema.is_new(name) else ()


def _said(operations: Sequence[Operation], before: Sequence[Step], at: Step) -> tuple[str, Blocks, Work] | None:
    match operations[0]:
        case DropTable() | Truncate():
            return "metadata lock", Blocks.READS_AND_WRITES, Work.NONE
        case LockTable(mode=mode):
            blocks = Blocks.READS_AND_WRITES if "WRITE" in mode else Blocks.WRITES
            return f"LOCK TABLES {mode}", blocks, Work.NONE
    found = online(operations, before, at) if all(map(alters, operations)) else None
    if found is None:
        return None
    if found.algorithm is Algorithm.INSTANT:
        return "ALGORITHM=INSTANT", Blocks.READS_AND_WRITES, Work.NONE
    return f"ALGORITHM={found.algorithm}, LOCK={found.lock}", _WAITING[found.lock], _work(found, operations)


def _work(found: Online, operations: Sequence[Operation]) -> Work:
    if found.rebuilds:
        return Work.REWRITTEN
    return Work.INDEXED if any(isinstance(it, _BUILDING) for it in operations) else Work.NONE
