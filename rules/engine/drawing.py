"""The part of the graph that a review speaks of, laid out to be drawn beside what is said."""

from __future__ import annotations

from collections.abc import Sequence

from rules.engine.case import Case
from rules.history import History, history_of
from rules.history.drawing import part
from rules.history.extra_heads import extra_heads
from rules.history.neighbours import shared_parents
from rules.model.drawing import Drawing
from rules.model.finding import Finding
from rules.model.script import MigrationScript

DRAWN = frozenset(
    {
        "multiple-heads",
        "parent-shared-with-open-pull-request",
        "inserted-below-head",
        "unknown-parent",
        "revision-cycle",
    }
)
"""The rules whose findings a picture helps to understand."""


def drawing_of(case: Case, said: Sequence[Finding]) -> Drawing | None:
    """None where nothing of that kind is said."""
    scene = case.scene
    rules = DRAWN.intersection(finding.rule for finding in said if finding.silenced is None)
    if scene.apart or not rules:
        return None
    extras = extra_heads(scene.history, case.base, scene.new)
    heads = [each.revision for extra in extras for each in (extra.head, extra.beside) if each is not None]
    shared = list(shared_parents(scene.history, scene.new, case.neighbours))
    others = [other for each in shared for _, other in each.others if other.revision not in scene.history.scripts]
    faulty = dict.fromkeys([*heads, *_at_fault(case, rules)])
    around = dict.fromkeys([*faulty, *(each.script.revision for each in shared)])
    new = [revision for revision in reversed(scene.history.order) if revision in scene.new]
    return part(
        scene.where.path,
        _with(case, others),
        [*around, *(other.revision for other in others), *new, *scene.history.heads],
        new=scene.new,
        faulty=faulty,
        pulls={other.revision: pull for each in shared for pull, other in each.others if other in others},
    )


def _at_fault(case: Case, rules: frozenset[str]) -> list[str]:
    problems = [problem for problem in case.scene.history.problems if problem.kind in rules - {"multiple-heads"}]
    return [revision for problem in problems for revision in problem.revisions]


def _with(case: Case, others: Sequence[MigrationScript]) -> History:
    return history_of([*case.location.scripts, *others]) if others else case.scene.history
