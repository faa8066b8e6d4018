"""A branch label is declared twice.

A label names one branch, from the revision that declares it upwards. Alembic refuses to load a graph in which a second
revision declares it, on the same line too, and one whose label is also the id of a revision.
"""

from collections.abc import Iterator, Sequence

from rules.context import Scene
from rules.history import History
from rules.history.naming import other_label
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.review import GraphProblem
from rules.model.script import MigrationScript
from rules.rewriting import relabelled
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
down_revision = "0002"
branch_labels = ("billing",)


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            becomes="""import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None


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
    scripts = scene.history.scripts_at(problem.paths)
    script = next((each for each in scripts if each.revision in scene.new), scripts[0])
    yield rule.finding(
        script.place_of("branch_labels"),
        f"{problem.message.rstrip('.')}: every Alembic command stops here.",
        advice="A label holds for all that follows it; drop this one, or choose another.",
        suggestion=_repair(script, scripts, scene.history) if script.revision in scene.new else None,
        subject=" ".join(problem.revisions),
    )


def _repair(script: MigrationScript, scripts: Sequence[MigrationScript], history: History) -> Suggestion | None:
    """On the line of the first one the second says nothing; elsewhere the branch needs a name of its own."""
    others = [other for other in scripts if other is not script]
    taken = {label for other in others for label in (*other.branch_labels, other.revision)}
    above = any(script.revision in history.descendants(other.revision) for other in others)
    for label in script.branch_labels:
        if label in taken:
            return relabelled(script, label, "" if above else other_label(label, history.branch_labels))
    return None
