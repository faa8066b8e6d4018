"""A revision id holds a character that Alembic reads as a command.

`@`, `-`, `+` and `:` mean something in `alembic upgrade ae10+2` or `base:head`. Alembic refuses to load a graph with
such an id, whatever command is run. Letters, digits and `_` are safe.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.history.naming import legal_id, may_be_renamed
from rules.model.finding import Finding, Severity
from rules.model.review import GraphProblem
from rules.rewriting import renamed
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

revision = "0003-note"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            becomes="""import sqlalchemy as sa
from alembic import op

revision = "0003_note"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            fails="not allowed in revision identifier",
        ),
        Good(
            """import sqlalchemy as sa
from alembic import op

revision = "0003_note"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            because="an underscore means nothing to Alembic",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/api/script.html",),
)


@rule.on(GraphProblem)
def check(problem: GraphProblem, scene: Scene) -> Iterator[Finding]:
    if problem.kind != rule.name:
        return
    (script,) = scene.history.scripts_at(problem.paths)
    other = legal_id(script, scene.history)
    may_be = may_be_renamed(script, scene.history, scene.new)
    yield rule.finding(
        script.place_of("revision"),
        f"{problem.message.rstrip('.')}: every Alembic command stops at `{script.revision}`.",
        advice=f"Use letters, digits and `_`, as in `{other}`.",
        suggestion=renamed(script, other, scene.history.scripts.values()) if may_be else None,
        subject=script.revision,
    )
