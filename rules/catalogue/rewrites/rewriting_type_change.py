"""Changing a column's type usually writes the whole table anew while everybody waits.

`ALTER COLUMN ... TYPE` holds an `ACCESS EXCLUSIVE` lock. Unless the old and the new type look the same on disk, every
row and every index of the table is written again, and reads and writes wait until that is done: `integer` to `bigint`,
`text` to `jsonb`, `timestamp` to `date`, numbers to text, and whatever `USING` computes.

Some changes write nothing: a longer `varchar`, `varchar` to `text`, more digits of `numeric` at the same scale, more
precision of a timestamp. Those are not reported.

The way without a wait takes several revisions: add a column of the new type; a trigger that writes both columns; fill
the old rows in batches; let the application read and write the new column; drop the trigger and the old column.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import AlterColumnType
from rules.retyping import Hazard, hazard_of, old_type
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.PLAN,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.alter_column("users", "age", existing_type=sa.Integer(), type_=sa.BigInteger())


def downgrade() -> None:
    op.alter_column("users", "age", existing_type=sa.BigInteger(), type_=sa.Integer())
""",
        ),
        Good(
            """def upgrade() -> None:
    op.alter_column("users", "email", existing_type=sa.String(320), type_=sa.Text())


def downgrade() -> None:
    op.alter_column("users", "email", existing_type=sa.Text(), type_=sa.String(320))
""",
            because="`varchar` and `text` look the same on disk, and `text` has no limit to check",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER TABLE orders ALTER COLUMN total TYPE numeric(14, 2)")


def downgrade() -> None:
    op.execute("ALTER TABLE orders ALTER COLUMN total TYPE numeric(12, 2)")
""",
            because="more digits at the same scale need no rewrite",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",),
    known_as={
        "squawk": ("changing-column-type",),
        "eugene": ("E5",),
        "strong_migrations": ("change_column",),
        "django-migration-linter": ("ALTER_COLUMN",),
        "atlas": ("PG301",),
        "pg-migration-lint": ("PGM007",),
        "migrationpilot": ("MP007",),
        "pgfence": ("alter-column-type",),
        "online_migrations": ("change_column",),
        "bytebase": ("column.disallow-change-type",),
    },
)


@rule.on(AlterColumnType)
def check(op: AlterColumnType, context: Context) -> Iterator[Finding]:
    if hazard_of(op, context) is not Hazard.REWRITE:
        return
    old = old_type(op, context)
    change = f"to `{op.type}`" if old is None or old == op.type else f"from `{old}` to `{op.type}`"
    yield rule.finding(
        op.place,
        f"Changing `{op.column}` {change} writes `{op.table}` and its indexes anew; reads and writes wait until it is "
        "done.",
        advice="Add a column of the new type, keep both equal by a trigger, fill it in batches, then switch over.",
    )
