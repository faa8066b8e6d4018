"""Edits beside the code: comments, words in a line, a span of the docstring."""

from __future__ import annotations

from bisect import bisect_right

from rules.model.finding import Edit
from rules.model.place import Place
from rules.rewriting.lines import line_starts, newline_of


def line_edit(path: str, text: str, span: tuple[int, int], replacement: str) -> Edit:
    """Replaces a span of offsets."""
    starts = line_starts(text)
    first, last = (bisect_right(starts, offset) for offset in span)
    return Edit(path, first, span[0] - starts[first - 1], last, span[1] - starts[last - 1], replacement)


def without_comment(text: str, place: Place) -> Edit | None:
    """Removes a `#` comment with the spaces before it, or its whole line if it stands alone."""
    start = line_starts(text)[place.line - 1]
    comment = start + place.column
    if text[comment : comment + 1] != "#":
        return None
    end = start + place.end_column
    before = text[start:comment]
    if before.strip():
        return line_edit(place.path, text, (start + len(before.rstrip()), end), "")
    newline = newline_of(text)
    return line_edit(place.path, text, (start, end + len(newline) if text.startswith(newline, end) else end), "")


def word_in_line(text: str, place: Place, word: str, replacement: str) -> Edit | None:
    """Replaces a word inside a place of one line, if it stands there once."""
    start = line_starts(text)[place.line - 1]
    written = text[start + place.column : start + place.end_column]
    if written.count(word) != 1:
        return None
    offset = start + place.column + written.index(word)
    return line_edit(place.path, text, (offset, offset + len(word)), replacement)
