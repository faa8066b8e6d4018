"""A chain in the place of a revision makes the graph that all the scripts together make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rules.history import History, history_of
from rules.history.substitution import with_chain
from rules.model.script import MigrationScript


def script(
    revision: str, *parents: str, depends_on: tuple[str, ...] = (), labels: tuple[str, ...] = ()
) -> MigrationScript:
    return MigrationScript(f"versions/{revision}.py", "", revision, parents, labels, depends_on)


A, B, C, D = script("a"), script("b", "a"), script("c", "b"), script("d", "b")
MERGE = script("m", "c", "d")
SIDE = script("s", depends_on=("b",))
SHOP = (A, B, C, D, MERGE, SIDE)


def both(
    scripts: Sequence[MigrationScript], old: MigrationScript, chain: Sequence[MigrationScript]
) -> tuple[History | None, History]:
    anew = history_of([*(each for each in scripts if each is not old), *chain])
    return with_chain(history_of(scripts), old, chain), anew


def assert_equal(found: History | None, anew: History) -> None:
    assert found is not None
    for name in ("scripts", "parents", "needs", "children", "labels"):
        assert getattr(found, name) == getattr(anew, name), name
    assert set(found.order) == set(anew.order)
    place = {revision: at for at, revision in enumerate(found.order)}
    assert all(place[below] < place[each] for each, needs in found.needs.items() for below in needs)
    assert (found.heads, found.bases, found.problems) == (anew.heads, anew.bases, anew.problems)


@pytest.mark.parametrize("old", [A, B, C, D])
def test_others_stand_on_the_last_of_the_chain(old: MigrationScript) -> None:
    first = replace(old, path="versions/x.py", revision="x")
    chain = (first, script("y", "x"), replace(script(old.revision, "y"), path="versions/z.py"))
    assert_equal(*both((A, B, C, D, MERGE), old, chain))


def test_a_head_may_be_followed_by_another_one() -> None:
    assert_equal(*both((A, B, C), C, (replace(C, revision="x"), script("y", "x"))))


def test_labels_hold_over_the_chain() -> None:
    scripts = (script("a", labels=("shop",)), B, C)
    assert_equal(*both(scripts, B, (script("x", "a"), script("b", "x"))))


@pytest.mark.parametrize(
    ("old", "chain"),
    [
        (B, (script("x", "a"),)),  # c and d stand on b
        (A, (script("x"),)),
        (C, (script("x", "b", labels=("new",)),)),
        (C, (script("x", "a"),)),
        (C, (script("x", "b"), script("y", "b"))),
        (C, (script("x", "b"), script("x", "x"))),
        (C, (script("d", "b"),)),
        (C, (script("x", "b"), script("c", "x", depends_on=("s",)))),
        (C, ()),
    ],
)
def test_anything_else_is_made_anew(old: MigrationScript, chain: tuple[MigrationScript, ...]) -> None:
    assert with_chain(history_of((A, B, C, D, SIDE)), old, chain) is None


def test_a_broken_graph_is_made_anew() -> None:
    assert with_chain(history_of((A, B, script("z", "nowhere"))), B, (script("x", "a"), script("b", "x"))) is None


def test_an_old_one_that_others_depend_on_is_not_left_out() -> None:
    assert with_chain(history_of((A, B, SIDE)), B, (script("x", "a"),)) is None
