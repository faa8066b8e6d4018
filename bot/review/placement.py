"""Which lines of the new side a comment can stand on. GitHub refuses a whole review for one line outside the hunks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.model.snapshot import Change, ChangedFile
from rules.model.place import Place

_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")
_LONE_RETURN = re.compile(r"\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Hunk:
    """The new side of one hunk: its first line (from 1) and its lines, context and additions, without their ends."""

    start: int
    lines: tuple[str, ...]

    @property
    def end(self) -> int:
        """The last line; one less than `start` where the hunk only deletes."""
        return self.start + len(self.lines) - 1

    def holds(self, first: int, last: int) -> bool:
        return self.start <= first <= last <= self.end


@dataclass(frozen=True, slots=True)
class Span:
    """Lines of one file on the new side, from 1, both inclusive, inside one hunk."""

    path: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Diff:
    """A pull request's hunks by path on the new side."""

    hunks: Mapping[str, tuple[Hunk, ...]]

    def span_of(self, place: Place) -> Span | None:
        """The part of a place that the diff shows: up to its last line, else from its first; None if it has neither."""
        for line in (place.last_line, place.line):
            for hunk in self.hunks.get(place.path, ()):
                if hunk.holds(line, line):
                    return Span(place.path, max(place.line, hunk.start), min(place.last_line, hunk.end))
        return None

    def holds(self, path: str, first: int, last: int) -> bool:
        """Whether one hunk shows all these lines."""
        return any(hunk.holds(first, last) for hunk in self.hunks.get(path, ()))


def diff_of(changed: Iterable[ChangedFile], texts: Mapping[str, str]) -> Diff:
    """The hunks that agree with the files as read; a patch of another text would put comments on wrong lines."""
    hunks: dict[str, tuple[Hunk, ...]] = {}
    for file in changed:
        if file.patch is None or file.change is Change.REMOVED:
            continue
        text = texts.get(file.path)
        found = read_patch(file.patch)
        hunks[file.path] = tuple(found if text is None else _agreeing(found, text))
    return Diff(hunks)


def read_patch(patch: str) -> Iterator[Hunk]:
    """The hunks of a unified diff, with or without file headers; the counts of a hunk's header decide where it ends."""
    start, wanted, lines = 0, 0, list[str]()
    for row in patch.split("\n"):
        if len(lines) < wanted and row[:1] in ("+", " ", ""):
            lines.append(row[1:])
            continue
        if header := _HUNK.match(row):
            if wanted:
                yield Hunk(start, tuple(lines))
            start, wanted, lines = int(header[1]), int(header[2] or 1), []
    if wanted:
        yield Hunk(start, tuple(lines))


def _agreeing(hunks: Iterable[Hunk], text: str) -> Iterator[Hunk]:
    """Git ends lines at line feeds alone; Python ends them at a lone carriage return too, and then numbers differ."""
    if _LONE_RETURN.search(text):
        return
    rows = [row.removesuffix("\r") for row in text.split("\n")]
    for hunk in hunks:
        if rows[hunk.start - 1 : hunk.end] == [row.removesuffix("\r") for row in hunk.lines]:
            yield hunk
