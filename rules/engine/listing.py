"""What new revisions send and which locks that takes: listed, not judged."""

from __future__ import annotations

from collections.abc import Iterable

from rules.context import Step
from rules.locks import LockFact
from rules.model.operations import Direction, Opaque, Statement
from rules.model.review import LockRow, StatementLine, UnreadPlace
from rules.model.script import MigrationScript


def statements_of(script: MigrationScript, direction: Direction = Direction.UPGRADE) -> tuple[StatementLine, ...]:
    """The statements of one direction, as Alembic prints them."""
    return tuple(
        StatementLine(
            script.revision,
            script.path,
            direction,
            statement.sql,
            statement.place.line,
            statement.transactional,
            statement.conditional,
        )
        for statement in script.statements(direction)
        if statement.sql
    )


def unread_of(script: MigrationScript) -> tuple[UnreadPlace, ...]:
    return tuple(
        UnreadPlace(operation.place, script.revision, direction, operation.reason)
        for direction in Direction
        for operation in script.operations(direction)
        if isinstance(operation, Opaque)
    )


def lock_rows(steps: Iterable[Step], direction: Direction) -> tuple[LockRow, ...]:
    """One row per statement and lock mode, in the order of the statements."""
    rows: dict[tuple[int, str], LockRow] = {}
    for step in steps:
        statement = step.operation.statement
        for fact in step.locks:
            key = (id(statement), str(fact.mode))
            rows[key] = _row(fact, statement, step, direction, rows.get(key))
    return tuple(rows.values())


def _row(fact: LockFact, statement: Statement, step: Step, direction: Direction, earlier: LockRow | None) -> LockRow:
    tables = dict.fromkeys((*(earlier.tables if earlier else ()), *(str(table) for table in fact.tables)))
    return LockRow(
        statement.place,
        step.script.revision,
        direction,
        statement.sql,
        str(fact.mode),
        tuple(tables),
        fact.blocks,
        rewrites=fact.rewrites or (earlier is not None and earlier.rewrites),
        scans=fact.scans or (earlier is not None and earlier.scans),
    )
