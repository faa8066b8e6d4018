"""Commands are answered with the same pages that the command line prints, once, and within GitHub's limit."""

from __future__ import annotations

import pytest

from bot.review.answers import explain_reply, help_reply, merge_reply, no_merge_reply, unknown_reply
from bot.review.marker import Marker, read_marker
from rules.explain import page
from rules.model.finding import PlannedRevision
from rules.registry import rules


def test_the_page_of_every_rule_is_the_answer() -> None:
    assert rules()
    for rule in rules():
        reply = explain_reply(rule.name, 42)
        assert reply.startswith(page(rule).rstrip()[:60_000])
        assert len(reply) <= 65_536
        assert read_marker(reply) == Marker(answers=42)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    reply = explain_reply("multiple-hed", 1)
    assert reply.startswith("There is no rule `multiple-hed`. Did you mean `multiple-heads`?")


def test_a_name_that_resembles_nothing_gets_no_guess() -> None:
    assert explain_reply("zzzzzz", 1).startswith("There is no rule `zzzzzz`.\n")


def test_no_name_is_answered_with_an_example() -> None:
    assert "`/dbbot explain blocking-index-creation`" in explain_reply("  ", 1)


@pytest.mark.parametrize("word", ["`@everyone` @everyone", "x" * 5_000, "<!-- dbbot:v1 {} -->", "a\n\nb | c"])
def test_the_words_of_a_stranger_are_quoted_and_no_more(word: str) -> None:
    for reply in (explain_reply(word, 7), unknown_reply(word, 7)):
        first = reply.split("\n")[0]
        assert len(first) < 400
        assert read_marker(reply) == Marker(answers=7)
        assert "@everyone" not in first or "`` `@everyone` @everyone ``" in first


def test_help_names_the_commands_and_how_to_silence() -> None:
    reply = help_reply(3)
    assert "`/dbbot explain NAME`" in reply
    assert "`# dbbot: ignore[NAME] because REASON`" in reply
    assert read_marker(reply) == Marker(answers=3)


def test_a_page_over_the_limit_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.review.answers.page", lambda _: "line\n" * 20_000)
    reply = explain_reply("multiple-heads", 1)
    assert len(reply) <= 65_536
    assert "The page is cut here; `dbbot explain` prints it whole." in reply


def test_a_merge_is_answered_with_whole_files_that_stay_in_their_fence() -> None:
    made = PlannedRevision("Merge.", "m/versions/`x`.py", 'revision = "ab"\n# ````\n')
    reply = merge_reply((made,), 5)
    assert "``m/versions/`x`.py``" in reply
    assert f"`````python\n{made.text}`````" in reply
    assert read_marker(reply) == Marker(answers=5)
    assert "each branch has one head" in merge_reply((), 5)
    assert no_merge_reply("The pull request is merged.", 5).startswith("There is nothing to merge here. The pull")
