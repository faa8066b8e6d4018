"""The graph of one script location, from its scripts alone. A broken graph is a value too: it says how it is broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rules.history.order import in_order
from rules.history.problems import problems_of
from rules.history.reference import Index, Reference
from rules.model.review import GraphProblem
from rules.model.script import MigrationScript


@dataclass(frozen=True, slots=True)
class History:
    """Revision ids map to scripts; where an id is used twice, the first file by path stands for it.

    `parents` are the ids of `down_revision` that exist; `needs` adds those of `depends_on`. `order` has every
    revision after all that it needs; revisions of a cycle stand where the cycle can be entered.
    """

    scripts: Mapping[str, MigrationScript] = field(default_factory=dict)
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The branch labels that hold at a revision: its own and those of its line."""
    order: tuple[str, ...] = ()
    problems: tuple[GraphProblem, ...] = ()
    doubles: tuple[MigrationScript, ...] = ()
    """Files whose id another file has already."""

    @property
    def heads(self) -> tuple[str, ...]:
        """Revisions that no other names as `down_revision`, sorted."""
        return tuple(sorted(revision for revision in self.scripts if not self.children[revision]))

    @property
    def bases(self) -> tuple[str, ...]:
        """Revisions without `down_revision`, sorted."""
        return tuple(sorted(revision for revision, script in self.scripts.items() if not script.parents))

    @property
    def branch_points(self) -> tuple[str, ...]:
        """Revisions that more than one other names as `down_revision`, sorted."""
        return tuple(sorted(revision for revision in self.scripts if len(self.children[revision]) > 1))

    @property
    def merges(self) -> tuple[str, ...]:
        """Revisions that name more than one `down_revision`, sorted."""
        return tuple(sorted(revision for revision, script in self.scripts.items() if len(script.parents) > 1))

    @property
    def branch_labels(self) -> dict[str, tuple[str, ...]]:
        """The revisions that declare each label."""
        declared: dict[str, list[str]] = {}
        for revision in self.order:
            for label in self.scripts[revision].branch_labels:
                declared.setdefault(label, []).append(revision)
        return {label: tuple(revisions) for label, revisions in sorted(declared.items())}

    def ancestors(self, revision: str) -> frozenset[str]:
        """The revision itself and everything it needs, however far back."""
        return frozenset(_reach(revision, self.needs))

    def descendants(self, revision: str) -> frozenset[str]:
        """The revision itself and everything above it by `down_revision`."""
        return frozenset(_reach(revision, self.children))

    def script_at(self, path: str) -> MigrationScript | None:
        return next((script for script in (*self.scripts.values(), *self.doubles) if script.path == path), None)

    def scripts_at(self, paths: Iterable[str]) -> tuple[MigrationScript, ...]:
        """Those of several files, in their order."""
        return tuple(script for path in paths if (script := self.script_at(path)) is not None)


def history_of(scripts: Iterable[MigrationScript]) -> History:
    """The graph of the scripts, whatever order they come in and however they contradict each other."""
    files = sorted(scripts, key=lambda script: script.path)
    first: dict[str, MigrationScript] = {}
    for script in files:
        first.setdefault(script.revision, script)
    index = Index.of(first.values())
    parents = {revision: _existing(index.parents_of(script)) for revision, script in first.items()}
    needs = {
        revision: _unique((*parents[revision], *_existing(index.dependencies_of(script))))
        for revision, script in first.items()
    }
    children: dict[str, tuple[str, ...]] = dict.fromkeys(first, ())
    for revision in sorted(first):
        for parent in parents[revision]:
            children[parent] = (*children[parent], revision)
    labels = _labels(first, parents, needs, children)
    heads = sorted(revision for revision in first if not children[revision])
    return History(
        scripts=first,
        parents=parents,
        needs=needs,
        children=children,
        labels=labels,
        order=in_order(needs),
        problems=tuple(problems_of(files, first, index, needs, {head: labels[head] for head in heads})),
        doubles=tuple(script for script in files if first[script.revision] is not script),
    )


def _existing(references: Iterable[Reference]) -> tuple[str, ...]:
    return _unique(reference.revision for reference in references if reference.revision is not None)


def _unique(revisions: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(revisions))


def _reach(start: str, edges: Mapping[str, tuple[str, ...]]) -> set[str]:
    seen = {start}
    waiting = [start]
    while waiting:
        for neighbour in edges.get(waiting.pop(), ()):
            if neighbour not in seen:
                seen.add(neighbour)
                waiting.append(neighbour)
    return seen


def _labels(
    scripts: Mapping[str, MigrationScript],
    parents: Mapping[str, tuple[str, ...]],
    needs: Mapping[str, tuple[str, ...]],
    children: Mapping[str, tuple[str, ...]],
) -> dict[str, frozenset[str]]:
    """As Alembic has them: a label holds above the revision that declares it, and below it if nothing forks above.

    Below it holds as far down as each revision is needed by one other at most and follows one at most.
    """
    needed = Counter(below for revision in scripts for below in needs[revision])

    def is_plain(revision: str) -> bool:
        return needed[revision] < 2 and len(scripts[revision].parents) < 2

    labels: dict[str, set[str]] = {revision: set() for revision in scripts}
    for revision, script in scripts.items():
        if not script.branch_labels:
            continue
        holds = _reach(revision, children)
        if all(map(is_plain, holds)):
            lower = parents[revision]
            while lower and lower[0] not in holds and is_plain(lower[0]):
                holds.add(lower[0])
                lower = parents[lower[0]]
        for each in holds:
            labels[each].update(script.branch_labels)
    return {revision: frozenset(names) for revision, names in labels.items()}
