"""The graph as an SVG picture of its own: no script, no font, no address; light or dark as the reader's screen."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from bot.drawing.lanes import Row, Track, rows_of
from bot.review.markdown import cleaned, cut
from rules.model.drawing import Dot, Drawing, Mark, Shape

ROW, LANE, MARGIN = 30, 20, 24
"""Pixels."""
NAME, TITLE, BADGE = 7.6, 6.9, 6.1
"""Pixels of a character of each size of writing, on the wide side."""
LONGEST_TITLE = 72
_LANES = 8
_STYLE = """
svg { background: #ffffff; }
text { font: 12.5px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328; }
text { dominant-baseline: central; }
.title { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #59636e; }
.path { font-weight: 600; }
.gap { font-style: italic; fill: #818b98; }
.badge { font: 10.5px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; text-anchor: middle; }
.pill { fill: #eff2f5; stroke: #d1d9e0; }
.head .pill { fill: #dafbe1; stroke: #4ac26b; } .head .badge { fill: #116329; }
.new .pill { fill: #ddf4ff; stroke: #54aeff; } .new .badge { fill: #0550ae; }
.fault { fill: #cf222e; font-weight: 600; }
.row { fill: #fff5f4; }
.line { fill: none; stroke-width: 2; stroke-linecap: round; }
.needs { stroke-dasharray: 1 5; }
.dot { stroke: #ffffff; stroke-width: 2; }
.ring { fill: none; stroke-width: 2; }
.l0 { stroke: #0969da; } .l1 { stroke: #bc4c00; } .l2 { stroke: #1a7f37; } .l3 { stroke: #8250df; }
.l4 { stroke: #bf3989; } .l5 { stroke: #9a6700; } .l6 { stroke: #1b7c83; } .l7 { stroke: #57606a; }
.f0 { fill: #0969da; } .f1 { fill: #bc4c00; } .f2 { fill: #1a7f37; } .f3 { fill: #8250df; }
.f4 { fill: #bf3989; } .f5 { fill: #9a6700; } .f6 { fill: #1b7c83; } .f7 { fill: #57606a; }
@media (prefers-color-scheme: dark) {
svg { background: #0d1117; } text { fill: #f0f6fc; } .title { fill: #9198a1; } .dot { stroke: #0d1117; }
.pill { fill: #212830; stroke: #3d444d; } .head .pill { fill: #12261e; stroke: #238636; }
.head .badge { fill: #3fb950; } .new .pill { fill: #121d2f; stroke: #1f6feb; } .new .badge { fill: #58a6ff; }
.fault { fill: #f85149; } .row { fill: #25171c; }
}
""".strip()


def svg(drawings: Sequence[Drawing]) -> str:
    """One picture; the locations stand beneath each other, the newest revision of each on top."""
    parts: list[str] = []
    top, width = MARGIN, 0.0
    for drawing in drawings:
        rows, tracks = rows_of(drawing)
        parts.append(_text(MARGIN, top, drawing.path or ".", "path"))
        top += ROW
        parts += _location(drawing, rows, tracks, top)
        width = max(width, MARGIN + NAME * len(drawing.path), *(_end(row, rows) for row in rows), 200)
        top += ROW * len(rows) + MARGIN // 2
    size = f'width="{width + MARGIN:.0f}" height="{top}" viewBox="0 0 {width + MARGIN:.0f} {top}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"><title>Revision graph</title>'
    return "\n".join([head, f"<style>{_STYLE}</style>", *parts, "</svg>"])


def _location(drawing: Drawing, rows: Sequence[Row], tracks: Sequence[Track], top: int) -> Iterator[str]:
    for at, row in enumerate(rows):
        if Mark.FAULT in row.dot.marks:
            yield f'<rect class="row" x="0" y="{_y(top, at) - ROW / 2:g}" width="100%" height="{ROW}"/>'
    for track in tracks:
        yield f'<path class="line l{track.lane % _LANES}" d="{_path(track, rows, top)}"/>'
    for link in drawing.links:
        if not link.follows and link.below > link.above:
            yield _needs(rows, link.above, link.below, top)
    for at, row in enumerate(rows):
        yield from _row(row, rows, _y(top, at))


def _path(track: Track, rows: Sequence[Row], top: int) -> str:
    """Bends only beside its two dots; in between it keeps to its lane."""
    start, end, lane = _x(rows[track.upper].lane), _x(rows[track.lower].lane), _x(track.lane)
    upper, lower = _y(top, track.upper), _y(top, track.lower)
    if start == lane == end:
        return f"M{start} {upper}V{lower}"
    if lower - upper == ROW:
        return f"M{start} {upper}{_bend(upper, lower, start, end)}"
    path = f"M{start} {upper}"
    path += _bend(upper, upper + ROW, start, lane) if start != lane else f"V{upper + ROW}"
    if lower - upper > 2 * ROW:
        path += f"V{lower - ROW}"
    return path + (_bend(lower - ROW, lower, lane, end) if end != lane else f"V{lower}")


def _bend(upper: float, lower: float, start: float, end: float) -> str:
    middle = (upper + lower) / 2
    return f"C{start:g} {middle:g} {end:g} {middle:g} {end:g} {lower:g}"


def _needs(rows: Sequence[Row], above: int, below: int, top: int) -> str:
    """To the left of all lanes, where no line runs."""
    x, upper, lower = _x(0) - 12, _y(top, above), _y(top, below)
    curve = f"M{_x(rows[above].lane)} {upper}Q{x} {upper} {x} {upper + ROW / 2:g}V{lower - ROW / 2:g}"
    return f'<path class="line needs l7" d="{curve}Q{x} {lower} {_x(rows[below].lane)} {lower}"/>'


def _row(row: Row, rows: Sequence[Row], y: float) -> Iterator[str]:
    dot, x = row.dot, _x(row.lane)
    colour = row.lane % _LANES
    left = _words_at(rows)
    if dot.shape is Shape.GAP:
        yield f'<circle class="ring l{colour}" cx="{x}" cy="{y}" r="3"/>'
        yield _text(left, y, dot.title, "gap")
        return
    if dot.shape is Shape.MISSING:
        yield f'<path class="line" stroke="#cf222e" d="M{x - 4} {y - 4}l8 8m0 -8l-8 8"/>'
    else:
        yield f'<circle class="dot f{colour}" cx="{x}" cy="{y}" r="6"/>'
    if Mark.NEW in dot.marks:
        yield f'<circle class="ring l{colour}" cx="{x}" cy="{y}" r="8.5"/>'
    yield _text(left, y, _name(dot), "fault" if Mark.FAULT in dot.marks else "")
    left += NAME * len(_name(dot)) + 10
    for word in dot.words:
        size = BADGE * len(_badge(word)) + 14
        yield f'<g class="{word if word in ("head", "new") else "other"}">'
        yield f'<rect class="pill" x="{left:.1f}" y="{y - 9}" width="{size:.1f}" height="18" rx="9"/>'
        yield f"{_text(left + size / 2, y, _badge(word), 'badge')}</g>"
        left += size + 6
    if dot.title:
        yield _text(left + 2, y, cut(dot.title, LONGEST_TITLE), "title")


def _end(row: Row, rows: Sequence[Row]) -> float:
    badges = sum(BADGE * len(_badge(word)) + 20 for word in row.dot.words)
    title = min(len(row.dot.title), LONGEST_TITLE)
    return _words_at(rows) + NAME * len(_name(row.dot)) + badges + TITLE * title + 14


def _words_at(rows: Sequence[Row]) -> float:
    """Where the words begin: to the right of all lanes."""
    return _x(max((row.width for row in rows), default=0)) + 4


def _name(dot: Dot) -> str:
    return cut(dot.name, 40)


def _badge(word: str) -> str:
    return cut(word, 24)


def _x(lane: int) -> int:
    return MARGIN + LANE * lane


def _y(top: int, row: int) -> int:
    return top + ROW * row


def _text(x: float, y: float, words: str, class_: str) -> str:
    named = f' class="{class_}"' if class_ else ""
    return f'<text x="{x:.1f}" y="{y}"{named}>{html.escape(" ".join(cleaned(words).split()))}</text>'
