"""The graph as `git log --graph` shows one: newest first, a line for each revision."""

from __future__ import annotations

from collections.abc import Iterator

from bot.drawing.lanes import Row, rows_of
from bot.review.markdown import cleaned, cut
from rules.model.drawing import Drawing, Mark, Shape

_DOTS = {Shape.REVISION: "●", Shape.MERGE: "●", Shape.GAP: "┊", Shape.MISSING: "✗"}
_NEW = "◉"
_WIDEST = 12
"""Lanes up to which the words of all rows stand beneath each other."""
_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
_LINES = {
    0: " ",
    _UP | _DOWN: "│",
    _LEFT | _RIGHT: "─",
    _UP | _LEFT: "╯",
    _DOWN | _LEFT: "╮",
    _UP | _RIGHT: "╰",
    _DOWN | _RIGHT: "╭",
    _UP | _LEFT | _RIGHT: "┴",
    _DOWN | _LEFT | _RIGHT: "┬",
    _UP | _DOWN | _LEFT: "┤",
    _UP | _DOWN | _RIGHT: "├",
    _UP | _DOWN | _LEFT | _RIGHT: "┼",
}


def text(drawing: Drawing) -> str:
    rows, _ = rows_of(drawing)
    width = min(_WIDEST, max((row.width for row in rows), default=0))
    names = max((len(row.dot.name) for row in rows), default=0)
    ids = {dot.number: dot.name for dot in drawing.dots}
    return "\n".join(
        f"{_lanes(row, width)}  {_words(row, min(names, 32), [ids[other] for other in _needed(drawing, row)])}".rstrip()
        for row in rows
    )


def _needed(drawing: Drawing, row: Row) -> Iterator[int]:
    yield from drawing.below(row.dot.number, follows=False)


def _words(row: Row, width: int, needs: list[str]) -> str:
    dot = row.dot
    if dot.shape is Shape.GAP:
        return f"({dot.title})"
    beside = f"({', '.join(dot.words)})" if dot.words else ""
    needed = f"needs {', '.join(needs)}" if needs else ""
    words = [_on_one_line(part) for part in (dot.name, cut(dot.title, 100), beside, needed)]
    return "  ".join([words[0].ljust(width), *(part for part in words[1:] if part)])


def _on_one_line(text: str) -> str:
    return cleaned(" ".join(text.split()))


def _lanes(row: Row, width: int) -> str:
    """Two characters for each lane: what stands in it, and what leads to the next one."""
    ends = [row.lane, *row.joins, *row.forks]
    first, last = min(ends), max(ends)
    drawn = []
    for lane in range(max(width, row.width)):
        sides = (_UP | _DOWN if lane in row.passing else 0) | (_UP if lane in row.joins else 0)
        sides |= _DOWN if lane in row.forks else 0
        sides |= _LEFT if first < lane <= last else 0
        sides |= _RIGHT if first <= lane < last else 0
        drawn.append(_dot_of(row) if lane == row.lane else _LINES[sides])
        drawn.append("─" if first <= lane < last else " ")
    return "".join(drawn).rstrip().ljust(2 * width - 1)


def _dot_of(row: Row) -> str:
    return _NEW if Mark.NEW in row.dot.marks else _DOTS[row.dot.shape]
