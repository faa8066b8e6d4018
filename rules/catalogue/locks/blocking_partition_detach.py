"""Detaching a partition the plain way makes reads and writes of the whole partitioned table wait.

`DETACH PARTITION` takes an `ACCESS EXCLUSIVE` lock on the parent and on the partition. It holds it briefly, but while
it waits for one long query everybody who comes later waits behind it.

`DETACH PARTITION ... CONCURRENTLY` (PostgreSQL 14 or newer) waits without making others wait, and leaves a CHECK that
repeats the bounds on what was the partition. It cannot run inside a
transaction, and not while the parent has a DEFAULT partition. If it is interrupted the partition is half detached:
finish with `DETACH PARTITION ... FINALIZE`.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.operations import DetachPartition
from rules.rewriting import in_autocommit_block
from rules.rule import Bad, Fixes, Good, Rule
from rules.runner.timeouts import without_lock_timeout

CONCURRENT_SINCE = 14

_EVENTS = """def upgrade() -> None:
    op.execute("CREATE TABLE events (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at)")
    op.execute("CREATE TABLE events_old PARTITION OF events FOR VALUES FROM ('2000-01-01') TO ('2025-01-01')")
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.SUGGESTION,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("ALTER TABLE events DETACH PARTITION events_old")


def downgrade() -> None:
    op.execute("ALTER TABLE events ATTACH PARTITION events_old FOR VALUES FROM ('2000-01-01') TO ('2025-01-01')")
""",
            becomes="""def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE events DETACH PARTITION events_old CONCURRENTLY")


def downgrade() -> None:
    op.execute("ALTER TABLE events ATTACH PARTITION events_old FOR VALUES FROM ('2000-01-01') TO ('2025-01-01')")
""",
            before=_EVENTS,
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER TABLE events DETACH PARTITION events_old")


def downgrade() -> None:
    op.execute("ALTER TABLE events ATTACH PARTITION events_old FOR VALUES FROM ('2000-01-01') TO ('2025-01-01')")
""",
            before=_EVENTS + '    op.execute("CREATE TABLE events_rest PARTITION OF events DEFAULT")\n',
            because="with a DEFAULT partition the concurrent form is refused",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION",),
    known_as={
        "squawk": ("require-concurrent-partition-detach",),
        "pg-migration-lint": ("PGM004",),
        "migrationpilot": ("MP046",),
        "pgfence": ("detach-partition",),
    },
)


@rule.on(DetachPartition)
def check(op: DetachPartition, context: Context) -> Iterator[Finding]:
    if op.concurrently or op.finalize or context.server_version < CONCURRENT_SINCE or context.is_new(op.table):
        return
    if context.schema.default_partition(op.table) is not None:
        return
    yield rule.finding(
        op.place,
        f"Detaching `{op.partition}` makes reads and writes of `{op.table}` wait behind it until it gets its turn.",
        advice="Detach it concurrently, in `autocommit_block()`, as the only operation of its revision.",
        suggestion=_concurrently(op, context) if context.is_alone else None,
    )


def _concurrently(op: DetachPartition, context: Context) -> Suggestion | None:
    sql = (r'\bDETACH\s+PARTITION\s+[\w."]+(?=\s*(;\s*)?["\'])', r"\g<0> CONCURRENTLY")
    around = without_lock_timeout(context)
    return in_autocommit_block(context.script.text, op.statement, "Detach it concurrently", sql=sql, around=around)
