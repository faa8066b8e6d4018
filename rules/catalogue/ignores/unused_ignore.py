"""An ignore comment silences nothing.

The finding it was written for is gone, or the comment stands on another line than the statement. Left in place it
would silence the next finding of that rule without anybody having looked at it.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.ignores import IgnoreUse
from rules.model.finding import Finding, Severity, Suggestion
from rules.registry import rule_named
from rules.rewriting import without_comment
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.SUGGESTION,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))  # dbbot: ignore[blocking-check] because it was small once


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            becomes="""def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
        ),
        Good(
            """def upgrade() -> None:
    # dbbot: ignore[blocking-check] because orders is written at night only
    op.create_check_constraint("orders_total_positive", "orders", "total >= 0")


def downgrade() -> None:
    op.drop_constraint("orders_total_positive", "orders", type_="check")
""",
            because="the comment silences a finding, and says why",
        ),
    ),
    known_as={"squawk": ("unused-ignore",)},
)


@rule.on(IgnoreUse)
def check(use: IgnoreUse, scene: Scene) -> Iterator[Finding]:
    if use.used or use.ignore.reason is None or rule_named(use.rule) is None:
        return
    place = use.ignore.place
    script = scene.history.script_at(place.path)
    edit = without_comment(script.text, place) if script and len(use.ignore.rules) == 1 else None
    yield rule.finding(
        place,
        f"This comment silences nothing: there is no finding of `{use.rule}` here.",
        advice="Remove it.",
        suggestion=Suggestion("Remove the comment", (edit,)) if edit else None,
        subject=use.rule,
    )
