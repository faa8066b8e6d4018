"""A merge revision changes the schema too.

A revision with several parents says that branches come together. Whoever reads the history, resolves the next conflict
or deletes an unneeded merge looks for nothing else there. Put the change into a revision above the merge.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.script import MigrationScript
from rules.rule import Bad, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    examples=(
        Bad(
            """import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = ("0001a", "0002")


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            before="""def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))
""",
            beside="""def upgrade() -> None:
    op.add_column("orders", sa.Column("label", sa.Text()))
""",
        ),
        Good(
            """revision = "0003"
down_revision = ("0001a", "0002")


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
""",
            because="the merge does nothing else",
            before="""def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))
""",
            beside="""def upgrade() -> None:
    op.add_column("orders", sa.Column("label", sa.Text()))
""",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/branches.html",),
)


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    if len(script.parents) < 2 or not script.upgrade:
        return
    first = script.upgrade[0]
    yield rule.finding(
        first.place,
        f"`{script.revision}` merges {len(script.parents)} branches and changes the schema too, where nobody looks "
        "for a change.",
        advice="Put the change into a revision of its own, above the merge.",
        subject=script.revision,
    )
