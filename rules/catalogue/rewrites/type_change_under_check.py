"""A type change that writes nothing still reads every row if a CHECK mentions the column.

A longer `varchar` or `varchar` to `text` is a matter of the catalog. But PostgreSQL verifies each CHECK constraint that
mentions the column again, for every row, under the `ACCESS EXCLUSIVE` lock of the change: reads and writes wait for as
long as the table is big.

Drop the CHECK, change the type, add the CHECK again with `postgresql_not_valid=True`; validate it in the next revision,
where reads and writes pass.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import AlterColumnType
from rules.retyping import Hazard, hazard_of
from rules.rule import Bad, Fixes, Good, Rule

CHECKED = """def upgrade() -> None:
    op.execute("ALTER TABLE users ADD CONSTRAINT users_email_at CHECK (email LIKE '%@%')")
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
    op.alter_column("users", "email", existing_type=sa.String(320), type_=sa.Text())


def downgrade() -> None:
    op.alter_column("users", "email", existing_type=sa.Text(), type_=sa.String(320))
""",
            before=CHECKED,
        ),
        Good(
            """def upgrade() -> None:
    op.drop_constraint("users_email_at", "users", type_="check")
    op.alter_column("users", "email", existing_type=sa.String(320), type_=sa.Text())
    op.create_check_constraint("users_email_at", "users", "email LIKE '%@%'", postgresql_not_valid=True)


def downgrade() -> None:
    op.alter_column("users", "email", existing_type=sa.Text(), type_=sa.String(320))
""",
            before=CHECKED,
            because="no CHECK stands while the type changes, and the new one reads no row yet",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",),
    known_as={"strong_migrations": ("change_column_constraint",), "online_migrations": ("change_column_constraint",)},
)


@rule.on(AlterColumnType)
def check(op: AlterColumnType, context: Context) -> Iterator[Finding]:
    if hazard_of(op, context) is not Hazard.CHECK:
        return
    yield rule.finding(
        op.place,
        f"A CHECK mentions `{op.column}`: changing its type reads every row of `{op.table}`; reads and writes wait "
        "until it is done.",
        advice="Drop the CHECK, change the type, add the CHECK again as NOT VALID, and validate it in the next "
        "revision.",
    )
