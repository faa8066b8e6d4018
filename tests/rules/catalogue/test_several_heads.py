"""Several heads: what can follow the other one, what gets a merge revision, what is drawn."""

from __future__ import annotations

import pytest

from rules.engine import review
from rules.history.neighbours import Elsewhere
from rules.model.drawing import Mark
from rules.rewriting import apply_edits
from tests.rules.catalogue.proposed import BASE, CREATE, FOLDER, NOTE, revision, said


@pytest.mark.parametrize("header", ["Revises: aaaa11", "Revises:", "Revises: None  ", "Nothing is said."])
def test_a_line_that_can_follow_the_other_head_is_given_its_parent_in_the_header_too(header: str) -> None:
    down = "aaaa11" if header == "Revises: aaaa11" else None
    create = CREATE.replace("orders", "mails")
    text = revision("cccc33", down, create, doc=f'"""Words.\n\n{header}\nCreate Date: 2026-01-01\n"""\n')
    (finding,) = said("multiple-heads", {"c.py": text})
    assert finding.plan is None
    assert finding.suggestion is not None
    wanted = text.replace(f"down_revision = {down!r}", "down_revision = 'bbbb22'")
    if header.startswith("Revises:"):
        wanted = wanted.replace(header, "Revises: bbbb22")
    assert apply_edits(text, finding.suggestion.edits) == wanted


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (NOTE, "both change column `orders.note`"),
        ('op.execute("UPDATE orders SET id = id")', "`orders.note`"),
        ("op.execute(open('x').read())", "could not be read"),
        ("if op.get_bind().scalar('SELECT 1'):\n        op.create_table('x')", "may reach further"),
    ],
)
def test_a_line_whose_order_matters_is_not_moved_but_gets_a_merge_revision(body: str, words: str) -> None:
    (finding,) = said("multiple-heads", {"c.py": revision("cccc33", "aaaa11", body)})
    assert finding.suggestion is None
    assert words in finding.advice
    assert finding.plan is not None
    (joined,) = finding.plan.revisions
    assert joined.path.startswith(f"{FOLDER}/")
    assert 'down_revision = ("bbbb22", "cccc33")' in joined.text
    base = {**BASE, f"{FOLDER}/c.py": revision("cccc33", "aaaa11", body), joined.path: joined.text}
    assert "multiple-heads" not in {each.rule for each in review(base, new=list(base), base_texts=BASE).standing}


def test_a_third_head_is_joined_by_the_same_merge_revision() -> None:
    found = said("multiple-heads", {f"{name}.py": revision(name, "aaaa11") for name in ("cccc33", "dddd44")})
    assert len(found) == 2
    assert len({finding.plan for finding in found}) == 1
    assert found[0].plan is not None
    assert '("bbbb22", "cccc33", "dddd44")' in found[0].plan.revisions[0].text


def test_two_new_lines_that_are_merged_already_are_not_moved_one_by_one() -> None:
    changed = {f"{name}.py": revision(name, "aaaa11", "pass") for name in ("cccc33", "dddd44")}
    (finding,) = said("multiple-heads", {**changed, "e.py": revision("eeee55", ("cccc33", "dddd44"), "pass")})
    assert "`eeee55` is a merge itself" in finding.advice
    assert finding.plan is not None
    assert '("bbbb22", "eeee55")' in finding.plan.revisions[0].text


def test_a_merge_with_operations_is_taken_apart_into_two_files() -> None:
    base = {**BASE, f"{FOLDER}/c.py": revision("cccc33", "aaaa11", "pass")}
    merge = revision("mmmm", ("bbbb22", "cccc33"), NOTE, doc='"""Both.\n\nRevises: bbbb22, cccc33\n"""\n')  # type: ignore[arg-type]
    texts = {**base, f"{FOLDER}/m.py": merge}
    (finding,) = [
        one
        for one in review(texts, new=[f"{FOLDER}/m.py"], base_texts=base).standing
        if one.rule == "operations-in-merge-revision"
    ]
    assert finding.plan is not None
    joined, above = finding.plan.revisions
    after = {**texts, joined.path: joined.text, above.path: above.text}
    assert "Revises: bbbb22" not in above.text
    rules = {one.rule for one in review(after, new=[joined.path, above.path], base_texts=base).standing}
    assert not rules & {"operations-in-merge-revision", "multiple-heads", "header-contradicting-revision"}


def test_the_part_of_the_graph_that_is_spoken_of_is_laid_out_for_a_picture() -> None:
    texts = {**BASE, f"{FOLDER}/c.py": revision("cccc33", "aaaa11")}
    new = [f"{FOLDER}/c.py"]
    other = Elsewhere(12, f"{FOLDER}/n.py", revision("nnnn", "aaaa11", "pass"))
    (location,) = review(texts, new=new, base_texts=BASE, elsewhere=(other,)).locations
    assert location.drawing is not None
    assert {(dot.name, dot.pull) for dot in location.drawing.dots} == {
        ("aaaa11", None),
        ("bbbb22", None),
        ("cccc33", None),
        ("nnnn", 12),
    }
    assert [dot.name for dot in location.drawing.dots if Mark.FAULT in dot.marks] == ["bbbb22", "cccc33"]
    (sound,) = review(
        {**BASE, f"{FOLDER}/c.py": revision("cccc33", "bbbb22", "pass")}, new=new, base_texts=BASE
    ).locations
    assert sound.drawing is None
