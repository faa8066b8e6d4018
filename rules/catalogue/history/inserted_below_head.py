"""A new revision was put beneath one that is merged already.

A database that is past that point has the upper revision recorded and never looks below it: the new one does not run
there. Let the new revision follow the head, and give the merged one its own parent back.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.history.merged import InsertedRevision
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.script import MigrationScript
from rules.rewriting import reparented
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

revision = "0003"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            becomes="""import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


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
            also=(
                """import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))


def downgrade() -> None:
    op.drop_column("users", "phone")
""",
            ),
            also_become=(
                """import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))


def downgrade() -> None:
    op.drop_column("users", "phone")
""",
            ),
        ),
        Good(
            """import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    # As it was.
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            because="the new revision is above the merged one",
            was="""import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            also=(
                """import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))


def downgrade() -> None:
    op.drop_column("users", "phone")
""",
            ),
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/branches.html",),
    known_as={"atlas": ("non_linear",)},
)


@rule.on(InsertedRevision)
def check(inserted: InsertedRevision, scene: Scene) -> Iterator[Finding]:
    script, above = inserted.script, inserted.above
    yield rule.finding(
        script.place_of("down_revision"),
        f"`{above.revision}` (`{above.path}`) is merged already and now follows `{script.revision}`: databases past "
        f"`{above.revision}` never run it.",
        advice=f"Let `{script.revision}` follow the head, and give `{above.revision}` its own parent back.",
        suggestion=_put_right(script, above, scene),
        subject=f"{script.revision} {above.revision}",
    )


def _put_right(script: MigrationScript, above: MigrationScript, scene: Scene) -> Suggestion | None:
    before = scene.base.scripts.get(above.revision)
    heads = scene.base.heads
    if before is None or len(before.parents) != 1 or len(heads) != 1:
        return None
    moved, restored = reparented(script, heads[0]), reparented(above, before.parents[0])
    if moved is None or restored is None:
        return None
    return Suggestion(f"{moved.title}, and restore {above.revision}", (*moved.edits, *restored.edits))
