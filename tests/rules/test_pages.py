"""Rule pages: written by one function, committed as it writes them."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from rules.explain import index, page
from rules.publishing import published_rules
from rules.registry import UnknownRule, nearest_names, rules
from tests.pages import TOP, out_of_date


def test_the_committed_pages_are_the_generated_ones() -> None:
    assert out_of_date() == []


@pytest.mark.parametrize("name", [rule.name for rule in rules()])
def test_a_page_is_well_formed(name: str) -> None:
    text = page(name)
    assert text.startswith(f"# {name}\n")
    assert text.count("```") % 2 == 0
    assert "\n\n\n\n" not in text
    headings = [token.tag for token in MarkdownIt().parse(text) if token.type == "heading_open"]
    assert headings.count("h1") == 1
    assert "ignore[" in text


def test_the_index_names_every_rule_once() -> None:
    for rule in rules():
        assert index().count(f"[`{rule.name}`]") == 1


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownRule) as said:
        page("blocking-index-creaton")
    assert str(said.value) == "There is no rule `blocking-index-creaton`. Did you mean `blocking-index-creation`?"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Blocking_Check", "blocking-check"),
        ("E6", "blocking-index-creation"),
        ("squawk:require-concurrent-index-creation", "blocking-index-creation"),
    ],
)
def test_other_spellings_and_other_linters_names_lead_to_the_rule(asked: str, found: str) -> None:
    assert found in nearest_names(asked)


def test_a_name_that_is_near_nothing_is_answered_all_the_same() -> None:
    with pytest.raises(UnknownRule, match=r"There is no rule `xyzzy`\.$"):
        page("xyzzy")


def test_the_catalogue_is_published_as_the_interface_says() -> None:
    for published in published_rules():
        assert set(published) == {"rule", "group", "severity", "title", "fixes", "known_as", "page", "guides"}
        assert published["fixes"] in ("suggestion", "plan", "both", "none")
        assert (TOP / published["page"]).exists()
        assert published["guides"] or published["group"] in ("reading", "ignores")
