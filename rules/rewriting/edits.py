"""Edits applied to a text, and several of them said as one."""

from __future__ import annotations

from collections.abc import Sequence

from rules.model.finding import Edit
from rules.rewriting.lines import line_starts


def apply_edits(text: str, edits: Sequence[Edit]) -> str | None:
    """The text after all edits, whose positions are those of the text as it is; None if they overlap or miss it."""
    starts = line_starts(text)
    spans = []
    for edit in edits:
        start = _offset(edit.start_line, edit.start_column, starts, len(text))
        end = _offset(edit.end_line, edit.end_column, starts, len(text))
        if start is None or end is None or start > end:
            return None
        spans.append((start, end, edit.text))
    spans.sort()
    parts, position = [], 0
    for start, end, replacement in spans:
        if start < position:
            return None
        parts += [text[position:start], replacement]
        position = end
    return "".join([*parts, text[position:]])


def one_edit(text: str, edits: Sequence[Edit]) -> Edit | None:
    """One edit that does what several do to one file, from the first's start to the last's end."""
    changed = apply_edits(text, edits)
    if changed is None or not edits or len({edit.path for edit in edits}) != 1:
        return None
    starts = line_starts(text)
    first = min(edits, key=lambda edit: (edit.start_line, edit.start_column))
    last = max(edits, key=lambda edit: (edit.end_line, edit.end_column))
    start = starts[first.start_line - 1] + first.start_column
    kept = len(text) - (starts[last.end_line - 1] + last.end_column)
    return Edit(
        first.path,
        first.start_line,
        first.start_column,
        last.end_line,
        last.end_column,
        changed[start : len(changed) - kept],
    )


def _offset(line: int, column: int, starts: list[int], length: int) -> int | None:
    if not 1 <= line <= len(starts):
        return None
    offset = starts[line - 1] + column
    return offset if 0 <= offset <= length else None
