"""The settings file cannot be followed: it does not parse, names an unknown key, or has a value of the wrong kind.

Nothing of it is used; the review runs with the defaults. On a pull request the settings of the base branch count.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.model.finding import Finding, Severity, Suggestion
from rules.rule import Bad, Fixes, Good, Rule
from rules.settings import SettingsProblem

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.SUGGESTION,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            settings="server_version: sixteen\n",
        ),
        Good(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            settings="server_version: 16\n",
            because="every key is known",
        ),
    ),
)


@rule.on(SettingsProblem)
def check(problem: SettingsProblem, scene: Scene) -> Iterator[Finding]:
    yield rule.finding(
        problem.place,
        problem.message,
        advice="Mend the line; until then the review runs with the defaults.",
        suggestion=Suggestion(f"Write `{problem.edit.text}`", (problem.edit,)) if problem.edit else None,
        subject=problem.message,
    )
