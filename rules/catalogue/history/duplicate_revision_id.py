"""Two files declare the same revision id.

Alembic warns, keeps one of the two, and the graph around them no longer holds together: `upgrade head` stops, or the
other file never runs. It happens when a file is copied, or when an old folder is kept beside a squash of it. Give the
new file an id of its own, in its docstring too.
"""

from collections.abc import Iterator
from dataclasses import replace

from rules.context import Scene
from rules.history.naming import own_id
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.review import GraphProblem
from rules.model.script import MigrationScript
from rules.rewriting import renamed, reparented
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

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            becomes="""import sqlalchemy as sa
from alembic import op

revision = "6c922f9213bf"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            before="""def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))


def downgrade() -> None:
    op.drop_column("users", "phone")
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
    here, other = _new_one_first(problem, scene)
    (script,) = scene.history.scripts_at((here,))
    yield rule.finding(
        script.place_of("revision"),
        f"Revision `{problem.revisions[0]}` is declared here and in `{other}`: Alembic keeps one of the two.",
        advice="Give the new file an id of its own.",
        suggestion=_on_its_own(script, scene),
        subject=" ".join(sorted(problem.paths)),
    )


def _new_one_first(problem: GraphProblem, scene: Scene) -> tuple[str, str]:
    """What the base has keeps its id."""
    here, other = problem.paths
    merged = scene.base.scripts.get(problem.revisions[0])
    return (other, here) if merged is not None and merged.path == here else (here, other)


def _on_its_own(script: MigrationScript, scene: Scene) -> Suggestion | None:
    """A fresh id; a copy that has its original's parent too goes on top of the head."""
    suggestion = renamed(script, own_id(script, scene.history), ())
    heads = scene.base.heads
    if suggestion is None or len(heads) != 1 or script.parents == heads:
        return suggestion
    moved = reparented(script, heads[0])
    return replace(suggestion, edits=(*suggestion.edits, *moved.edits)) if moved else None
