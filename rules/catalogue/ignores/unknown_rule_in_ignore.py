"""An ignore comment, or the settings, name a rule that does not exist.

Nothing is silenced by it. Names are written as on the pages of the rules, in small letters with hyphens.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.ignores import IgnoreUse
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.place import Place
from rules.registry import nearest_names, no_such_rule, rule_named
from rules.rewriting import word_in_line
from rules.rule import Bad, Fixes, Good, Rule
from rules.settings import Settings

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.SUGGESTION,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            settings="rules:\n  blocking-chek: off\n",
        ),
        Good(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            settings="rules:\n  blocking-check: off\n",
            because="there is a rule of that name",
        ),
    ),
    known_as={"squawk": ("unused-ignore",)},
)


@rule.on(IgnoreUse)
def check(use: IgnoreUse, scene: Scene) -> Iterator[Finding]:
    if rule_named(use.rule) is not None:
        return
    near = nearest_names(use.rule)
    script = scene.history.script_at(use.ignore.place.path)
    edit = word_in_line(script.text, use.ignore.place, use.rule, near[0]) if script and len(near) == 1 else None
    yield rule.finding(
        use.ignore.place,
        no_such_rule(use.rule),
        advice="Write a rule's name; nothing is silenced until then.",
        suggestion=Suggestion(f"Write `{near[0]}`", (edit,)) if edit else None,
        subject=use.rule,
    )


@rule.on(Settings)
def check_settings(settings: Settings, scene: Scene) -> Iterator[Finding]:
    for name in settings.rules:
        if rule_named(name) is None:
            yield rule.finding(
                Place(settings.path or "", settings.line_of("rules", name)),
                no_such_rule(name),
                advice="Write a rule's name; the setting has no effect until then.",
                subject=name,
            )
