"""How an extra head is repaired: its line follows the other one where the order is free, else both are merged."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from rules.engine.case import Case
from rules.history import History
from rules.history.extra_heads import ExtraHead
from rules.joining import Naming, merge_revision, naming_of, what_ties
from rules.model.finding import PlannedRevision
from rules.model.script import MigrationScript


def with_repair(extra: ExtraHead, case: Case) -> ExtraHead:
    if extra.beside is None or extra.beside.revision == extra.head.revision:
        return extra
    history = case.scene.history
    heads = _heads_beside(extra, history)
    joined = merge_revision(heads, naming_in(case), history.scripts.keys())
    return replace(extra, tied=_tied(extra, extra.beside, case), joined=joined)


def joined_heads(case: Case, at: datetime | None = None) -> tuple[PlannedRevision, ...]:
    """A merge revision for each branch that has several heads; those that the base has come first in it."""
    history, found = case.scene.history, []
    branches: dict[frozenset[str], list[str]] = {}
    for head in sorted(history.heads, key=lambda each: (each in case.scene.new, each)):
        branches.setdefault(history.labels[head], []).append(head)
    for heads in branches.values():
        if len(heads) > 1:
            scripts = [history.scripts[head] for head in heads]
            found.append(merge_revision(scripts, naming_in(case), history.scripts.keys(), at))
    return tuple(found)


def naming_in(case: Case) -> Naming:
    path = case.scene.where.ini_path
    return naming_of(path, case.texts.get(path, "") if path else "")


def _heads_beside(extra: ExtraHead, history: History) -> tuple[MigrationScript, ...]:
    """The heads of its branch, the one that it should follow first; both where they are on different branches."""
    beside = extra.beside or extra.head
    labels = history.labels[extra.head.revision]
    heads = [history.scripts[head] for head in history.heads if history.labels[head] == labels]
    return tuple({each.revision: each for each in (beside, *heads, extra.head)}.values())


def _tied(extra: ExtraHead, beside: MigrationScript, case: Case) -> str:
    history, root = case.scene.history, extra.root.revision
    ours, theirs = history.ancestors(extra.head.revision), history.ancestors(beside.revision)
    beneath = frozenset().union(*(history.ancestors(need) for need in history.needs[root]))
    if len(extra.root.parents) > 1:
        return f"`{root}` is a merge itself"
    if left := [each for each in history.parents[root] if each not in theirs]:
        return f"`{root}` stands on `{left[0]}`, and `{beside.revision}` does not"
    return what_ties(
        case.replay.before(root),
        [history.scripts[each] for each in history.order if each in ours - beneath - theirs],
        [history.scripts[each] for each in history.order if each in theirs - ours],
    )
