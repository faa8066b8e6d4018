"""Slow work is done while an earlier statement's lock makes others wait.

A lock is kept until the transaction ends. A statement that takes as long as a table is big (copying rows, building
another table's index, validating another table's constraint, reading a whole table, `pg_sleep`) therefore stretches
every lock that was taken before it: what would have been a moment lasts as long as the work.

Without `transaction_per_migration=True` in env.py all pending revisions are one transaction. Take the lock in one
revision, do the work in another.
"""

import re
from collections.abc import Iterator

from rules.context import Context, Step
from rules.locks import stands_for_itself
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import (
    Copy,
    CreateIndex,
    CreateObject,
    CreateTable,
    Insert,
    Kind,
    Maintenance,
    Operation,
    RefreshView,
    Select,
    ValidateConstraint,
)
from rules.postgres.lock_modes import LockMode
from rules.renames import Renames
from rules.rewriting.batches import recreating_batch
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.PLAN,
    fold=True,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))
    op.execute("CREATE TABLE archive AS SELECT * FROM orders")


def downgrade() -> None:
    op.drop_table("archive")
    op.drop_column("users", "phone")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("CREATE TABLE archive AS SELECT * FROM orders")


def downgrade() -> None:
    op.drop_table("archive")
""",
            because="no lock is held that anybody waits for",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES",
        "https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.environment.EnvironmentContext.configure",
    ),
    known_as={
        "eugene": ("E4",),
        "django-migration-linter": ("CREATE_INDEX_EXCLUSIVE",),
        "migrationpilot": ("MP008",),
        "pgfence": ("statement-after-access-exclusive", "wide-lock-window"),
    },
)

_BOUNDED = re.compile(r"\b(WHERE|LIMIT|FETCH|EXISTS)\b", re.IGNORECASE)


@rule.on(Insert, CreateTable, CreateObject, Copy, Select, Maintenance, RefreshView, ValidateConstraint, CreateIndex)
def check(op: Operation, context: Context) -> Iterator[Finding]:
    work = _slow(op, context)
    if work is None or _is_copied_by_batch(op, context):
        return
    what, own = work
    renames = Renames(context.transaction)
    for at, step in sorted(enumerate(context.transaction), key=lambda each: each[1].operation.statement.conditional):
        if isinstance(op, CreateIndex) and isinstance(step.operation, CreateIndex):
            continue  # `blocking-index-creation` takes both elsewhere
        present = ((name, renames.present(name, at)) for name in _locked(step, context))
        locked = [(name, now) for name, now in present if now and (own is None or now.key != own.key)]
        if locked:
            name, now = locked[0]
            waiting = "reads and writes" if _stops_reads(step, name, context) else "writes"
            elsewhere = f" of `{step.script.revision}`" if step.script is not context.script else ""
            yield rule.finding(
                op.place,
                f"While {what}, {waiting} of `{now}` wait: see line {step.operation.place.line}{elsewhere}.",
                advice="Do the slow work in a revision of its own, with `transaction_per_migration=True`.",
            )
            return


def _is_copied_by_batch(op: Operation, context: Context) -> bool:
    """`batch-table-recreation` says that everybody waits for it."""
    return recreating_batch(context.script.text, op.place) is not None


def _slow(op: Operation, context: Context) -> tuple[str, Name | None] | None:
    """What takes as long as a table is big, and the table whose own lock another rule speaks of."""
    match op:
        case Insert(rows=rows) if not rows.few and _busy(op.sources, context):
            return f"rows are copied into `{op.table}`", None
        case CreateTable() if _busy(op.sources, context):
            return f"`{op.table}` is filled", None
        case CreateObject(kind=Kind.MATERIALIZED_VIEW, populated=True) if _busy(op.reads, context):
            return f"`{op.name}` is filled", None
        case Copy(into=True):
            return f"`{op.table}` is filled", None
        case Copy() if context.is_in_use(op.table):
            return f"`{op.table}` is read", None
        case Select() if "pg_sleep" in op.functions:
            return "the migration sleeps", None
        case Select() if not _BOUNDED.search(op.sql) and _busy(op.sources, context):
            return f"`{op.sources[0]}` is read", None
        case Maintenance(verb="ANALYZE") if op.table is None or context.is_in_use(op.table):
            return f"`{op.table}` is analyzed" if op.table else "every table is analyzed", None
        case RefreshView(concurrently=True) if context.is_in_use(op.view):
            return f"`{op.view}` is refreshed", None
        case ValidateConstraint() if context.is_in_use(op.table):
            return f"`{op.name}` is validated", op.table
        case CreateIndex(concurrently=False) if context.is_in_use(op.table):
            return f"the index of `{op.table}` is built", op.table
    return None


def _busy(tables: tuple[Name, ...], context: Context) -> bool:
    return any(context.is_in_use(table) and not table.is_of_the_system for table in tables)


def _locked(step: Step, context: Context) -> list[Name]:
    """The tables that others use, small ones too, on which a step took a lock that makes them wait."""
    return [
        name
        for fact in step.locks
        if fact.mode.rank >= LockMode.SHARE.rank
        for name in fact.tables
        if not step.schema.is_new(name) and not stands_for_itself(step.operation, name)
    ]


def _stops_reads(step: Step, table: Name, context: Context) -> bool:
    return any(fact.mode is LockMode.ACCESS_EXCLUSIVE and table in fact.tables for fact in step.locks)
