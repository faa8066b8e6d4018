"""An ignore comment, or the settings, name a rule that does not exist.

Nothing is silenced by it. Names are written as on the pages of the rules, in small letters with hyphens. A name that a
rule had before still holds; that the rule is called otherwise now is said as a notice.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.ignores import IgnoreUse
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.place import Place
from rules.registry import current_name, nearest_names, no_such_rule, rule_named
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
    near = nearest_names(use.rule)
    if use.rule in near:
        return
    script = scene.history.script_at(use.ignore.place.path)
    edit = word_in_line(script.text, use.ignore.place, use.rule, near[0]) if script and len(near) == 1 else None
    yield _said(
        use.rule,
        use.ignore.place,
        "Write a rule's name; nothing is silenced until then.",
        Suggestion(f"Write `{near[0]}`", (edit,)) if edit else None,
    )


@rule.on(Settings)
def check_settings(settings: Settings, scene: Scene) -> Iterator[Finding]:
    for name in settings.rules:
        if current_name(name) != name or rule_named(name) is None:
            place = Place(settings.path or "", settings.line_of("rules", name))
            yield _said(name, place, "Write a rule's name; the setting has no effect until then.")


def _said(name: str, place: Place, advice: str, suggestion: Suggestion | None = None) -> Finding:
    known = rule_named(name)
    if known is None:
        return rule.finding(place, no_such_rule(name), advice=advice, suggestion=suggestion, subject=name)
    return rule.finding(
        place,
        f"The rule `{name}` is called `{known.name}` now.",
        advice=f"Write `{known.name}`; the former name still holds.",
        suggestion=suggestion,
        subject=name,
        severity=Severity.NOTICE,
    )
