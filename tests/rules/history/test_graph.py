"""The revision graph from scripts alone, whole and broken."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import hypothesis.strategies as st
import pytest
from alembic.script.revision import Revision, RevisionError, RevisionMap
from hypothesis import given, settings

from rules.history import History, history_of
from rules.model.script import MigrationScript


def script(
    revision: str, *parents: str, labels: Sequence[str] = (), needs: Sequence[str] = (), path: str = ""
) -> MigrationScript:
    return MigrationScript(
        path or f"versions/{revision}.py", "", revision, parents, branch_labels=tuple(labels), depends_on=tuple(needs)
    )


def kinds(history: History) -> list[str]:
    return [problem.kind for problem in history.problems]


def test_heads_are_what_no_down_revision_names() -> None:
    history = history_of([script("a"), script("b", "a"), script("c", "a"), script("d", "b", needs=["c"])])
    assert history.heads == ("c", "d")
    assert history.bases == ("a",)
    assert kinds(history) == ["multiple-heads"]


def test_everything_comes_after_what_it_needs() -> None:
    history = history_of([script("d", "b", needs=["c"]), script("c"), script("b", "a"), script("a")])
    assert history.order == ("a", "b", "c", "d")


def test_the_order_of_the_files_does_not_matter() -> None:
    scripts = [script("a"), script("b", "a"), script("c", "a"), script("m", "b", "c")]
    assert history_of(scripts) == history_of(list(reversed(scripts)))


def test_a_missing_parent_is_said_and_leaves_the_rest_standing() -> None:
    history = history_of([script("a"), script("b", "gone")])
    assert kinds(history) == ["unknown-parent", "multiple-heads"]
    assert history.problems[0].message == "`b` follows `gone`, which no file declares."
    assert history.order == ("a", "b")


def test_an_abbreviated_parent_is_found_if_only_one_begins_so() -> None:
    assert history_of([script("abcd12"), script("b", "abcd")]).parents["b"] == ("abcd12",)
    ambiguous = history_of([script("abcd12"), script("abcd34", "abcd12"), script("b", "abcd")])
    assert "more than one revision" in ambiguous.problems[0].message


def test_an_id_used_twice_names_both_files() -> None:
    history = history_of([script("a", path="versions/1.py"), script("a", path="versions/2.py")])
    assert kinds(history) == ["duplicate-revision-id"]
    assert history.problems[0].paths == ("versions/2.py", "versions/1.py")
    assert history.scripts["a"].path == "versions/1.py"


@pytest.mark.parametrize("scripts", [[script("a", "a")], [script("a", "c"), script("b", "a"), script("c", "b")]])
def test_a_cycle_is_said_and_every_revision_still_has_a_place(scripts: list[MigrationScript]) -> None:
    history = history_of(scripts)
    assert "revision-cycle" in kinds(history)
    assert sorted(history.order) == sorted(each.revision for each in scripts)


def test_labels_hold_on_the_whole_line_up_to_the_fork() -> None:
    history = history_of(
        [script("a"), script("b", "a"), script("c", "b", labels=["pay"]), script("d", "c"), script("x", "a")]
    )
    assert {revision for revision, labels in history.labels.items() if "pay" in labels} == {"b", "c", "d"}
    assert history.branch_labels == {"pay": ("c",)}
    assert "multiple-heads" not in kinds(history)


def test_a_label_on_two_lines_is_a_problem() -> None:
    assert "duplicate-branch-label" in kinds(history_of([script("a", labels=["x"]), script("b", labels=["x"])]))


def test_an_id_that_alembic_refuses_is_a_problem() -> None:
    assert kinds(history_of([script("a-b")])) == ["illegal-revision-id"]


@st.composite
def graphs(draw: st.DrawFn) -> list[MigrationScript]:
    size = draw(st.integers(0, 9))
    names = [f"r{number}" for number in range(size)]
    scripts = []
    for number, name in enumerate(names):
        below = st.sampled_from(names[:number]) if number else st.nothing()
        parents = draw(st.lists(below, max_size=2, unique=True)) if number else []
        needs = draw(st.lists(below, max_size=1, unique=True)) if number else []
        scripts.append(script(name, *parents, needs=[need for need in needs if need not in parents]))
    return draw(st.permutations(scripts))


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_heads_and_bases_are_alembics(scripts: list[MigrationScript]) -> None:
    revisions = [
        Revision(each.revision, each.parents or None, dependencies=each.depends_on or None) for each in scripts
    ]
    alembic = RevisionMap(lambda: revisions)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            heads, bases = alembic.heads, alembic.bases
        except RevisionError:
            pytest.fail("the generated graph is not one that Alembic accepts")
    history = history_of(scripts)
    assert history.heads == tuple(sorted(heads))
    assert history.bases == tuple(sorted(bases))
    position = {revision: at for at, revision in enumerate(history.order)}
    assert all(position[need] < position[each] for each, needs in history.needs.items() for need in needs)
