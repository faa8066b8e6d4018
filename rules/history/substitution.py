"""A history with a chain of revisions in the place of one: for trials, of which there is one for each plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from rules.history.graph import History
from rules.model.review import GraphProblem
from rules.model.script import MigrationScript

Value = TypeVar("Value")


def with_chain(history: History, old: MigrationScript, chain: Sequence[MigrationScript]) -> History | None:
    """What `history_of` gives for the scripts with `chain` instead of `old`, but for the order of equals.

    None where that is not plainly the case, and the graph has to be made anew.
    """
    if not _fits(history, old, chain):
        return None
    ids = tuple(script.revision for script in chain)
    gone = old.revision
    above = history.children[gone]
    parents = _without(history.parents, gone)
    needs = _without(history.needs, gone)
    children = _without(history.children, gone)
    labels = _without(history.labels, gone)
    for below, revision in zip((None, *ids), ids, strict=False):
        parents[revision] = history.parents[gone] if below is None else (below,)
        needs[revision] = history.needs[gone] if below is None else (below,)
        labels[revision] = history.labels[gone]
    for revision, following in pairwise(ids):
        children[revision] = (following,)
    children[ids[-1]] = above
    for parent in history.parents[gone]:
        children[parent] = tuple(sorted(ids[0] if one == gone else one for one in children[parent]))
    at = history.order.index(gone)
    return replace(
        history,
        scripts={**_without(history.scripts, gone), **{script.revision: script for script in chain}},
        parents=parents,
        needs=needs,
        children=children,
        labels=labels,
        order=(*history.order[:at], *ids, *history.order[at + 1 :]),
    )


def _fits(history: History, old: MigrationScript, chain: Sequence[MigrationScript]) -> bool:
    """The chain stands on what the old one stood on, others stand on its end, and nobody's reference means another."""
    ids = [script.revision for script in chain]
    if not all(_is_elsewhere(problem, old) for problem in history.problems):
        return False
    if old.branch_labels or any(script.branch_labels for script in chain):
        return False
    if not chain or len(set(ids)) < len(ids) or any(one in history.scripts and one != old.revision for one in ids):
        return False
    if (chain[0].parents, chain[0].depends_on) != (old.parents, old.depends_on):
        return False
    if any(script.parents != (below,) or script.depends_on for below, script in zip(ids, chain[1:], strict=False)):
        return False
    return ids[-1] == old.revision or not _is_needed(old.revision, history.needs.values())


def _is_elsewhere(problem: GraphProblem, old: MigrationScript) -> bool:
    """Several heads, none of them the old one: of the other problems it is not known what they would become."""
    return problem.kind == "multiple-heads" and old.revision not in problem.revisions


def _is_needed(revision: str, needs: Iterable[tuple[str, ...]]) -> bool:
    return any(revision in each for each in needs)


def _without(mapping: Mapping[str, Value], key: str) -> dict[str, Value]:
    copied = dict(mapping)
    del copied[key]
    return copied
