"""Revisions follow each other in a circle.

No order lets each run after what it needs. Alembic stops at most circles, and sorts for ever at those that it does not
notice. Look at the revision whose `down_revision` or `depends_on` was changed last.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.model.finding import Finding, Severity
from rules.model.review import GraphProblem
from rules.rule import Bad, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    examples=(
        Bad(
            """from alembic import op

revision = "0003"
down_revision = "0003"


def upgrade() -> None:
    op.execute("SELECT 1")


def downgrade() -> None:
    op.execute("SELECT 1")
""",
            fails="Self-loop",
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
            because="nothing leads back",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/branches.html",),
)


@rule.on(GraphProblem)
def check(problem: GraphProblem, scene: Scene) -> Iterator[Finding]:
    if problem.kind != rule.name:
        return
    cycle = [scene.history.scripts[revision] for revision in problem.revisions]
    script = next((each for each in cycle if each.revision in scene.new), cycle[0])
    yield rule.finding(
        script.place_of("down_revision"),
        f"{problem.message.rstrip('.')}, so that no order lets each run after what it needs.",
        advice="Change the `down_revision` or `depends_on` that leads back.",
        subject=" ".join(problem.revisions),
    )
