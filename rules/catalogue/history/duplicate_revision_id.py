"""Two files declare the same revision id.

Alembic warns, keeps one of the two, and the graph around them no longer holds together: `upgrade head` stops, or the
other file never runs. It happens when a file is copied, or when an old folder is kept beside a squash of it. Give the
new file an id of its own, in its docstring too.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.model.finding import Finding, Severity
from rules.model.place import Place
from rules.model.review import GraphProblem
from rules.rule import Bad, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    examples=(
        Bad(
            """import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            before="""def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))
""",
            fails="Multiple head revisions",
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
            because="the id is used once",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/branches.html",),
)


@rule.on(GraphProblem)
def check(problem: GraphProblem, scene: Scene) -> Iterator[Finding]:
    if problem.kind != rule.name:
        return
    here, other = problem.paths
    yield rule.finding(
        Place(here, 1),
        f"Revision `{problem.revisions[0]}` is declared here and in `{other}`: Alembic keeps one of the two.",
        advice="Give the new file an id of its own.",
        subject=" ".join(sorted(problem.paths)),
    )
