"""What a pull request does to revisions that are merged already: edits, deletes, puts others beneath them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from rules.history.graph import History
from rules.history.meaning import differences
from rules.model.script import MigrationScript


@dataclass(frozen=True, slots=True)
class EditedRevision:
    """`differs` says in words what is not as it was."""

    before: MigrationScript
    after: MigrationScript
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeletedRevisions:
    """Sorted by path; at least one."""

    scripts: tuple[MigrationScript, ...]


@dataclass(frozen=True, slots=True)
class InsertedRevision:
    """`script` is new, and the merged revision `above` follows it now."""

    script: MigrationScript
    above: MigrationScript


Meddling = EditedRevision | DeletedRevisions | InsertedRevision


def meddling(
    now: History, base: History, new: Collection[str], paths: Collection[str], unreadable: Collection[str]
) -> Iterator[Meddling]:
    """`paths` are the files there are; `unreadable` those among them that are no migration any more."""
    gone = []
    for revision, before in base.scripts.items():
        after = now.scripts.get(revision) or (now.script_at(before.path) if before.path in paths else None)
        if after is None:
            if before.path not in unreadable:
                gone.append(before)
            continue
        inserted = [now.scripts[parent] for parent in now.parents[after.revision] if parent in new]
        yield from (InsertedRevision(script, after) for script in inserted)
        differs = differences(before, after)
        if not inserted and set(now.parents[after.revision]) != set(base.parents[revision]):
            differs = (*differs, "it follows another revision")
        if differs and before.text != after.text:
            yield EditedRevision(before, after, differs)
    if gone:
        yield DeletedRevisions(tuple(sorted(gone, key=lambda script: script.path)))
