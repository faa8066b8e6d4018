"""What is true of every rule, without its author asking."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace

import pytest

from rules.engine import review
from rules.engine.proving import edited_texts
from rules.examples import ENV_PATH, EXAMPLE_PATH, SHOP, Repository, repository
from rules.model.finding import Finding, Severity
from rules.model.review import Review
from rules.registry import rules
from rules.rule import Bad, Example, Fixes, Good, Rule

PEERS = {
    "squawk": r"[a-z]+(-[a-z]+)*",
    "eugene": r"[EW]\d+",
    "strong_migrations": r"[a-z_]+",
    "django-migration-linter": r"[A-Z_]+",
    "atlas": r"[A-Z]{2}\d{3}|non_linear",
    "pg-migration-lint": r"PGM\d{3}",
    "migrationpilot": r"MP\d{3}",
    "pgfence": r"[a-z0-9-]+",
    "online_migrations": r"[a-z_]+",
    "bytebase": r"[a-z.-]+",
    "sqlfluff": r"PG\d{2}",
    "pytest-alembic": r"test_[a-z_]+",
}


@dataclass(frozen=True)
class Case:
    rule: Rule
    example: Bad | Good

    def judged(self, text: str | None = None) -> Review:
        return judged(self.example, self.example.text if text is None else text)


def judged(example: Example, text: str) -> Review:
    laid_out = repository(example, text)
    return review(
        laid_out.texts,
        new=laid_out.new,
        settings=laid_out.settings,
        base_texts=laid_out.base_texts,
        elsewhere=laid_out.elsewhere,
    )


def cases(kind: type[Bad] | type[Good]) -> list:
    return [
        pytest.param(Case(rule, example), id=f"{rule.name}-{number}")
        for rule in rules()
        for number, example in enumerate(rule.examples)
        if isinstance(example, kind)
    ]


def said(review: Review) -> list[str]:
    return [f"{finding.rule} at line {finding.place.line}: {finding.message}" for finding in review.standing]


def everything() -> list:
    return [pytest.param(rule, id=rule.name) for rule in rules()]


@pytest.mark.parametrize("case", cases(Bad))
def test_a_bad_example_draws_its_own_finding_and_no_other_rules(case: Case) -> None:
    found = case.judged()
    assert found.crashed == ()
    assert [finding.rule for finding in found.standing] == [case.rule.name], said(found)
    (finding,) = found.standing
    if "severity:" not in case.example.settings and f"{case.rule.name}:" not in case.example.settings:
        assert finding.severity is case.rule.severity
    repaired = case.example.becomes if case.example.env_becomes is None else case.example.env_becomes
    assert (finding.suggestion is not None) == (repaired is not None), "the suggestion and `becomes`"


@pytest.mark.parametrize("case", cases(Good))
def test_a_good_example_is_clean_under_all_rules(case: Case) -> None:
    found = case.judged()
    assert found.crashed == ()
    assert said(found) == []


@pytest.mark.parametrize("case", [case for case in cases(Bad) if case.values[0].example.becomes is not None])
def test_an_accepted_suggestion_gives_what_the_page_shows_and_is_clean(case: Case) -> None:
    (finding,) = case.judged().standing
    laid_out = repository(case.example, case.example.text)
    changed = accepted(finding, laid_out)
    repaired = repository(case.example.repaired, case.example.becomes).texts
    assert changed == {path: repaired[path] for path in changed}
    assert EXAMPLE_PATH in changed
    assert said(judged(case.example.repaired, case.example.becomes)) == []


@pytest.mark.parametrize("case", [case for case in cases(Bad) if case.values[0].example.env_becomes is not None])
def test_an_accepted_suggestion_for_env_py_gives_what_the_page_shows_and_is_clean(case: Case) -> None:
    example = case.example
    (finding,) = case.judged().standing
    assert finding.suggestion is not None
    edited = edited_texts(finding.suggestion, repository(example, example.text).texts)
    assert edited == {ENV_PATH: example.env_becomes}
    assert said(judged(replace(example, env=example.env_becomes), example.text)) == []


def accepted(finding: Finding, laid_out: Repository) -> dict[str, str]:
    assert finding.suggestion is not None
    edited = edited_texts(finding.suggestion, laid_out.texts)
    assert edited is not None
    return edited


@pytest.mark.parametrize("rule", everything())
def test_a_rule_is_well_formed(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)
    assert rule.title.endswith(".")
    assert rule.title[0].isupper() or rule.title.startswith("`")
    assert len(rule.page.split("\n\n")) > 1, "a page says more than its title"
    assert rule.checks
    assert any(isinstance(example, Bad) for example in rule.examples)
    assert any(isinstance(example, Good) for example in rule.examples)
    assert all(reference.startswith("https://") for reference in rule.references)
    shows_repair = any(
        isinstance(example, Bad) and (example.becomes or example.env_becomes) for example in rule.examples
    )
    assert not shows_repair or rule.suggests
    for example in rule.examples:
        if isinstance(example, Good):
            assert example.because
            assert not example.because.endswith(".")


@pytest.mark.parametrize("rule", everything())
def test_the_names_of_other_linters_are_written_as_they_write_them(rule: Rule) -> None:
    for linter, names in rule.known_as.items():
        assert names
        assert len(set(names)) == len(names)
        assert all(re.fullmatch(PEERS[linter], name) for name in names), (linter, names)


@pytest.mark.parametrize("case", cases(Bad))
def test_a_message_is_two_calm_sentences(case: Case) -> None:
    for finding in case.judged().standing:
        for text in (finding.message, finding.advice):
            assert text.endswith((".", "?")), text
            assert text[0].isupper() or text[0] == "`", text
            assert text.count("`") % 2 == 0, text
            assert "!" not in text
            assert "locks the table" not in text
        assert "COMMIT" not in finding.advice


@pytest.mark.parametrize("case", [case for case in cases(Bad) if case.values[0].rule.size_bound])
def test_a_rule_that_is_bound_to_size_spares_small_tables(case: Case) -> None:
    example = case.example
    written = " ".join((example.text, example.before, SHOP, *example.also))
    small = {name: {"rows": 5, "bytes": 8192} for name in set(re.findall(r"\w+", written))}
    found = judged(replace(example, statistics=json.dumps({"tables": small})), example.text)
    assert case.rule.name not in [finding.rule for finding in found.standing]


def test_names_are_unique() -> None:
    names = [rule.name for rule in rules()]
    assert len(set(names)) == len(names)


def test_rules_that_are_off_stay_silent_until_the_settings_name_them() -> None:
    for rule in rules():
        if rule.severity is Severity.OFF:
            for example in rule.examples:
                if isinstance(example, Bad):
                    laid_out = repository(example, example.text)
                    assert rule.name not in [f.rule for f in review(laid_out.texts, new=laid_out.new).findings]


def test_every_rule_says_how_it_is_repaired() -> None:
    assert all(isinstance(rule.fixes, Fixes) for rule in rules())
