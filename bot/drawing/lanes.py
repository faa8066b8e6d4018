"""A drawing in lanes, one row for each dot: what the pictures in text and SVG have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rules.model.drawing import Dot, Drawing


@dataclass(frozen=True, slots=True)
class Row:
    """Lanes count from 0.

    `joins` are the lanes that end in the dot from above, `forks` those that begin in it, its own apart.
    `passing` are the lanes that go past it. `goes_on` says that its own lane leads on below; `begins` that none led
    to it from above.
    """

    dot: Dot
    lane: int
    joins: tuple[int, ...]
    forks: tuple[int, ...]
    passing: tuple[int, ...]
    begins: bool
    goes_on: bool

    @property
    def width(self) -> int:
        return max((self.lane, *self.joins, *self.forks, *self.passing)) + 1


@dataclass(frozen=True, slots=True)
class Track:
    """A link as it runs: from the upper dot into its lane, down, and into the lower dot. Rows count from 0."""

    upper: int
    lower: int
    lane: int


def rows_of(drawing: Drawing) -> tuple[tuple[Row, ...], tuple[Track, ...]]:
    """Links that lead upwards, in a cycle, have no track."""
    rows: list[Row] = []
    tracks: list[Track] = []
    lanes: list[tuple[int, int] | None] = []  # (upper dot, lower dot) of the link in each lane
    for dot in drawing.dots:
        joins = [lane for lane, link in enumerate(lanes) if link is not None and link[1] == dot.number]
        own = joins[0] if joins else _free(lanes, 0, ())
        for lane in joins:
            upper, lower = lanes[lane] or (0, 0)
            tracks.append(Track(upper, lower, lane))
            lanes[lane] = None
        passing = tuple(lane for lane, link in enumerate(lanes) if link is not None)
        below = [other for other in drawing.below(dot.number, follows=True) if other > dot.number]
        forks = []
        for at, other in enumerate(below):
            lane = own if at == 0 else _free(lanes, own + 1, joins)
            lanes.extend([None] * (lane + 1 - len(lanes)))
            lanes[lane] = (dot.number, other)
            forks += [lane] if at else []
        rows.append(Row(dot, own, tuple(joins[1:]), tuple(forks), passing, not joins, bool(below)))
    return tuple(rows), tuple(sorted(tracks, key=lambda track: (track.upper, track.lower, track.lane)))


def _free(lanes: list[tuple[int, int] | None], start: int, used: Iterator[int] | list[int] | tuple[int, ...]) -> int:
    """The first lane from `start` that nothing runs in, and that did not end in this row."""
    ended = set(used)
    lane = start
    while lane in ended or (lane < len(lanes) and lanes[lane] is not None):
        lane += 1
    return lane
