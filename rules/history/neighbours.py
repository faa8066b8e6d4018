"""Other open pull requests that stand on the same revision: whichever merges second has two heads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from rules.history.graph import History
from rules.model.script import MigrationScript


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A revision file that another open pull request to the same base adds."""

    pull: int
    path: str
    text: str
    draft: bool = False


@dataclass(frozen=True, slots=True)
class SharedParent:
    """`others` are (number of the pull request, its revision), by number; at least one."""

    script: MigrationScript
    others: tuple[tuple[int, MigrationScript], ...]


def shared_parents(
    history: History, new: Collection[str], others: Iterable[tuple[int, MigrationScript]]
) -> Iterator[SharedParent]:
    """A neighbour with a revision that is here too is stacked on this pull request, or the other way round."""
    known = tuple(others)
    stacked = {pull for pull, script in known if script.revision in new}
    for revision in history.order:
        script = history.scripts[revision]
        if revision not in new or len(script.parents) != 1:
            continue
        beside = [
            (pull, other)
            for pull, other in known
            if pull not in stacked and other.parents == script.parents and other.revision not in history.scripts
        ]
        if beside:
            yield SharedParent(script, tuple(sorted(beside, key=lambda each: (each[0], each[1].path))))
