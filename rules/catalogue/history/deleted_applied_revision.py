"""A revision that is merged already is gone.

A database that is recorded at it cannot be located any more: every Alembic command stops there with "Can't locate
revision identified by". Restore the file. A squash, one new revision that leaves the same schema as all that it
replaces, is recognised and not spoken of.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.history.merged import DeletedRevisions
from rules.model.finding import Finding, Severity
from rules.model.place import Place
from rules.rule import Bad, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    examples=(
        Bad(
            """import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            gone="""def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))
""",
        ),
        Good(
            """import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            because="every revision of the base is still there",
            was="""import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/cookbook.html",),
)


@rule.on(DeletedRevisions)
def check(deleted: DeletedRevisions, scene: Scene) -> Iterator[Finding]:
    first = deleted.scripts[0]
    named = ", ".join(f"`{script.revision}` (`{script.path}`)" for script in deleted.scripts[:5])
    more = f" and {len(deleted.scripts) - 5} more" if len(deleted.scripts) > 5 else ""
    verb = "is" if len(deleted.scripts) == 1 else "are"
    what = "revision" if len(deleted.scripts) == 1 else "revisions"
    yield rule.finding(
        Place(first.path, 1),
        f"The merged {what} {named}{more} {verb} gone: a database recorded there cannot be located any more.",
        advice="Restore the file, and undo what it did in a new revision.",
        subject=" ".join(script.revision for script in deleted.scripts),
    )
