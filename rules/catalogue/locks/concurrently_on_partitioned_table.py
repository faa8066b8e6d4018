"""PostgreSQL cannot build or drop an index of a partitioned table concurrently.

The statement fails, up to and including PostgreSQL 18. A partition itself can be indexed concurrently: create the
index `ON ONLY` the parent, build one per partition concurrently, and attach each with `ALTER INDEX parent ATTACH
PARTITION child`.

If the table is created by the same pull request nobody writes to it yet, and a plain `CREATE INDEX` is right.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.names import Name
from rules.model.operations import CreateIndex, DropIndex
from rules.rewriting import in_sql, without_keyword
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule

_EVENTS = """def upgrade() -> None:
    op.execute("CREATE TABLE events (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at)")
    op.execute("CREATE TABLE events_old PARTITION OF events FOR VALUES FROM ('2000-01-01') TO ('2025-01-01')")
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.BOTH,
    downgrade=InDowngrade.LOWER,
    examples=(
        Bad(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_events_at", "events", ["at"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("ix_events_at", table_name="events")
""",
            before=_EVENTS,
            fails="concurrently",
        ),
        Good(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_events_old_at", "events_old", ["at"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("ix_events_old_at", table_name="events_old")
""",
            before=_EVENTS,
            because="a single partition can be indexed concurrently",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",),
    known_as={"pg-migration-lint": ("PGM001",), "migrationpilot": ("MP092",)},
)


@rule.on(CreateIndex)
def check(op: CreateIndex, context: Context) -> Iterator[Finding]:
    if not op.concurrently or not _is_partitioned(op.table, context):
        return
    in_use = any(context.is_in_use(partition.name) for partition in context.schema.partitions(op.table))
    yield rule.finding(
        op.place,
        f"`{op.table}` is partitioned: PostgreSQL cannot build an index on it concurrently, the statement fails.",
        advice="Create it ON ONLY the parent, build one per partition concurrently, and attach them."
        if in_use
        else "Build it the plain way: nobody waits for long.",
        suggestion=_plain(op, context),
    )


@rule.on(DropIndex)
def check_drop(op: DropIndex, context: Context) -> Iterator[Finding]:
    index = context.schema.index(op.index)
    if op.concurrently and index is not None and _is_partitioned(index.table, context):
        yield rule.finding(
            op.place,
            f"`{index.table}` is partitioned: PostgreSQL cannot drop `{op.index}` concurrently, the statement fails.",
            advice="Drop it the plain way, with a lock timeout: everybody waits, for a moment.",
            suggestion=_plain(op, context),
        )


def _is_partitioned(table: Name, context: Context) -> bool:
    found = context.schema.trace(table)
    return found is not None and found.partitioned


def _plain(op: CreateIndex | DropIndex, context: Context) -> Suggestion | None:
    text = context.script.text
    if op.statement.cause.endswith("_index"):
        return without_keyword(text, op.statement, "postgresql_concurrently", "Leave `postgresql_concurrently` out")
    return in_sql(text, op.statement, r"(\bINDEX)\s+CONCURRENTLY\b", r"\1", "Leave CONCURRENTLY out")
