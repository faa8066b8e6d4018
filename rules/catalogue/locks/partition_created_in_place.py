"""Creating or dropping a partition in place makes reads and writes of the whole partitioned table wait for a moment.

`CREATE TABLE ... PARTITION OF` and `DROP TABLE` of a partition take an `ACCESS EXCLUSIVE` lock on the parent, and on
its DEFAULT partition. While they wait for one long query everybody who comes later waits behind them.

Created as a table of its own (`CREATE TABLE ... (LIKE parent INCLUDING ALL)`) and then attached, a partition asks for
less: `ATTACH PARTITION` lets reads and writes of the parent pass. To remove one, detach it concurrently and drop it
afterwards.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import CreateTable, DropTable
from rules.rule import Bad, Fixes, Good, Rule

_EVENTS = """def upgrade() -> None:
    op.execute("CREATE TABLE events (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at)")
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.PLAN,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("CREATE TABLE events_new PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")


def downgrade() -> None:
    op.drop_table("events_new")
""",
            before=_EVENTS,
        ),
        Good(
            """def upgrade() -> None:
    op.execute("CREATE TABLE events_new (LIKE events INCLUDING ALL)")
    op.execute("ALTER TABLE events ATTACH PARTITION events_new FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")


def downgrade() -> None:
    op.drop_table("events_new")
""",
            before=_EVENTS,
            because="attaching lets reads and writes of the parent pass",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/ddl-partitioning.html",),
)


@rule.on(CreateTable)
def check(op: CreateTable, context: Context) -> Iterator[Finding]:
    parent = op.partition_of
    if parent is not None and not context.is_new(parent):
        yield rule.finding(
            op.place,
            f"Creating `{op.table}` in place makes reads and writes of `{parent}` wait until the transaction ends.",
            advice=f"Create it LIKE `{parent}`, then attach it.",
        )


@rule.on(DropTable)
def check_drop(op: DropTable, context: Context) -> Iterator[Finding]:
    table = context.schema.table(op.table)
    parent = table.partition_of if table else None
    if parent is None or context.is_new(parent) or context.is_new(op.table):
        return
    if not any(other.table.key == parent.key for other in context.later(DropTable)):
        yield rule.finding(
            op.place,
            f"Dropping `{op.table}` makes reads and writes of `{parent}` wait until the transaction ends.",
            advice="Detach it concurrently first, then drop it.",
        )
