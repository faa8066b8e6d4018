"""Edits of a file as GitHub's suggestion block, which replaces whole lines; as a diff where no block can carry them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.review.markdown import Markdown, fenced
from bot.review.placement import Diff, Span
from rules.model.finding import Suggestion
from rules.rewriting import apply_edits

LONGEST_BLOCK = 20_000
"""Characters; a longer one is no longer read before it is accepted."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]|\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Block:
    """The lines that a comment must stand on, both inclusive, and what replaces them. The file's line ends are kept."""

    span: Span
    lines: tuple[str, ...]
    """Each with its line end, but for a last line of the file that has none."""

    @property
    def markdown(self) -> Markdown:
        return fenced("".join(self.lines), "suggestion")

    def accepted(self, text: str) -> str:
        """The file after somebody commits the suggestion."""
        lines = lines_of(text)
        return "".join((*lines[: self.span.first - 1], *self.lines, *lines[self.span.last :]))


def block_of(suggestion: Suggestion | None, texts: Mapping[str, str], diff: Diff) -> Block | None:
    """The suggestion as one block, or None if it needs several files, lines outside one hunk, or too many of them.

    Whether the file ends with a line feed stays as it was: a block cannot say it.
    """
    paths = {edit.path for edit in suggestion.edits} if suggestion else set()
    if suggestion is None or len(paths) != 1:
        return None
    path = paths.pop()
    text = texts.get(path)
    if text is None:
        return None
    edited = apply_edits(text, suggestion.edits)
    if edited is None:
        return None
    found = _replacement(path, lines_of(text), lines_of(edited), diff)
    same_end = text.endswith("\n") == edited.endswith("\n")
    if found is None or not same_end or found.accepted(text) != edited or not _can_be_sent(found):
        return None
    return found


def diff_text(suggestion: Suggestion, texts: Mapping[str, str], context: int = 3) -> str:
    """The edits as a unified diff with file names, `context` lines around each; empty if they cannot be applied."""
    parts: list[str] = []
    for path in sorted({edit.path for edit in suggestion.edits}):
        text = texts.get(path, "")
        edited = apply_edits(text, [edit for edit in suggestion.edits if edit.path == path])
        if edited is None:
            return ""
        before, after = ([line.rstrip("\r\n") for line in lines_of(side)] for side in (text, edited))
        parts += difflib.unified_diff(before, after, f"a/{path}", f"b/{path}", n=context, lineterm="")
    return "\n".join(parts)


def lines_of(text: str) -> list[str]:
    """Lines as Python counts them in source text, each with its end."""
    return _LINE.findall(text)


def _replacement(path: str, before: list[str], after: list[str], diff: Diff) -> Block | None:
    """The smallest change of whole lines. Blocks replace something: one that only adds takes a neighbour along."""
    first, shortest = 0, min(len(before), len(after))
    while first < shortest and before[first] == after[first]:
        first += 1
    kept = 0
    while kept < shortest - first and before[-1 - kept] == after[-1 - kept]:
        kept += 1
    last, new_last = len(before) - kept, len(after) - kept
    if first == last and first == new_last:
        return None
    wider = (
        ((first, last, new_last),) if first < last else ((first, last + 1, new_last + 1), (first - 1, last, new_last))
    )
    for start, end, new_end in wider:
        if diff.holds(path, start + 1, end):
            return Block(Span(path, start + 1, end), tuple(after[start:new_end]))
    return None


def _can_be_sent(block: Block) -> bool:
    return len(block.markdown) <= LONGEST_BLOCK and not _UNPRINTABLE.search("".join(block.lines))
