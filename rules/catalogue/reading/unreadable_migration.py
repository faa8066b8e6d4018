"""A file among the revisions is no migration: it does not parse, or names no revision.

Alembic loads every file of its versions folders and stops at this one, whatever command is run. It must be valid
Python and assign a text to `revision`.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.model.finding import Finding, Severity
from rules.model.script import SyntaxProblem
from rules.rule import Bad, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    examples=(
        Bad(
            """revision = "0003"
down_revision = "0001"


def upgrade() -> None
    pass
""",
            fails="SyntaxError",
        ),
        Good(
            """from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.execute("SELECT 1")


def downgrade() -> None:
    pass
""",
            because="the file parses and names its revision",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/tutorial.html#create-a-migration-script",),
)


@rule.on(SyntaxProblem)
def check(problem: SyntaxProblem, scene: Scene) -> Iterator[Finding]:
    reason = problem.reason.rstrip(".")
    yield rule.finding(
        problem.place,
        f"Alembic stops at this file, and nothing in it was judged: {reason}.",
        advice="Mend the file, or move it out of the folder of revisions.",
        subject=problem.place.path,
    )
