"""What is true of every plan: where it is offered, and what its files are like."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from rules.engine import review
from rules.examples import repository
from rules.model.finding import Plan
from rules.plans import PLANNED
from rules.registry import require_rule, rules
from rules.rule import Bad, Fixes
from tests.rules.plans.served import ROWS, ends, replanted

PROVED = tuple(
    pytest.param(rule.name, example, id=f"{rule.name}-{number}")
    for rule in rules()
    if rule.name in PLANNED
    for number, example in enumerate(rule.examples)
    if isinstance(example, Bad) and example.becomes is None
)


def plans_of(example: Bad) -> list[Plan]:
    laid_out = repository(example, example.text)
    found = review(laid_out.texts, new=laid_out.new, settings=laid_out.settings)
    return [finding.plan for finding in found.standing if finding.plan is not None]


@pytest.mark.parametrize("rule", PLANNED)
def test_a_rule_with_plans_says_so(rule: str) -> None:
    assert require_rule(rule).fixes in (Fixes.PLAN, Fixes.BOTH)


@pytest.mark.parametrize(("rule", "example"), PROVED)
def test_the_plan_of_an_example_is_a_chain_of_files_that_stand_for_themselves(rule: str, example: Bad) -> None:
    for plan in plans_of(example):
        parent = "0002" if example.before else "0001"
        assert plan.title
        assert plan.replaces
        for step in plan.revisions:
            module = ast.parse(step.text)
            docstring = ast.get_docstring(module) or ""
            names = dict(re.findall(r'^(revision|down_revision) = "(\w+)"', step.text, re.MULTILINE))
            assert names["down_revision"] == parent
            assert f"Revision ID: {names['revision']}\nRevises: {parent}" in docstring
            assert "in place of revision 0003" in docstring
            assert re.fullmatch(r"[0-9a-z]{1,32}", names["revision"])
            assert Path(step.path).name.startswith(names["revision"])
            assert not re.search(r"\bCOMMIT\b", step.text, re.IGNORECASE)
            assert all(len(line) <= 120 and line == line.rstrip() for line in step.text.split("\n"))
            parent = names["revision"]


@pytest.mark.parametrize(("rule", "example"), PROVED)
def test_the_plan_of_an_example_ends_where_the_example_ends(rule: str, example: Bad, tmp_path: Path) -> None:
    laid_out = repository(example, example.text)
    plans = plans_of(example)
    assert plans or "TYPE date" in example.text  # which values of a timestamptz fit into a date, the zone says
    for number, plan in enumerate(plans):
        texts = replanted(laid_out.texts, plan)
        for_author = any("VALUE =" in step.text for step in plan.revisions)
        version = example.server_version
        (tmp_path / f"{number}").mkdir()
        (tmp_path / f"{number}-bad").mkdir()
        rows = 0 if example.fails else ROWS
        back = rule != "forgotten-validation"  # what is validated stays so
        after = ends(tmp_path / f"{number}", texts, rows=rows, back=back, server_version=version)
        if not example.fails and not plan.differs:
            rows = 0 if for_author else ROWS
            folder = tmp_path / f"{number}-bad"
            assert after == ends(folder, laid_out.texts, rows=rows, back=False, server_version=version)


def test_silenced_findings_and_those_with_a_suggestion_get_no_plan() -> None:
    for text in (
        'def upgrade():\n    op.create_check_constraint("c", "orders", "total > 0")'
        "  # dbbot: ignore[blocking-check] because it is small\n\n\ndef downgrade():\n    pass\n",
        'def upgrade():\n    op.create_index("i", "orders", ["total"])\n\n\ndef downgrade():\n    pass\n',
    ):
        assert plans_of(Bad(text)) == []
