"""Rules about the graph, each with what comes closest and must stay silent."""

from __future__ import annotations

import pytest

from rules.engine import review
from rules.history.neighbours import Elsewhere
from rules.rewriting import apply_edits
from tests.rules.catalogue.pulled import BASE, CREATE, FOLDER, NOTE, revision, said

FAULTS = {
    "duplicate-branch-label": {"c.py": revision("cccc33", "bbbb22", more="branch_labels = ('aaaa11',)")},
    "duplicate-revision-id": {"c.py": revision("bbbb22", "aaaa11")},
    "illegal-revision-id": {"c.py": revision("cc-33", "bbbb22")},
    "revision-cycle": {"c.py": revision("cccc33", "dddd44"), "d.py": revision("dddd44", "cccc33")},
    "unknown-parent": {"c.py": revision("cccc33", "gone")},
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("rule", FAULTS)
def test_each_fault_of_the_graph_is_named_by_one_rule(rule: str, fault: str) -> None:
    assert bool(said(rule, FAULTS[fault])) == (rule == fault)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "The merged revision `r0` (`m/versions/r0.py`) is gone"),
        (2, "The merged revisions `r0` (`m/versions/r0.py`), `r1` (`m/versions/r1.py`) are gone"),
        (5, "`r4` (`m/versions/r4.py`) are gone"),
        (6, "`r4` (`m/versions/r4.py`) and 1 more are gone"),
    ],
)
def test_deleted_revisions_are_named_and_the_rest_is_counted(count: int, words: str) -> None:
    names = [f"r{number}" for number in range(count)]
    base = {
        f"{name}.py": revision(name, names[at - 1] if at else None, CREATE.replace("orders", name))
        for at, name in enumerate(names)
    }
    gone = tuple(base)
    (found,) = said("deleted-applied-revision", {"z.py": revision("z", None)}, base, gone=gone)
    assert words in found.message
    assert found.place.line == 1


def test_an_edited_revision_is_named_where_it_differs() -> None:
    (found,) = said("edited-applied-revision", {"b.py": revision("bbbb22", "aaaa11")})
    assert BASE["b.py"].split("\n")[found.place.line - 1] == "def upgrade():"
    (found,) = said("edited-applied-revision", {"b.py": revision("bbbb22", None, NOTE)})
    assert BASE["b.py"].split("\n")[found.place.line - 1] == "revision = 'bbbb22'"


def test_a_revision_that_is_judged_new_is_the_one_of_a_fault_that_is_spoken_of() -> None:
    label = "branch_labels = ('pay',)"
    base = {**BASE, "z.py": revision("zzzz99", "bbbb22", more=label)}
    (found,) = said("duplicate-branch-label", {"c.py": revision("cccc33", "bbbb22", more=label)}, base)
    assert found.place.path == f"{FOLDER}/c.py"
    (found,) = said("duplicate-branch-label", {"zz.py": revision("zzzzz", "bbbb22", more=label)}, base)
    assert found.place.path == f"{FOLDER}/zz.py"
    above = revision("cccc33", "zzzz99", more=label)
    (found,) = said("duplicate-branch-label", {"c.py": above}, base)
    assert found.suggestion is not None
    assert apply_edits(above, found.suggestion.edits) == above.replace("('pay',)", "None")


def test_a_merged_revision_that_takes_a_label_is_spoken_of_and_left_to_people() -> None:
    (found,) = said(
        "duplicate-branch-label", {"b.py": revision("bbbb22", "aaaa11", NOTE, more="branch_labels = ('aaaa11',)")}
    )
    assert (found.place.path, found.suggestion) == (f"{FOLDER}/b.py", None)


def test_only_the_label_that_another_has_is_changed() -> None:
    base = {**BASE, "z.py": revision("zzzz99", "bbbb22", more="branch_labels = ('pay',)")}
    text = revision("cccc33", "bbbb22", more="branch_labels = ('own', 'pay')")
    (found,) = said("duplicate-branch-label", {"c.py": text}, base)
    assert found.suggestion is not None
    assert apply_edits(text, found.suggestion.edits) == text.replace("'pay'", "'pay_2'")
    itself = revision("cccc33", "bbbb22", more="branch_labels = ('cccc33',)")
    (found,) = said("duplicate-branch-label", {"c.py": itself})
    assert found.suggestion is None


def test_the_revision_of_a_circle_that_is_new_is_spoken_of() -> None:
    for new, merged in (("aaaa1b", "zzzz99"), ("zzzz99", "aaaa1b")):
        base = {**BASE, "z.py": revision(merged, new)}
        (found,) = said("revision-cycle", {"new.py": revision(new, merged)}, base)
        assert found.place.path == f"{FOLDER}/new.py"


def test_the_id_that_is_used_twice_is_shown_where_it_is_written() -> None:
    (found,) = said("duplicate-revision-id", {"c.py": revision("bbbb22", "aaaa11")})
    assert found.place.line == 4
    assert found.suggestion is not None
    edited = apply_edits(revision("bbbb22", "aaaa11"), found.suggestion.edits)
    assert edited is not None
    assert "down_revision = 'bbbb22'" in edited
    on_top = revision("bbbb22", "bbbb22").replace("down_revision = 'bbbb22'", "down_revision = 'cccc33'")
    base = {**BASE, "d.py": revision("cccc33", "bbbb22")}
    (found,) = said("duplicate-revision-id", {"e.py": on_top}, base)
    assert found.suggestion is not None
    edited = apply_edits(on_top, found.suggestion.edits)
    assert edited is not None
    assert "down_revision = 'cccc33'" in edited


def test_two_new_files_with_one_id_are_one_fault() -> None:
    new = {"c.py": revision("cccc33", "bbbb22"), "d.py": revision("cccc33", "bbbb22")}
    assert len(said("duplicate-revision-id", new)) == 1


def test_a_copy_stays_where_it_is_on_top_or_where_there_are_several_heads() -> None:
    (found,) = said("duplicate-revision-id", {"c.py": revision("aaaa11", "bbbb22")})
    assert found.suggestion is not None
    assert len(found.suggestion.edits) == 1
    base = {**BASE, "d.py": revision("dddd44", "aaaa11")}
    (found,) = said("duplicate-revision-id", {"e.py": revision("bbbb22", "aaaa11")}, base)
    assert found.suggestion is not None
    assert len(found.suggestion.edits) == 1


def test_an_id_that_is_written_elsewhere_and_a_merge_are_left_to_people() -> None:
    named = revision("bbbb22", "aaaa11").replace("\nrevision = 'bbbb22'", "\nNAME = 'bbbb22'\nrevision = NAME")
    (found,) = said("duplicate-revision-id", {"c.py": named})
    assert found.suggestion is None
    both = ("bbbb22", "dddd44")
    base = {**BASE, "d.py": revision("dddd44", "aaaa11"), "m.py": revision("mmmm", both)}
    (found,) = said("duplicate-revision-id", {"n.py": revision("mmmm", both)}, base)
    assert found.suggestion is None


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ([12], "Pull request `#12` (`m/versions/n12.py`) also follows `bbbb22`"),
        ([12, 13], "Pull requests `#12` (`m/versions/n12.py`), `#13` (`m/versions/n13.py`) also follow `bbbb22`"),
        ([1, 2, 3, 4, 5], "`#5` (`m/versions/n5.py`) also follow"),
        ([1, 2, 3, 4, 5, 6], "`#5` (`m/versions/n5.py`) and 1 more also follow"),
    ],
)
def test_neighbours_are_named_and_the_rest_is_counted(others: list[int], words: str) -> None:
    elsewhere = tuple(Elsewhere(each, f"{FOLDER}/n{each}.py", revision(f"n{each}", "bbbb22")) for each in others)
    (found,) = said("parent-shared-with-open-pull-request", {"c.py": revision("cccc33", "bbbb22")}, elsewhere=elsewhere)
    assert words in found.message
    assert found.message.endswith("does: whoever merges second has to re-parent.")


def test_neighbours_that_begin_or_join_are_counted_too() -> None:
    rule = "parent-shared-with-open-pull-request"
    first = tuple(Elsewhere(each, f"{FOLDER}/n{each}.py", revision(f"n{each}", None)) for each in (1, 2))
    (found,) = said(rule, {"c.py": revision("cccc33", None)}, {}, elsewhere=first)
    assert "also begin the history" in found.message
    base = {**BASE, "c.py": revision("cccc33", "aaaa11")}
    both = ("bbbb22", "cccc33")
    joined = tuple(Elsewhere(each, f"{FOLDER}/n{each}.py", revision(f"n{each}", both)) for each in (1, 2))
    (found,) = said(rule, {"m.py": revision("mmmm", both)}, base, elsewhere=joined)
    assert "also join `bbbb22` and `cccc33`" in found.message
    assert found.message.endswith("does: whoever merges second leaves two heads again.")


@pytest.mark.parametrize(("parent", "near"), [("bbbb2", "bbbb22"), ("gone", "bbbb22")])
def test_an_unknown_parent_is_told_apart_from_an_unknown_dependency(parent: str, near: str) -> None:
    (found,) = said("unknown-parent", {"c.py": revision("cccc33", parent)})
    assert found.place.line == 5
    assert f"follow `{near}`, by its whole id" in found.advice
    (found,) = said("unknown-parent", {"c.py": revision("cccc33", "bbbb22", more=f"depends_on = {parent!r}")})
    assert found.place.line == 6
    assert (found.advice, found.suggestion) == ("Name a revision that exists.", None)


def test_a_revision_is_not_told_to_follow_itself() -> None:
    (found,) = said("unknown-parent", {"c.py": revision("cccc33", "cccc3")})
    assert (found.advice, found.suggestion) == ("Name a revision that exists.", None)


def test_a_part_of_a_history_is_one_where_other_parents_are_elsewhere_too() -> None:
    base = {f"{FOLDER}/a.py": revision("aaaa11", None)}
    one, other = {f"{FOLDER}/c.py": revision("cccc33", "gone")}, {f"{FOLDER}/d.py": revision("dddd44", "away")}
    labelled = {f"{FOLDER}/d.py": revision("dddd44", "aaaa11", more="branch_labels = ('aaaa11',)")}
    ini = {"alembic.ini": "[alembic]\nscript_location = m\n"}
    for beside, new, spoken in (
        ({}, {**one, **other}, False),
        ({}, {**one, **labelled}, True),
        ({}, one, True),
        ({"m/env.py": ""}, {**one, **other}, True),
        (ini, {**one, **other}, True),
    ):
        found = review({**base, **beside, **new}, new=list(new), base_texts={**base, **beside}).standing
        assert ("unknown-parent" in {finding.rule for finding in found}) == spoken, (list(beside), list(new))


LINE = {**BASE, "c.py": revision("cccc33", "bbbb22"), "d.py": revision("dddd44", "cccc33")}


@pytest.mark.parametrize(
    ("changed", "base", "suggested"),
    [
        ({"n.py": revision("nnnn", "bbbb22"), "c.py": revision("cccc33", "nnnn")}, LINE, True),
        (
            {"n.py": revision("nnnn", "bbbb22"), "c.py": revision("cccc33", "nnnn")},
            {**LINE, "e.py": revision("eeee55", "cccc33")},
            False,
        ),
        ({"n.py": revision("nnnn", None), "a.py": revision("aaaa11", "nnnn", CREATE)}, LINE, False),
        ({"n.py": revision("nnnn", "bbbb22"), "c.py": revision("cccc99", "nnnn")}, LINE, False),
        ({"n.py": revision("nnnn", ("aaaa11", "bbbb22")), "c.py": revision("cccc33", "nnnn")}, LINE, False),
        ({"n.py": revision("nnnn", "bbbb22"), "c.py": revision("cccc33", ("nnnn", "aaaa11"))}, LINE, False),
    ],
)
def test_what_was_put_beneath_a_merged_revision_is_moved_where_one_edit_each_does_it(
    changed: dict[str, str], base: dict[str, str], suggested: bool
) -> None:
    found = said("inserted-below-head", changed, base)
    assert found
    assert (found[0].suggestion is not None) == suggested


BOTH = ("bbbb22", "cccc33")
FORK = {**BASE, "c.py": revision("cccc33", "aaaa11")}


def test_a_merge_is_taken_apart_where_it_is_new_whole_and_written_out() -> None:
    rule, merge = "operations-in-merge-revision", revision("mmmm", BOTH, NOTE.replace("note", "n"))
    (found,) = said(rule, {"m.py": merge}, FORK)
    assert found.plan is not None
    assert found.plan.revisions[0].path.startswith(f"{FOLDER}/")
    (found,) = said(rule, {"m.py": merge.replace("cccc33", "gone")}, FORK)
    assert found.plan is None
    words = "revision = 'mmmm'\ndown_revision = ('bbbb22', 'cccc33')"
    (found,) = said(rule, {"m.py": merge.replace(words, words.replace("'\ndown", "'; down"))}, FORK)
    assert found.plan is not None
    paired = merge.replace(words, "revision, down_revision = 'mmmm', ('bbbb22', 'cccc33')")
    assert all(each.plan is None for each in said(rule, {"m.py": paired}, FORK))
    merged = {**FORK, "m.py": revision("mmmm", BOTH)}
    assert all(each.plan is None for each in said(rule, {"m.py": merge}, merged))


def test_a_long_id_that_a_merged_revision_names_is_left_to_people() -> None:
    long = "c" * 40
    (found,) = said("revision-id-too-long", {"c.py": revision(long, "bbbb22")})
    assert found.suggestion is not None
    base = {**BASE, "d.py": revision("dddd44", long)}
    (found,) = said("revision-id-too-long", {"c.py": revision(long, "bbbb22")}, base)
    assert found.suggestion is None


def test_a_head_that_belongs_to_none_of_several_branches_may_follow_any() -> None:
    rule, label = "multiple-heads", "branch_labels = ('{}',)"
    base = {**BASE, "c.py": revision("cccc33", None, more=label.format("y"))}
    (found,) = said(rule, {"d.py": revision("dddd44", None, more=label.format("z"))}, base)
    assert "`dddd44` and the heads of the other branches are both heads" in found.message
    assert (found.advice, found.suggestion) == ("Let it follow one of the heads.", None)
    (found,) = said(rule, {"d.py": revision("dddd44", None)})
    assert "`dddd44` and `bbbb22` (`m/versions/b.py`) are both heads" in found.message
    assert found.advice == "Let `dddd44` follow `bbbb22`."
