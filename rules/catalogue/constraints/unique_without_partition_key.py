"""A unique index of a partitioned table must contain the partition key.

Each partition has an index of its own, so PostgreSQL can only tell duplicates apart within one partition. Without every
column of the partition key in it the statement fails, and always where the table is partitioned by an expression.

Include the key; or, if the value must be unique over all partitions, keep it unique in a table of its own.
"""

from collections.abc import Iterator, Sequence

from rules.context import Context
from rules.model.columns import PrimaryKey, Unique
from rules.model.finding import Finding, Severity
from rules.model.operations import AddColumn, AddPrimaryKey, AddUnique, CreateIndex, CreateTable, Operation
from rules.reading.sql.indexes import partition_key
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


@rule.on(CreateIndex)
def check_index(op: CreateIndex, context: Context) -> Iterator[Finding]:
    table = context.schema.trace(op.table)
    if op.unique and table is not None:
        yield from _missing(op, table.partition_by, [key.column for key in op.keys])


@rule.on(AddUnique, AddPrimaryKey, AddColumn)
def check_constraint(op: AddUnique | AddPrimaryKey | AddColumn, context: Context) -> Iterator[Finding]:
    table = context.schema.trace(op.table)
    if table is not None:
        for key in _keys_of(op):
            yield from _missing(op, table.partition_by, key.columns)


@rule.on(CreateTable)
def check_table(op: CreateTable, context: Context) -> Iterator[Finding]:
    for key in _keys_of(op):
        yield from _missing(op, op.partition_by, key.columns)
    parent = context.schema.trace(op.partition_of) if op.partition_of else None
    for index in parent.indexes if parent else ():
        if index.unique:
            yield from _missing(op, op.partition_by, index.columns)


def _keys_of(op: Operation) -> Iterator[PrimaryKey | Unique]:
    constraints: tuple[object, ...] = ()
    match op:
        case AddUnique() | AddPrimaryKey():
            constraints = (op.constraint,)
        case AddColumn():
            constraints = op.column.constraints
        case CreateTable():
            constraints = (*op.constraints, *(each for column in op.columns for each in column.constraints))
    return (each for each in constraints if isinstance(each, PrimaryKey | Unique))


def _missing(op: Operation, partition_by: str | None, columns: Sequence[str | None]) -> Iterator[Finding]:
    """`columns` has None for an expression; it is empty where an index is taken over: nothing is known of it then."""
    if partition_by is None or not columns:
        return
    key = partition_key(partition_by)
    missing = [f"`{name}`" for name in key if name not in columns]
    if None in key:
        yield rule.finding(
            op.place,
            "The table is partitioned by an expression: PostgreSQL refuses any unique index on it.",
            advice="Make each partition's own index unique instead.",
        )
    elif missing:
        yield rule.finding(
            op.place,
            f"The table is partitioned by {' and '.join(missing)}: PostgreSQL refuses a unique index without it.",
            advice="Add the partition key to it.",
        )
