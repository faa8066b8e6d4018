"""Building an index on a partitioned table makes writes to every partition wait.

`CREATE INDEX` on the parent builds an index on each partition, all in one transaction: a `SHARE` lock on the parent and
on every partition, until the last row of the last one is indexed. The concurrent form does not exist for partitioned
tables.

Instead create the index on the parent alone (`CREATE INDEX ... ON ONLY parent`), which is not valid yet and takes a
moment; build one index per partition concurrently, each in a revision of its own; attach them with `ALTER INDEX parent
ATTACH PARTITION child`. With the last one the parent's index becomes valid.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import CreateIndex
from rules.rule import Bad, Fixes, Good, Rule

_EVENTS = """def upgrade() -> None:
    op.execute("CREATE TABLE events (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at)")
    op.execute("CREATE TABLE events_old PARTITION OF events FOR VALUES FROM ('2000-01-01') TO ('2025-01-01')")
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.PLAN,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.create_index("ix_events_at", "events", ["at"])


def downgrade() -> None:
    op.drop_index("ix_events_at", table_name="events")
""",
            before=_EVENTS,
        ),
        Good(
            """def upgrade() -> None:
    op.execute("CREATE INDEX ix_events_at ON ONLY events (at)")


def downgrade() -> None:
    op.execute("DROP INDEX ix_events_at")
""",
            before=_EVENTS,
            because="the index of the parent alone has no row to read",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE",
    ),
    known_as={"pg-migration-lint": ("PGM001",), "migrationpilot": ("MP092",)},
)


@rule.on(CreateIndex)
def check(op: CreateIndex, context: Context) -> Iterator[Finding]:
    if op.concurrently or op.only:
        return
    old = [name for name in _partitions(op.table, context) if not context.is_new(name)]
    if context.is_small(op.table) or context.are_small(old):
        return
    name = f"`{op.index}`" if op.index else "an index"
    yield rule.finding(
        op.place,
        f"Building {name} makes every write to `{op.table}` and to its partitions wait until all of them are indexed.",
        advice="Create it ON ONLY the parent, build one per partition concurrently, and attach them.",
    )


def _partitions(name: Name, context: Context) -> Iterator[Name]:
    """Those that hold rows, at any depth."""
    for partition in context.schema.partitions(name):
        if partition.partitioned:
            yield from _partitions(partition.name, context)
        else:
            yield partition.name
