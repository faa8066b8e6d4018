"""A revision that is merged already was changed in what it does.

Databases that have run it keep the old form: Alembic records the id, not the content. From then on a new database and
an old one differ. Restore the file and put the change into a new revision. Comments, docstrings, formatting, type hints
and `downgrade()` may be changed.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.history.merged import EditedRevision
from rules.model.finding import Finding, Plan, PlannedRevision, Severity
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.PLAN,
    examples=(
        Bad(
            """import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.String(200)))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            was="""import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
        ),
        Good(
            """import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    # The courier reads it.
    op.add_column("orders", sa.Column("note", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            because="the text differs and the operations do not",
            was="""import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/tutorial.html#running-our-first-migration",),
)


@rule.on(EditedRevision)
def check(edited: EditedRevision, scene: Scene) -> Iterator[Finding]:
    differs = " and ".join(edited.differs)
    restored = PlannedRevision("The file as it is merged.", edited.before.path, edited.before.text)
    yield rule.finding(
        edited.after.place_of("upgrade" if "upgrade" in differs else "revision"),
        f"`{edited.after.revision}` is merged already, and {differs}: databases that have run it will not notice.",
        advice="Restore the file, and put the change into a new revision.",
        plan=Plan(f"Restore {edited.before.revision}", (restored,), edited.after.path),
        subject=differs,
    )
