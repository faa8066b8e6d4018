"""Our graph against Alembic's own, on generated graphs: equal where Alembic accepts one, broken where it refuses."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from random import Random

import pytest
from alembic.script.revision import CycleDetected, Revision, RevisionError, RevisionMap
from alembic.util import CommandError

from rules.history import History, history_of
from rules.model.script import MigrationScript
from tests.rules.history import generated

REFUSED = frozenset(
    {"unknown-parent", "revision-cycle", "illegal-revision-id", "duplicate-branch-label", "duplicate-revision-id"}
)
FEW, MANY = range(300), range(10_000)


@dataclass(frozen=True)
class Verdict:
    """What Alembic makes of the same files; `error` is what it raises, `warned` that it read on with a warning."""

    graph: RevisionMap | None
    order: tuple[str, ...] = ()
    error: Exception | None = None
    warned: bool = False


def verdict_on(scripts: list[MigrationScript]) -> Verdict:
    return verdict_of(lambda: _map_of(scripts))


def _map_of(scripts: list[MigrationScript]) -> RevisionMap:
    revisions = [
        Revision(
            each.revision,
            each.parents or None,
            each.depends_on or None,
            branch_labels=each.branch_labels or None,
        )
        for each in scripts
    ]
    return RevisionMap(lambda: revisions)


def verdict_of(load: Callable[[], RevisionMap]) -> Verdict:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            graph = load()
            _refuse_what_never_ends(graph)
            order = tuple(each.revision for each in graph.iterate_revisions("heads", "base"))
        except (RevisionError, CommandError, KeyError, AssertionError) as error:
            return Verdict(None, error=error)
        return Verdict(graph, tuple(reversed(order)), warned=any("more than once" in str(one.message) for one in said))


def _refuse_what_never_ends(graph: RevisionMap) -> None:
    """Alembic sees no cycle that has a base below it and a head above it, and then sorts it for ever."""
    needs = {one.revision: one._all_down_revisions for one in graph._revision_map.values() if one is not None}
    try:
        TopologicalSorter(needs).prepare()
    except CycleError:
        raise CycleDetected(sorted(needs)) from None


def assert_equal(history: History, verdict: Verdict) -> None:
    graph = verdict.graph
    assert graph is not None
    theirs = {id_: one for id_, one in graph._revision_map.items() if one is not None and one.revision == id_}
    assert set(history.scripts) == set(theirs)
    assert history.heads == tuple(sorted(graph.heads))
    assert history.bases == tuple(sorted(graph.bases))
    assert history.branch_points == tuple(sorted(id_ for id_, one in theirs.items() if one.is_branch_point))
    assert history.merges == tuple(sorted(id_ for id_, one in theirs.items() if one.is_merge_point))
    assert history.labels == {id_: frozenset(one.branch_labels) for id_, one in theirs.items()}
    assert {id_: set(needs) for id_, needs in history.needs.items()} == {
        id_: set(one._all_down_revisions) for id_, one in theirs.items()
    }
    assert {id_: set(children) for id_, children in history.children.items()} == {
        id_: set(one.nextrev) for id_, one in theirs.items()
    }
    for order in (history.order, verdict.order):
        assert sorted(order) == sorted(theirs)
        position = {revision: at for at, revision in enumerate(order)}
        assert all(position[below] < position[each] for each, needs in history.needs.items() for below in needs)
    for revision in history.order[-2:]:
        below = graph._get_ancestor_nodes([theirs[revision]], include_dependencies=True)
        assert history.ancestors(revision) == {one.revision for one in below}


def compare_sound(seed: int) -> None:
    scripts = generated.sound(Random(seed))
    history, verdict = history_of(scripts), verdict_on(scripts)
    assert verdict.error is None
    assert {problem.kind for problem in history.problems} <= {"multiple-heads"}
    assert_equal(history, verdict)


def compare_broken(seed: int) -> str:
    """What became of the fault: refused, accepted or warned of."""
    fault, scripts = generated.broken(Random(seed))
    history, verdict = history_of(scripts), verdict_on(scripts)
    kinds = {problem.kind for problem in history.problems}
    assert sorted(history.order) == sorted(history.scripts) == sorted({each.revision for each in scripts})
    assert all(problem.message.endswith(".") and problem.paths for problem in history.problems)
    if verdict.error is None and not verdict.warned:
        assert not kinds & REFUSED, (fault, kinds)
        assert_equal(history, verdict)
        return "accepted"
    assert_refused(history, verdict)
    return "warned of" if verdict.warned else "refused"


def assert_refused(history: History, verdict: Verdict) -> None:
    """For the same reason."""
    kinds = {problem.kind for problem in history.problems}
    if verdict.warned:
        assert "duplicate-revision-id" in kinds
    else:
        assert verdict.error is not None
        assert _kind(verdict.error) in kinds, (repr(verdict.error), kinds)


def _kind(error: Exception) -> str:
    match error:
        case CycleDetected() | AssertionError():
            return "revision-cycle"
        case KeyError():
            return "unknown-parent"
        case _ if "broken map" in str(error):  # a branch label where an id must stand
            return "unknown-parent"
        case _ if "overlaps" in str(error):
            return "duplicate-revision-id"
        case _ if "Character" in str(error):
            return "illegal-revision-id"
        case _ if "Branch name" in str(error):
            return "duplicate-branch-label"
    return f"nothing of ours ({error})"


def test_a_graph_that_alembic_accepts_is_the_same_here() -> None:
    for seed in FEW:
        compare_sound(seed)


def test_a_graph_that_alembic_refuses_is_broken_here_for_the_same_reason_and_still_has_an_order() -> None:
    outcomes = Counter(compare_broken(seed) for seed in FEW)
    assert min(outcomes["refused"], outcomes["accepted"], outcomes["warned of"]) > 10, outcomes


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_ten_thousand_graphs_of_each_kind_agree_with_alembic() -> None:
    for seed in MANY:
        compare_sound(seed)
    print(Counter(compare_broken(seed) for seed in MANY))
