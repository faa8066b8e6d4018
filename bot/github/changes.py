"""What a pull request changes: GitHub's listing, the tree that the merge would leave, and patches that GitHub omits."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.github.answers import FileAnswer
from bot.github.client import Client, read
from bot.github.layout import could_matter
from bot.github.trees import Entry
from bot.model.snapshot import Change, ChangedFile, LeftOut

MOST_FILES = 3_000
"""GitHub lists no more."""
MOST_COMPARED = 2_000
"""Lines between the first and the last difference; to compare more of them well may take minutes."""
CONTEXT = 3
_CHANGES = {
    "added": Change.ADDED,
    "copied": Change.ADDED,
    "modified": Change.MODIFIED,
    "changed": Change.MODIFIED,
    "removed": Change.REMOVED,
    "renamed": Change.RENAMED,
}


def changed_files(client: Client, number: int) -> tuple[tuple[ChangedFile, ...], str | None]:
    """The files, and the head that they belong to: GitHub lists those of the present head, whatever we looked at."""
    answers = [read(FileAnswer, item) for item in client.pages(f"{client.base}/pulls/{number}/files", most=MOST_FILES)]
    heads = {head for answer in answers if (head := answer.head_sha) is not None}
    files = tuple(_changed(answer) for answer in answers if answer.status in _CHANGES)
    return files, heads.pop() if len(heads) == 1 else None


def cut_short(changed: tuple[ChangedFile, ...], total: int) -> tuple[LeftOut, ...]:
    if total <= len(changed):
        return ()
    return (LeftOut("", f"the pull request changes {total:,} files; GitHub lists the first {len(changed):,}"),)


def without_content(changed: Iterable[ChangedFile]) -> tuple[LeftOut, ...]:
    """Files of which GitHub names no blob."""
    return tuple(
        LeftOut(file.path, "GitHub does not say what is in it")
        for file in changed
        if file.blob_sha is None and file.change is not Change.REMOVED and could_matter(file.path)
    )


def merged(base: Mapping[str, Entry], changed: Iterable[ChangedFile]) -> dict[str, Entry]:
    """The base tip with the pull request's files laid over it. A file that both sides changed is the pull request's."""
    entries = dict(base)
    for file in changed:
        gone = file.path if file.change is Change.REMOVED else file.previous_path
        if gone is not None and (file.change is Change.REMOVED or file.change is Change.RENAMED):
            entries.pop(gone, None)
    for file in changed:
        if file.change is not Change.REMOVED and file.blob_sha:
            known = entries.get(file.path)
            entries[file.path] = known if known and known.sha == file.blob_sha else Entry(file.blob_sha)
    return entries


def between(base: Mapping[str, Entry], head: Mapping[str, Entry]) -> tuple[ChangedFile, ...]:
    """The changes between two trees, without patches; a renamed file is one removed and one added."""
    found = [
        ChangedFile(path, Change.MODIFIED if path in base else Change.ADDED, None, None, entry.sha)
        for path, entry in head.items()
        if path not in base or base[path].sha != entry.sha
    ]
    found += [ChangedFile(path, Change.REMOVED, None) for path in base if path not in head]
    return tuple(sorted(found, key=lambda file: file.path))


def with_patches(
    changed: Iterable[ChangedFile], before: Mapping[str, str], after: Mapping[str, str]
) -> tuple[ChangedFile, ...]:
    """GitHub omits the patch of a long file or diff; where both texts are known it is computed."""
    return tuple(_with_patch(file, before, after) for file in changed)


def patch_between(before: str, after: str) -> str | None:
    """A unified diff without file headers; None if nothing differs. Long changes are one hunk, and not the smallest."""
    old, new = _lines(before), _lines(after)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    removed, added = old[head : len(old) - tail], new[head : len(new) - tail]
    if not removed and not added:
        return None
    if min(len(removed), len(added)) == 0 or max(len(removed), len(added)) > MOST_COMPARED:
        start = max(0, head - CONTEXT)
        around = old[start:head], old[len(old) - tail : len(old) - tail + CONTEXT]
        return _hunk(start, around[0], removed, added, around[1])
    return "\n".join(list(difflib.unified_diff(old, new, n=CONTEXT, lineterm=""))[2:])


def _hunk(start: int, before: list[str], removed: list[str], added: list[str], after: list[str]) -> str:
    """`start` lines stand above it, the same on both sides."""
    context = len(before) + len(after)
    sides = [f"{start + 1 if count + context else start},{count + context}" for count in (len(removed), len(added))]
    rows = [f" {line}" for line in before] + [f"-{line}" for line in removed]
    rows += [f"+{line}" for line in added] + [f" {line}" for line in after]
    return "\n".join((f"@@ -{sides[0]} +{sides[1]} @@", *rows))


def _common(left: list[str], right: list[str]) -> int:
    """How many first lines are equal."""
    return next(
        (n for n, (one, other) in enumerate(zip(left, right, strict=False)) if one != other), min(len(left), len(right))
    )


def _with_patch(file: ChangedFile, before: Mapping[str, str], after: Mapping[str, str]) -> ChangedFile:
    text = after.get(file.path)
    if file.patch is not None or text is None or file.change is Change.REMOVED:
        return file
    earlier = "" if file.change is Change.ADDED else before.get(file.previous_path or file.path)
    return file if earlier is None else replace(file, patch=patch_between(earlier, text))


def _lines(text: str) -> list[str]:
    """Git's lines: they end at line feeds alone."""
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _changed(answer: FileAnswer) -> ChangedFile:
    change = _CHANGES[answer.status]
    previous = answer.previous_filename if change is Change.RENAMED else None
    return ChangedFile(answer.filename, change, answer.patch, previous, answer.sha)
