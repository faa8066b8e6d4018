"""Which new revisions would leave the graph with more heads than the base branch has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from rules.history.graph import History
from rules.model.finding import PlannedRevision
from rules.model.script import MigrationScript


@dataclass(frozen=True, slots=True)
class ExtraHead:
    """A line of new revisions that ends in a head of its own.

    `root` is the lowest new revision of that line, `head` its end; `beside` is the head that the line should stand
    on. `beside` is None where the base has no head on that branch.
    """

    root: MigrationScript
    head: MigrationScript
    beside: MigrationScript | None
    tied: str = ""
    """Why the line cannot simply follow `beside`, as words after "because"; empty where it can."""
    joined: PlannedRevision | None = None
    """The merge revision of all heads of the branch."""


def extra_heads(merged: History, base: History, new: Collection[str]) -> tuple[ExtraHead, ...]:
    """`merged` is the graph as it will be after the merge, `base` that of the base branch, `new` the ids added."""
    allowed = Counter(base.labels[head] for head in base.heads)
    if not base.scripts and merged.heads:
        allowed[merged.labels[merged.heads[0]]] += 1
    found: list[ExtraHead] = []
    astray = {problem.revisions[0] for problem in merged.problems if problem.kind == "unknown-parent"}
    branches: dict[frozenset[str], list[str]] = {}
    for head in merged.heads:
        branches.setdefault(merged.labels[head], []).append(head)
    for labels, heads in branches.items():
        surplus = len(heads) - allowed[labels]
        if surplus <= 0:
            continue
        kept = _kept(heads, merged, base)
        culprits = [head for head in heads if head not in kept and head in new][-surplus:]
        beside = next((merged.scripts[head] for head in kept), None) or _nearest_head(merged, base, new)
        lines = (ExtraHead(_root(head, merged, new), merged.scripts[head], beside) for head in culprits)
        # A line on a revision that does not exist has its own finding; its heads mean nothing yet.
        found.extend(line for line in lines if line.root.revision not in astray)
    return tuple(found)


def _kept(heads: list[str], merged: History, base: History) -> list[str]:
    """For each head of the base the one head that continues it; it keeps its right to be one."""
    kept: list[str] = []
    below = {head: merged.ancestors(head) for head in heads}
    for base_head in base.heads or merged.heads[:1]:
        follower = next((head for head in heads if head not in kept and base_head in below[head]), None)
        if follower is not None:
            kept.append(follower)
    return kept


def _nearest_head(merged: History, base: History, new: Collection[str]) -> MigrationScript | None:
    """Where a whole branch is new: the head that was there before, if there is exactly one."""
    before = [head for head in merged.heads if head not in new] or list(base.heads)
    return merged.scripts.get(before[0]) if len(before) == 1 else None


def _root(head: str, merged: History, new: Collection[str]) -> MigrationScript:
    root, seen = head, {head}
    while True:
        below = [parent for parent in merged.parents[root] if parent in new and parent not in seen]
        if len(below) != 1:
            return merged.scripts[root]
        root = below[0]
        seen.add(root)
