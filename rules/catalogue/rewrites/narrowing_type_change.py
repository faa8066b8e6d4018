"""A narrower type fails on the first value that does not fit, or rounds the values without a word.

A shorter `varchar`, `bigint` to `integer`, fewer digits of `numeric`: one row that does not fit stops the migration.
A smaller scale, less precision, `timestamp` to `date`: nothing fails, the values lose what the new type cannot hold,
and no downgrade brings it back. Either way the table and its indexes are written anew while reads and writes wait.

First let the database refuse new values that do not fit: a CHECK added with `postgresql_not_valid=True`. Then clean the
old ones, and `VALIDATE CONSTRAINT` in a later revision. For text that is enough: keep the type, the CHECK is the limit.
Where the type itself has to change, add a new column and switch over in several revisions.
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
    examples=(
        Bad(
            """def upgrade() -> None:
    op.alter_column("users", "email", existing_type=sa.String(320), type_=sa.String(100))


def downgrade() -> None:
    op.alter_column("users", "email", existing_type=sa.String(100), type_=sa.String(320))
""",
        ),
        Bad(
            """def upgrade() -> None:
    op.execute("ALTER TABLE orders ALTER COLUMN placed_at TYPE date")


def downgrade() -> None:
    op.execute("ALTER TABLE orders ALTER COLUMN placed_at TYPE timestamptz")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.alter_column("users", "email", existing_type=sa.String(320), type_=sa.String(500))


def downgrade() -> None:
    op.alter_column("users", "email", existing_type=sa.String(500), type_=sa.String(320))
""",
            because="every old value fits into the longer type",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",),
    known_as={
        "squawk": ("changing-column-type",),
        "eugene": ("E5",),
        "strong_migrations": ("change_column",),
        "django-migration-linter": ("ALTER_COLUMN",),
        "migrationpilot": ("MP044",),
    },
)


@rule.on(AlterColumnType)
def check(op: AlterColumnType, context: Context) -> Iterator[Finding]:
    if hazard_of(op, context) is not Hazard.NARROWING:
        return
    yield rule.finding(
        op.place,
        f"`{op.type}` cannot hold every `{old_type(op, context)}`: changing `{op.column}` of `{op.table}` fails on a "
        "value that does not fit, or loses a part of it; reads and writes wait while the table is written anew.",
        advice="Add a CHECK for the new limit as NOT VALID, clean the old rows, validate it, and only then change "
        "the type.",
    )
