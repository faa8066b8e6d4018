"""An ignore comment gives no reason.

Whoever reads the migration later has to know why the rule does not hold here. Until a reason is given the finding
stays: `# dbbot: ignore[rule-name] because REASON`.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.model.finding import Finding, Severity
from rules.model.script import Ignore
from rules.rule import Bad, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))  # dbbot: ignore[blocking-check]


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
            because="the reason stands behind `because`",
        ),
    ),
)


@rule.on(Ignore)
def check(ignore: Ignore, scene: Scene) -> Iterator[Finding]:
    if ignore.reason is None:
        named = ", ".join(ignore.rules)
        yield rule.finding(
            ignore.place,
            "This comment gives no reason, so it silences nothing.",
            advice=f"Write `dbbot: ignore[{named}] because` and the reason.",
            subject=named,
        )
