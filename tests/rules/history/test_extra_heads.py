"""What a pull request adds to the heads of the base."""

from __future__ import annotations

from rules.history import history_of
from rules.history.extra_heads import extra_heads
from rules.model.script import MigrationScript
from tests.rules.history.test_graph import script


def extra(base: list[MigrationScript], new: list[MigrationScript]) -> list[tuple[str, str, str | None]]:
    """(lowest new revision of the line, its head, the head it should follow)."""
    merged = history_of([*base, *new])
    found = extra_heads(merged, history_of(base), {each.revision for each in new})
    return [(each.root.revision, each.head.revision, each.beside.revision if each.beside else None) for each in found]


BASE = [script("a"), script("b", "a")]


def test_a_revision_on_top_of_the_head_is_no_extra_head() -> None:
    assert extra(BASE, [script("c", "b")]) == []


def test_the_first_revision_of_a_repository_is_no_extra_head() -> None:
    assert extra([], [script("a")]) == []


def test_a_line_beside_the_head_is_laid_at_its_lowest_new_revision() -> None:
    assert extra(BASE, [script("c", "a"), script("d", "c")]) == [("c", "d", "b")]


def test_of_two_lines_above_the_head_one_may_stay() -> None:
    assert extra(BASE, [script("c", "b"), script("d", "b")]) == [("d", "d", "c")]


def test_the_line_that_continues_the_base_stays_whatever_its_name() -> None:
    assert extra(BASE, [script("z", "b"), script("c", "a")]) == [("c", "c", "z")]


def test_heads_that_the_base_has_already_are_its_own_business() -> None:
    base = [*BASE, script("x", "a")]
    assert extra(base, [script("c", "b")]) == []
    assert extra(base, [script("m", "b", "x")]) == []


def test_a_branch_of_its_own_label_is_counted_apart() -> None:
    base = [script("a"), script("g", labels=["gxy"]), script("b", "a")]
    assert extra(base, [script("h", "g"), script("c", "b")]) == []
    assert extra(base, [script("h", "g"), script("i", "g")]) == [("i", "i", "h")]


def test_a_second_base_is_an_extra_head() -> None:
    assert extra(BASE, [script("n")]) == [("n", "n", "b")]
