"""Attaching a partition reads all of its rows while everybody who uses it waits.

`ATTACH PARTITION` has to know that every row lies within the bounds. It reads the attached table under an `ACCESS
EXCLUSIVE` lock; if the parent has a DEFAULT partition it reads that one too, because rows there may belong to the new
one. Reads and writes of the parent pass.

The look is skipped where a **validated** CHECK implies the bounds: add it `NOT VALID`, validate it in the next
revision, attach, drop it. On the DEFAULT partition a CHECK that excludes the new bounds does the same.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.locking.tables import proves_outside, proves_within
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import AttachPartition, CreateTable
from rules.rule import Bad, Fixes, Good, Rule

_EVENTS = """def upgrade() -> None:
    op.execute("CREATE TABLE events (id bigint, at date NOT NULL) PARTITION BY RANGE (at)")
    op.execute("CREATE TABLE events_old (id bigint, at date NOT NULL)")
"""
_PROOF = """    op.create_check_constraint(
        "events_old_at", "events_old", "at >= '2020-01-01' AND at < '2025-01-01'"
    )
"""
_BOUNDS = "FOR VALUES FROM ('2020-01-01') TO ('2025-01-01')"

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.PLAN,
    size_bound=True,
    examples=(
        Bad(
            f"""def upgrade() -> None:
    op.execute("ALTER TABLE events ATTACH PARTITION events_old {_BOUNDS}")


def downgrade() -> None:
    op.execute("ALTER TABLE events DETACH PARTITION events_old")
""",
            before=_EVENTS,
        ),
        Good(
            f"""def upgrade() -> None:
    op.execute("ALTER TABLE events ATTACH PARTITION events_old {_BOUNDS}")
    op.drop_constraint("events_old_at", "events_old", type_="check")


def downgrade() -> None:
    op.execute("ALTER TABLE events DETACH PARTITION events_old")
    op.create_check_constraint("events_old_at", "events_old", "at >= '2020-01-01' AND at < '2025-01-01'")
""",
            before=_EVENTS + _PROOF,
            because="the validated CHECK implies the bounds, so no row is read",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE",
    ),
    known_as={"pg-migration-lint": ("PGM005",), "migrationpilot": ("MP072", "MP094"), "pgfence": ("attach-partition",)},
)


@rule.on(AttachPartition)
def check(op: AttachPartition, context: Context) -> Iterator[Finding]:
    if context.is_in_use(op.partition) and not proves_within(op.partition, op.table, op.bound, context.schema):
        yield rule.finding(
            op.place,
            f"Attaching `{op.partition}` reads each of its rows; whoever uses it directly waits until it is done.",
            advice="Add a CHECK that says the bounds, validate it, then attach.",
        )
    else:
        yield from _default(op, op.table, op.bound, context)


@rule.on(CreateTable)
def check_created(op: CreateTable, context: Context) -> Iterator[Finding]:
    match op:
        case CreateTable(partition_of=Name() as parent, partition_bound=str() as bound):
            yield from _default(op, parent, bound, context)


def _default(op: AttachPartition | CreateTable, parent: Name, bound: str, context: Context) -> Iterator[Finding]:
    """The DEFAULT partition may hold rows that belong to the new one."""
    default = context.schema.default_partition(parent)
    if default is None or not context.is_in_use(default.name):
        return
    if not proves_outside(default, parent, bound, context.schema):
        yield rule.finding(
            op.place,
            f"`{default.name}` may hold rows of the new partition: it is read, and whoever uses it waits.",
            advice=f"Add a CHECK to `{default.name}` that excludes the new bounds, validate it, then go on.",
        )
