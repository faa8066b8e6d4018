"""Revisions of other open pull requests: on the same parent, with the same id, of the same heads."""

from __future__ import annotations

import pytest

from rules.engine import review
from rules.history.neighbours import Elsewhere
from tests.rules.catalogue.proposed import BASE, CREATE, FOLDER, revision, said

NEIGHBOUR = Elsewhere(12, f"{FOLDER}/n.py", revision("nnnn", "bbbb22"))


def test_a_neighbour_on_the_same_parent_is_named_with_its_file() -> None:
    mine = {"c.py": revision("cccc33", "bbbb22", 'op.execute("SELECT 1")')}
    (finding,) = said("parent-shared-with-open-pull-request", mine, elsewhere=(NEIGHBOUR,))
    assert "`#12` (`m/versions/n.py`) also follows `bbbb22`, as `m/versions/c.py` does" in finding.message


def test_a_neighbour_with_the_same_id_is_told_apart_from_a_stacked_one() -> None:
    mine = {"c.py": revision("cccc33", "bbbb22", 'op.execute("SELECT 1")')}
    other = (Elsewhere(12, f"{FOLDER}/other.py", revision("cccc33", "bbbb22")),)
    (finding,) = said("parent-shared-with-open-pull-request", mine, elsewhere=other)
    assert "needs another id than `cccc33`" in finding.message


def test_two_merges_of_the_same_heads_see_each_other() -> None:
    mine = {"c.py": revision("cccc33", "aaaa11", "pass"), "m.py": revision("mmmm", ("bbbb22", "cccc33"), "pass")}
    joined = Elsewhere(12, f"{FOLDER}/n.py", revision("nnnn", ("cccc33", "bbbb22"), "pass"))
    base = {**BASE, f"{FOLDER}/c.py": mine["c.py"]}
    texts = {**base, f"{FOLDER}/m.py": mine["m.py"]}
    found = review(texts, new=[f"{FOLDER}/m.py"], base_texts=base, elsewhere=(joined,))
    (finding,) = [one for one in found.standing if one.rule == "parent-shared-with-open-pull-request"]
    assert "also joins `bbbb22` and `cccc33`" in finding.message
    beside = Elsewhere(12, f"{FOLDER}/n.py", revision("nnnn", "bbbb22", "pass"))
    assert "parent-shared-with-open-pull-request" not in {
        one.rule for one in review(texts, new=[f"{FOLDER}/m.py"], base_texts=base, elsewhere=(beside,)).standing
    }


def test_two_first_revisions_see_each_other() -> None:
    text = revision("cccc33", None, CREATE)
    other = Elsewhere(12, f"{FOLDER}/n.py", revision("nnnn", None, CREATE))
    found = review({"m/env.py": "", f"{FOLDER}/c.py": text}, new=[f"{FOLDER}/c.py"], elsewhere=(other,))
    (finding,) = [one for one in found.standing if one.rule == "parent-shared-with-open-pull-request"]
    assert "also begins the history" in finding.message


@pytest.mark.parametrize(
    "elsewhere",
    [
        (Elsewhere(12, f"{FOLDER}/n.py", revision("nnnn", "bbbb22"), draft=True),),
        (Elsewhere(12, f"{FOLDER}/n.py", revision("nnnn", "aaaa11")),),
        (Elsewhere(12, "other/n.py", revision("nnnn", "bbbb22")),),
        (NEIGHBOUR, Elsewhere(12, f"{FOLDER}/c.py", revision("cccc33", "bbbb22"))),
        (Elsewhere(12, f"{FOLDER}/n.py", "def broken(:"),),
    ],
)
def test_drafts_other_parents_other_folders_and_stacked_pull_requests_are_left_alone(
    elsewhere: tuple[Elsewhere, ...],
) -> None:
    mine = {"c.py": revision("cccc33", "bbbb22", 'op.execute("SELECT 1")')}
    assert said("parent-shared-with-open-pull-request", mine, elsewhere=elsewhere) == ()
