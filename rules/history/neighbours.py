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
    """A neighbour with a revision file that is here too is stacked on this pull request, or the other way round.

    Two merges of the same revisions leave two heads as well; a merge and a revision on one of its parents do not.
    """
    known = tuple(others)
    files = {history.scripts[revision].path for revision in new if revision in history.scripts}
    stacked = {pull for pull, script in known if script.revision in new and script.path in files}
    for revision in history.order:
        script = history.scripts[revision]
        if revision not in new or any(parent in new for parent in script.parents):
            continue
        beside = [
            (pull, other)
            for pull, other in known
            if pull not in stacked
            and sorted(other.parents) == sorted(script.parents)
            and (other.revision not in history.scripts or other.revision == revision)
        ]
        if beside and (script.parents or _is_alone(revision, history)):
            yield SharedParent(script, tuple(sorted(beside, key=lambda each: (each[0], each[1].path))))


def _is_alone(revision: str, history: History) -> bool:
    """The only beginning of the graph: a second one is another branch, and begun on purpose."""
    return history.bases == (revision,)
