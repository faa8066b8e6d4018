"""One comment silences a rule that names errors, for a whole file.

`# dbbot: ignore-file[...]` holds for what the file does today and for every line that is added to it tomorrow, which
nobody will have looked at. An ignore comment on the line, or alone above the statement, says which statement was meant.
The first revision of a history, which creates everything at once, may be silenced as a whole.

The rule is off unless the settings name it: a file of a merged revision hardly ever changes.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.ignores import IgnoreUse
from rules.model.finding import Finding, Severity
from rules.registry import rule_named
from rules.rule import Bad, Good, Rule

ON = "rules:\n  file-wide-ignore: warning\n"

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.OFF,
    examples=(
        Bad(
            """# dbbot: ignore-file[blocking-check] because orders is written at night only


def upgrade() -> None:
    op.create_check_constraint("orders_total_positive", "orders", "total >= 0")


def downgrade() -> None:
    op.drop_constraint("orders_total_positive", "orders", type_="check")
""",
            settings=ON,
        ),
        Good(
            """def upgrade() -> None:
    # dbbot: ignore[blocking-check] because orders is written at night only
    op.create_check_constraint("orders_total_positive", "orders", "total >= 0")


def downgrade() -> None:
    op.drop_constraint("orders_total_positive", "orders", type_="check")
""",
            settings=ON,
            because="the comment stands at the statement that it is about",
        ),
    ),
)


@rule.on(IgnoreUse)
def check(use: IgnoreUse, scene: Scene) -> Iterator[Finding]:
    silenced = rule_named(use.rule)
    if silenced is None or not use.used or not use.ignore.whole_file or use.ignore.reason is None:
        return
    if scene.settings.severity_of(silenced.name, silenced.severity) is not Severity.ERROR:
        return
    script = scene.history.script_at(use.ignore.place.path)
    if script is not None and not script.parents:
        return
    yield rule.finding(
        use.ignore.place,
        f"This comment silences `{use.rule}` for every line of the file, also for those that are still to come.",
        advice=f"Write `dbbot: ignore[{use.rule}]` at the statement that it is about.",
        subject=use.rule,
    )
