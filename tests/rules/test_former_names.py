"""A rule that was renamed is still met under its former name; nobody's ignores or settings break."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rules import registry
from rules.context import Context
from rules.explain import page
from rules.model.finding import Finding, Severity
from rules.model.operations import CommentOn
from rules.rule import Rule
from tests.rules.catalogue.judged import findings, migration, repaired

shouted = Rule(
    "tests.locks.shouted_comment",
    "A comment is shouted.\n\nNobody reads it.",
    severity=Severity.WARNING,
    formerly=("loud-comment",),
)


@shouted.on(CommentOn)
def check(op: CommentOn, _: Context) -> Iterator[Finding]:
    yield shouted.finding(op.place, "This is shouted.", advice="Say it.")


@pytest.fixture(autouse=True)
def _a_renamed_rule(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    everything = (*registry.rules(), shouted)
    monkeypatch.setattr(registry, "rules", lambda: everything)
    _forget()
    yield
    _forget()


def _forget() -> None:
    registry._by_name.cache_clear()
    registry._known_names.cache_clear()
    registry._CHECKS.clear()


SHOUT = "op.execute(\"COMMENT ON TABLE users IS 'HEY'\")"
UNKNOWN = "unknown-rule-in-ignore"


def test_an_ignore_comment_goes_on_to_hold_and_the_new_name_is_said() -> None:
    ignored = migration(f"{SHOUT}  # dbbot: ignore[loud-comment] because they are deaf")
    assert findings("shouted-comment", migration(SHOUT))
    assert not findings("shouted-comment", ignored)
    assert not findings("unused-ignore", ignored)
    (said,) = findings(UNKNOWN, ignored)
    assert said.message == "The rule `loud-comment` is called `shouted-comment` now."
    assert said.severity is Severity.NOTICE
    assert repaired(UNKNOWN, f"{SHOUT}  # dbbot: ignore[loud-comment] because they are deaf") == (
        f"{SHOUT}  # dbbot: ignore[shouted-comment] because they are deaf"
    )


def test_a_comment_under_the_former_name_may_be_unused_too() -> None:
    text = migration("op.drop_column('users', 'age')  # dbbot: ignore[loud-comment] because x")
    assert findings("unused-ignore", text)
    assert not findings("unused-ignore", text, settings="rules:\n  shouted-comment: off\n")


@pytest.mark.parametrize(
    ("settings", "level"),
    [
        ("rules:\n  loud-comment: error\n", Severity.ERROR),
        ("rules:\n  loud-comment: error\n  shouted-comment: notice\n", Severity.NOTICE),
        ("rules:\n  shouted-comment: notice\n  loud-comment: error\n", Severity.NOTICE),
    ],
)
def test_a_setting_goes_on_to_hold_unless_the_new_name_is_set(settings: str, level: Severity) -> None:
    (found,) = findings("shouted-comment", migration(SHOUT), settings=settings)
    assert found.severity is level
    (said,) = findings(UNKNOWN, migration(SHOUT), settings=settings)
    assert said.message == "The rule `loud-comment` is called `shouted-comment` now."
    assert said.place.line == settings.split("\n").index("  loud-comment: error") + 1


def test_a_rule_that_is_off_under_its_former_name_is_silent() -> None:
    assert not findings("shouted-comment", migration(SHOUT), settings="rules:\n  loud-comment: off\n")


def test_the_page_is_found_by_either_name_and_says_the_former() -> None:
    assert page("loud-comment") == page("shouted-comment")
    assert "Formerly `loud-comment`." in page("shouted-comment")
    assert registry.nearest_names("loud_comment") == ("shouted-comment",)
