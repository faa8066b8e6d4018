"""Replacing an enum type by one with fewer labels writes the table anew, and fails on rows that have the label.

PostgreSQL cannot drop a label. The way around it (rename the type, create a new one, `ALTER COLUMN ... TYPE ... USING`,
drop the old one) writes each table that uses the type anew under an `ACCESS EXCLUSIVE` lock, and stops at the first row
that still has the removed label. A default of the column has to be dropped first. Deleting from `pg_enum` damages the
database: rows and indexes may still hold the label.

Keep the label and forbid it: a CHECK added with `postgresql_not_valid=True`, the old rows cleaned, then
`VALIDATE CONSTRAINT` in a later revision. Where it really has to go, add a column of the new type and switch over.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import AlterColumnType, Delete
from rules.retyping import Hazard, hazard_of, lost_labels
from rules.rule import Bad, Fixes, Good, Rule

TICKETS = """def upgrade() -> None:
    op.execute("CREATE TYPE ticket_state AS ENUM ('open', 'closed', 'stale')")
    op.execute("CREATE TABLE tickets (id bigint PRIMARY KEY, state ticket_state)")
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.PLAN,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("ALTER TYPE ticket_state RENAME TO ticket_state_before")
    op.execute("CREATE TYPE ticket_state AS ENUM ('open', 'closed')")
    op.execute("ALTER TABLE tickets ALTER COLUMN state TYPE ticket_state USING state::text::ticket_state")
    op.execute("DROP TYPE ticket_state_before")


def downgrade() -> None:
    op.execute("ALTER TYPE ticket_state ADD VALUE 'stale'")
""",
            before=TICKETS,
        ),
        Good(
            """def upgrade() -> None:
    op.create_check_constraint("tickets_not_stale", "tickets", "state <> 'stale'", postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint("tickets_not_stale", "tickets", type_="check")
""",
            before=TICKETS,
            because="the label stays and no new row may have it",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/datatype-enum.html#DATATYPE-ENUM-IMPLEMENTATION-DETAILS",),
    known_as={"squawk": ("changing-column-type",), "eugene": ("E5",), "migrationpilot": ("MP024",)},
)


@rule.on(AlterColumnType)
def check(op: AlterColumnType, context: Context) -> Iterator[Finding]:
    if hazard_of(op, context) is not Hazard.LABELS:
        return
    labels = ", ".join(f"`{label}`" for label in lost_labels(op, context))
    yield rule.finding(
        op.place,
        f"`{op.column}` of `{op.table}` loses {labels}: the change fails on a row that has it, and writes the table "
        "anew; reads and writes wait until it is done.",
        advice="Keep the label and forbid it by a CHECK: NOT VALID first, validated in a later revision.",
    )


@rule.on(Delete)
def check_catalog(op: Delete, context: Context) -> Iterator[Finding]:
    if op.table.name == "pg_enum" and op.table.schema in (None, "pg_catalog"):
        yield rule.finding(
            op.place,
            "Deleting from `pg_enum` damages the database: rows and indexes may still hold the label.",
            advice="Keep the label and forbid it by a CHECK: NOT VALID first, validated in a later revision.",
        )
