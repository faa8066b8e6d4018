"""A unique index of a partitioned table must contain the partition key.

Each partition has an index of its own, so PostgreSQL can only tell duplicates apart within one partition. Without every
column of the partition key in it the statement fails.

Include the key; or, if the value must be unique over all partitions, keep it unique in a table of its own.
"""

import re
from collections.abc import Iterator, Sequence

from rules.context import Context
from rules.model.columns import PrimaryKey, Unique
from rules.model.finding import Finding, Severity
from rules.model.operations import AddPrimaryKey, AddUnique, CreateIndex, CreateTable, Operation
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule

_EVENTS = """def upgrade() -> None:
    op.execute("CREATE TABLE events (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at)")


def downgrade() -> None:
    op.drop_table("events")
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.PLAN,
    downgrade=InDowngrade.LOWER,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.create_index("events_id", "events", ["id"], unique=True)


def downgrade() -> None:
    op.drop_index("events_id", table_name="events")
""",
            before=_EVENTS,
            fails="partition",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("CREATE TABLE readings (id bigint, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)")


def downgrade() -> None:
    op.drop_table("readings")
""",
            because="the key contains the partition key",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-LIMITATIONS",
    ),
    known_as={"migrationpilot": ("MP049",)},
)

_PLAIN_KEY = re.compile(r'\w+\s*\(\s*(?P<columns>"?\w+"?(?:\s*,\s*"?\w+"?)*)\s*\)\s*\Z')


@rule.on(CreateIndex)
def check_index(op: CreateIndex, context: Context) -> Iterator[Finding]:
    columns = [key.column for key in op.keys]
    if op.unique and not op.only and None not in columns:
        table = context.schema.trace(op.table)
        yield from _missing(op, table.partition_by if table else None, [column for column in columns if column])


@rule.on(AddUnique, AddPrimaryKey)
def check_constraint(op: AddUnique | AddPrimaryKey, context: Context) -> Iterator[Finding]:
    if op.constraint.index is None:
        table = context.schema.trace(op.table)
        yield from _missing(op, table.partition_by if table else None, op.constraint.columns)


@rule.on(CreateTable)
def check_table(op: CreateTable, context: Context) -> Iterator[Finding]:
    inline = (constraint for column in op.columns for constraint in column.constraints)
    for constraint in (*op.constraints, *inline):
        if isinstance(constraint, Unique | PrimaryKey):
            yield from _missing(op, op.partition_by, constraint.columns)


def _missing(op: Operation, partition_by: str | None, columns: Sequence[str]) -> Iterator[Finding]:
    key = _PLAIN_KEY.match(partition_by or "")
    if key is None or not columns:
        return
    wanted = [part.strip().strip('"') for part in key["columns"].split(",")]
    missing = [name for name in wanted if name not in columns]
    if missing:
        named = " and ".join(f"`{name}`" for name in missing)
        yield rule.finding(
            op.place,
            f"The table is partitioned by {named}: PostgreSQL refuses a unique index without it.",
            advice="Add the partition key to it.",
        )
