"""What a pull request changes: GitHub's listing, the tree that the merge would leave, and patches that GitHub omits."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.github.answers import FileAnswer
from bot.github.client import Client, read
from bot.github.trees import Entry
from bot.model.snapshot import Change, ChangedFile, LeftOut

MOST_FILES = 3_000
"""GitHub lists no more."""
MOST_LINES = 20_000
"""Of a file whose patch we compute; finding the differences of longer ones may take minutes."""
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
    """A unified diff without file headers; None if nothing differs or the files are too long."""
    old, new = _lines(before), _lines(after)
    if max(len(old), len(new)) > MOST_LINES:
        return None
    if not old or not new:
        removed = "".join(f"\n-{line}" for line in old)
        added = "".join(f"\n+{line}" for line in new)
        header = f"@@ -{min(1, len(old))},{len(old)} +{min(1, len(new))},{len(new)} @@"
        return f"{header}{removed}{added}" if old or new else None
    rows = list(difflib.unified_diff(old, new, lineterm=""))[2:]
    return "\n".join(rows) or None


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
