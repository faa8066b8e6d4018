"""Patches as GitHub shows them: which lines a comment may name, and where old lines went."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Side = Literal["LEFT", "RIGHT"]

HUNK_HEADER = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
STATUS = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "C": "copied", "T": "changed"}


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a patch. `position` counts lines below the file's first `@@` line."""

    kind: Literal[" ", "+", "-"]
    text: str
    old: int | None
    new: int | None
    position: int


@dataclass(frozen=True, slots=True)
class Hunk:
    header: str
    lines: tuple[DiffLine, ...]
    old_start: int
    old_count: int
    new_start: int
    new_count: int

    def up_to(self, position: int) -> str:
        """What GitHub calls `diff_hunk`: the header and the lines down to the commented one."""
        return "\n".join([self.header, *(line.kind + line.text for line in self.lines if line.position <= position)])


@dataclass(frozen=True)
class FileChange:
    """One file of a diff. `patch` is None for binary files."""

    path: str
    previous_path: str | None
    status: str
    old_sha: str
    new_sha: str
    patch: str | None
    additions: int = field(default=0)
    deletions: int = field(default=0)

    @property
    def sha(self) -> str:
        return self.old_sha if self.status == "removed" else self.new_sha

    @cached_property
    def hunks(self) -> tuple[Hunk, ...]:
        return tuple(read_hunks(self.patch or ""))

    def find(self, side: Side, number: int) -> tuple[Hunk, DiffLine] | None:
        """The line of the diff that carries this number on this side; None outside the hunks."""
        for hunk in self.hunks:
            for line in hunk.lines:
                if number == (line.old if side == "LEFT" else line.new):
                    return hunk, line
        return None


def read_hunks(patch: str) -> Iterator[Hunk]:
    header, position, lines = "", -1, list[DiffLine]()
    for text in patch.split("\n"):
        if match := HUNK_HEADER.match(text):
            if header:
                yield make_hunk(header, lines)
            header, lines = text, []
            old, new = int(match[1]), int(match[3])
            position += 1
        elif text[:1] == "\\" or not text:
            position += text[:1] == "\\"
        else:
            position += 1
            before = None if text[0] == "+" else old
            after = None if text[0] == "-" else new
            lines.append(DiffLine(text[0], text[1:], before, after, position))  # type: ignore[arg-type]
            old += before is not None
            new += after is not None
    if header:
        yield make_hunk(header, lines)


def make_hunk(header: str, lines: list[DiffLine]) -> Hunk:
    match = HUNK_HEADER.match(header)
    assert match
    return Hunk(header, tuple(lines), int(match[1]), int(match[2] or 1), int(match[3]), int(match[4] or 1))


def follow_line(change: FileChange | None, number: int) -> int | None:
    """The number that an old line has in the new text; None if it was changed or deleted."""
    if change is None:
        return number
    if change.status == "removed":
        return None
    shift = 0
    for hunk in change.hunks:
        for line in hunk.lines:
            if line.old == number:
                return line.new
        if number >= hunk.old_start + hunk.old_count:
            shift = (hunk.new_start + hunk.new_count) - (hunk.old_start + hunk.old_count)
    return number + shift


def read_raw(raw: bytes) -> Iterator[tuple[str, str, str, str | None, str]]:
    """`git diff --raw -z` as (letter, old sha, new sha, previous path, path)."""
    fields = iter(raw.decode("utf-8", "surrogateescape").split("\0"))
    for meta in fields:
        if not meta:
            continue
        _, _, old, new, letter = meta.split(" ")
        first = next(fields)
        second = next(fields) if letter[0] in "RC" else None
        yield letter[0], old, new, first if second else None, second or first


def read_changes(raw: bytes, patches: bytes) -> list[FileChange]:
    """Joins `git diff --raw -z` and `git diff -p`, which list the same files in the same order."""
    sections = re.split(r"(?m)^diff --git .*\n", patches.decode("utf-8", "replace"))[1:]
    return [make_change(*entry, section=section) for entry, section in zip(read_raw(raw), sections, strict=True)]


def make_change(letter: str, old: str, new: str, previous: str | None, path: str, section: str) -> FileChange:
    start = re.search(r"(?m)^@@ ", section)
    patch = section[start.start() :].removesuffix("\n") if start else None
    body = patch.split("\n") if patch else []
    return FileChange(
        path=path,
        previous_path=previous,
        status=STATUS[letter],
        old_sha=old,
        new_sha=new,
        patch=patch,
        additions=sum(line.startswith("+") for line in body),
        deletions=sum(line.startswith("-") for line in body),
    )
