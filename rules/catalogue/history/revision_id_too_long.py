"""The revision id is longer than the column that records it.

Alembic creates `alembic_version.version_num` as `varchar(32)`. A longer id runs its whole migration and then fails
when it is recorded, with "value too long for type character varying(32)". Shorten the id; the file name may stay long.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.script import MigrationScript
from rules.rule import Bad, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    examples=(
        Bad(
            """import sqlalchemy as sa
from alembic import op

revision = "add_the_note_column_to_the_orders_2026"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            fails="value too long",
        ),
        Good(
            """import sqlalchemy as sa
from alembic import op

revision = "add_the_note_column_to_the_order"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            because="the id has 32 characters",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/tutorial.html",),
)


LONGEST = 32
"""Characters; Alembic, `MigrationContext.__init__`."""


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    if len(script.revision) <= LONGEST:
        return
    yield rule.finding(
        script.place_of("revision"),
        f"`{script.revision}` has {len(script.revision)} characters, and Alembic's version table holds {LONGEST}: "
        "the migration fails when it is recorded.",
        advice="Choose a shorter id.",
        subject=script.revision,
    )
