"""Adding a unique constraint in one step makes everybody wait until its index is built.

`ADD CONSTRAINT ... UNIQUE` builds the index under an `ACCESS EXCLUSIVE` lock: reads and writes of the table wait until
the last row is indexed. `unique=True` on a column given to `op.add_column` sends the same statement.

Build a unique index concurrently, in a revision of its own; the next revision lets the constraint take it over, which
is a moment: `op.execute("ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX u")`.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.columns import Unique
from rules.model.finding import Finding, Severity
from rules.model.operations import AddColumn, AddUnique
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
    op.create_unique_constraint("users_email_key", "users", ["email"])


def downgrade() -> None:
    op.drop_constraint("users_email_key", "users", type_="unique")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key")


def downgrade() -> None:
    op.drop_constraint("users_email_key", "users", type_="unique")
    op.create_index("users_email_key", "users", ["email"], unique=True)
""",
            before="""def upgrade() -> None:
    op.create_index("users_email_key", "users", ["email"], unique=True)


def downgrade() -> None:
    op.drop_index("users_email_key", table_name="users")
""",
            because="the index is there already",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT",
    ),
    known_as={
        "squawk": ("disallowed-unique-constraint", "constraint-missing-not-valid"),
        "eugene": ("E7",),
        "strong_migrations": ("add_unique_constraint",),
        "django-migration-linter": ("ADD_UNIQUE",),
        "atlas": ("PG105",),
        "pg-migration-lint": ("PGM017",),
        "migrationpilot": ("MP027",),
        "pgfence": ("add-constraint-unique",),
        "online_migrations": ("add_unique_constraint",),
    },
)


@rule.on(AddUnique)
def check(op: AddUnique, context: Context) -> Iterator[Finding]:
    if op.constraint.index is None and "NOT VALID" not in op.sql.upper():
        yield from _blocking(op, op.constraint, context)


@rule.on(AddColumn)
def check_inline(op: AddColumn, context: Context) -> Iterator[Finding]:
    for constraint in op.column.constraints:
        if isinstance(constraint, Unique):
            yield from _blocking(op, constraint, context)


def _blocking(op: AddUnique | AddColumn, constraint: Unique, context: Context) -> Iterator[Finding]:
    if context.is_in_use(op.table):
        name = f"`{constraint.name}`" if constraint.name else "the unique constraint"
        yield rule.finding(
            op.place,
            f"Adding {name} makes reads and writes of `{op.table}` wait until its index is built.",
            advice="Build a unique index concurrently; in the next revision add the constraint USING INDEX.",
        )
