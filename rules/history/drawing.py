"""From a history to what pictures are made of: the whole graph, or the small part around a few revisions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rules.history.graph import History
from rules.model.drawing import Dot, Drawing, Link, Mark, Shape
from rules.model.script import MigrationScript

MOST_DOTS = 30
"""Of a part: more do not fit into a comment."""


@dataclass(slots=True)
class _Sketch:
    """Dots by key, a revision's being its id; `below` and `needs` name keys."""

    dots: dict[str, Dot] = field(default_factory=dict)
    below: dict[str, tuple[str, ...]] = field(default_factory=dict)
    needs: dict[str, tuple[str, ...]] = field(default_factory=dict)


def whole(path: str, history: History, new: Collection[str] = ()) -> Drawing:
    """Every revision. `new` are the ids that a pull request adds."""
    faulty = frozenset(each for problem in history.problems for each in problem.revisions)
    sketch = _Sketch()
    for revision, script in history.scripts.items():
        sketch.dots[revision] = _dot(script, history, new, faulty, {})
        missing = tuple(parent for parent in script.parents if _is_missing(parent, history))
        sketch.below[revision] = (*history.parents[revision], *(f"\0{parent}" for parent in missing))
        sketch.needs[revision] = _only_needed(revision, history)
        for parent in missing:
            sketch.dots[f"\0{parent}"] = Dot(0, parent, "no file declares it", Shape.MISSING, (Mark.FAULT,))
    return _laid_out(path, sketch)


def part(
    path: str,
    history: History,
    around: Iterable[str],
    *,
    new: Collection[str] = (),
    faulty: Collection[str] = (),
    pulls: Mapping[str, int] = {},
) -> Drawing:
    """The revisions of `around`, what the new ones follow, and gaps that say how many lie in between.

    `pulls` are the numbers of the open pull requests that add a revision.
    """
    chosen = dict.fromkeys(revision for revision in around if revision in history.scripts)
    beneath = dict.fromkeys(parent for each in chosen if each in new for parent in history.parents[each])
    kept = frozenset([*chosen, *beneath][:MOST_DOTS])
    sketch = _Sketch()
    for revision in kept:
        script = history.scripts[revision]
        sketch.dots[revision] = _dot(script, history, new, faulty, pulls)
        missing = tuple(parent for parent in script.parents if _is_missing(parent, history))
        sketch.needs[revision] = tuple(need for need in _only_needed(revision, history) if need in kept)
        sketch.below[revision] = (*_stretch(revision, history, kept, sketch), *(f"\0{parent}" for parent in missing))
        for parent in missing:
            sketch.dots[f"\0{parent}"] = Dot(0, parent, "no file declares it", Shape.MISSING, (Mark.FAULT,))
    return _laid_out(path, sketch)


def _stretch(revision: str, history: History, kept: Collection[str], sketch: _Sketch) -> tuple[str, ...]:
    """What a revision follows: kept ones directly, everything else through one gap."""
    direct = tuple(parent for parent in history.parents[revision] if parent in kept)
    waiting = [parent for parent in history.parents[revision] if parent not in kept]
    if not waiting:
        return direct
    skipped, reached = set(waiting), dict[str, None]()
    while waiting:
        for parent in history.parents[waiting.pop()]:
            if parent in kept:
                reached[parent] = None
            elif parent not in skipped:
                skipped.add(parent)
                waiting.append(parent)
    count = f"{len(skipped):,} {'' if reached else 'earlier '}revision{'' if len(skipped) == 1 else 's'}"
    key = f"\1{revision}" if reached else "\1"
    known = sketch.dots.get(key)
    sketch.dots[key] = Dot(0, "", count if known is None else "earlier revisions", Shape.GAP)
    sketch.below[key] = tuple(reached)
    return (*direct, key)


def _dot(
    script: MigrationScript,
    history: History,
    new: Collection[str],
    faulty: Collection[str],
    pulls: Mapping[str, int],
) -> Dot:
    revision = script.revision
    marks = {
        Mark.HEAD: not history.children[revision],
        Mark.BASE: not script.parents,
        Mark.NEW: revision in new,
        Mark.FAULT: revision in faulty,
    }
    return Dot(
        0,
        revision,
        " ".join(script.docstring.strip().partition("\n")[0].split()),
        Shape.MERGE if len(script.parents) > 1 else Shape.REVISION,
        tuple(mark for mark, holds in marks.items() if holds),
        script.branch_labels,
        pulls.get(revision),
    )


def _is_missing(parent: str, history: History) -> bool:
    """Neither an id nor, as it was meant, the beginning of one or a label."""
    return parent not in history.scripts and not any(
        each.startswith(parent) or parent in script.branch_labels for each, script in history.scripts.items()
    )


def _only_needed(revision: str, history: History) -> tuple[str, ...]:
    return tuple(need for need in history.needs[revision] if need not in history.parents[revision])


def _laid_out(path: str, sketch: _Sketch) -> Drawing:
    order = list(_from_above(sketch))
    number = {key: at for at, key in enumerate(order)}
    dots = []
    for key in order:
        dot = sketch.dots[key]
        dots.append(Dot(number[key], dot.name, dot.title, dot.shape, dot.marks, dot.labels, dot.pull))
    links = [
        Link(number[key], number[other], follows)
        for key in order
        for others, follows in ((sketch.below.get(key, ()), True), (sketch.needs.get(key, ()), False))
        for other in others
    ]
    return Drawing(path, tuple(dots), tuple(links))


def _from_above(sketch: _Sketch) -> Iterator[str]:
    """Each key after all that stand on it; a line is followed to its end before the next one. Cycles come last."""
    above = dict.fromkeys(sketch.dots, 0)
    for edges in (sketch.below, sketch.needs):
        for others in edges.values():
            for other in others:
                above[other] += 1
    ready = sorted((key for key, count in above.items() if count == 0), reverse=True)
    waiting = iter(sorted(sketch.dots))
    placed: set[str] = set()
    while len(placed) < len(sketch.dots):
        key = ready.pop() if ready else next(waiting)  # nothing ready: only cycles are left, and one is entered
        if key in placed:
            continue
        placed.add(key)
        yield key
        for other in (*sketch.needs.get(key, ()), *reversed(sketch.below.get(key, ()))):
            above[other] -= 1
            if above[other] == 0:
                ready.append(other)
