"""The revision id is longer than the column that records it.

Alembic creates `alembic_version.version_num` as `varchar(32)`. A longer id runs its whole migration and then fails
when it is recorded, with "value too long for type character varying(32)". Shorten the id; the file name may stay long.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.history.naming import LONGEST, legal_id, may_be_renamed
from rules.model.finding import Finding, Severity
from rules.model.script import MigrationScript
from rules.rewriting import renamed
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.SUGGESTION,
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
            becomes="""import sqlalchemy as sa
from alembic import op

revision = "add_the_note_column_to_the"
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


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    if len(script.revision) <= LONGEST:
        return
    other = legal_id(script, context.history)
    may_be = may_be_renamed(script, context.history, context.scene.new)
    yield rule.finding(
        script.place_of("revision"),
        f"`{script.revision}` has {len(script.revision)} characters, and Alembic's version table holds {LONGEST}: "
        "the migration fails when it is recorded.",
        advice=f"Choose a shorter id, `{other}` for example.",
        suggestion=renamed(script, other, context.history.scripts.values()) if may_be else None,
        subject=script.revision,
    )
