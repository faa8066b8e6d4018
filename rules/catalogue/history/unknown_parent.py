"""A revision follows one that does not exist.

Alembic looks up every `down_revision` and `depends_on` when it reads the folder, and stops at the first name that it
does not find, whatever command is run. It happens when the other revision was renamed, was never committed, or waits
in another pull request. Only whole ids count in these two lines: an abbreviated one is not found either.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.history.nearest import nearest_revision
from rules.model.finding import Finding, Severity
from rules.model.review import GraphProblem
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
down_revision = "0001_shop"


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
            fails="KeyError",
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
            because="the parent exists",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/branches.html",),
)


@rule.on(GraphProblem)
def check(problem: GraphProblem, scene: Scene) -> Iterator[Finding]:
    if problem.kind != rule.name:
        return
    revision, written = problem.revisions
    (script,) = scene.history.scripts_at(problem.paths)
    if _is_a_part(problem, scene):
        return
    is_parent = written in script.parents
    found = nearest_revision(written, scene.history, scene.base) if is_parent else None
    near = found if found != revision else None
    yield rule.finding(
        script.place_of("down_revision" if is_parent else "depends_on"),
        f"{problem.message.rstrip('.')}: every Alembic command stops here.",
        advice=f"Let `{revision}` follow `{near}`, by its whole id." if near else "Name a revision that exists.",
        suggestion=reparented(script, near) if near else None,
        subject=written,
    )


def _is_a_part(problem: GraphProblem, scene: Scene) -> bool:
    """Without an environment, and with other parents that are elsewhere too: packages may share one history."""
    if scene.where.env_path is not None or scene.where.ini_path is not None:
        return False
    others = (each for each in scene.history.problems if each.kind == problem.kind)
    return any(each.revisions[0] != problem.revisions[0] for each in others)
