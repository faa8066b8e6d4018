"""The `downgrade()` of a merge revision raises an error.

A merge changes nothing, so there is nothing to undo: with `pass`, `alembic downgrade` goes on below it, along each of
the branches. With an error it stops there, and no database gets further down than the merge.
"""

from collections.abc import Iterator
from dataclasses import replace

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import Direction, Raises
from rules.model.script import MigrationScript
from rules.rollback import instead_of_raise
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule

_BRANCHES = {
    "before": """def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))
""",
    "beside": """def upgrade() -> None:
    op.add_column("orders", sa.Column("label", sa.Text()))
""",
}
rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.SUGGESTION,
    downgrade=InDowngrade.SAME,
    examples=(
        Bad(
            """revision = "0003"
down_revision = ("0001a", "0002")


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("Cannot go back past the merge.")
""",
            becomes="""revision = "0003"
down_revision = ("0001a", "0002")


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
""",
            before=_BRANCHES["before"],
            beside=_BRANCHES["beside"],
        ),
        Good(
            """revision = "0003"
down_revision = ("0001a", "0002")


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
""",
            because="the way back leads through the merge",
            before=_BRANCHES["before"],
            beside=_BRANCHES["beside"],
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/branches.html",),
)


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    if len(script.parents) < 2:
        return
    error = next((op for op in script.downgrade if isinstance(op, Raises)), None)
    if error is None or error.statement.conditional:
        return
    finding = rule.finding(
        script.place_of("downgrade"),
        f"`{script.revision}` merges branches, and its `downgrade()` stops with `{error.error}`: no database gets "
        "below the merge any more.",
        advice="Let it `pass`: a merge has nothing to undo.",
        suggestion=None if script.upgrade else instead_of_raise(script, "Let the way back lead through"),
        subject=script.revision,
    )
    yield replace(finding, direction=Direction.DOWNGRADE)
