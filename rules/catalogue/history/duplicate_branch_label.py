"""A branch label is declared twice.

A label names one branch, from the revision that declares it upwards. Alembic refuses to load a graph in which a second
revision declares it, on the same line too, and one whose label is also the id of a revision.
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
            """import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = ("billing",)


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            before="""revision = "0002"
down_revision = "0001"
branch_labels = ("billing",)


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
""",
            fails="already used by revision",
        ),
        Good(
            """import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"
branch_labels = ("billing",)


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            because="no other revision declares the label",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/branches.html",),
)


@rule.on(GraphProblem)
def check(problem: GraphProblem, scene: Scene) -> Iterator[Finding]:
    if problem.kind != rule.name:
        return
    scripts = [script for path in problem.paths if (script := scene.history.script_at(path))]
    script = next((each for each in scripts if each.revision in scene.new), scripts[0] if scripts else None)
    if script is not None:
        yield rule.finding(
            script.place_of("branch_labels"),
            f"{problem.message.rstrip('.')}: every Alembic command stops here.",
            advice="A label holds for all that follows it; drop this one, or choose another.",
            subject=" ".join(problem.revisions),
        )
