"""A revision graph, or a part of it, laid out to be drawn: what every picture is made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Shape(StrEnum):
    REVISION = "revision"
    MERGE = "merge"
    GAP = "gap"
    """Stands for revisions that are not drawn."""
    MISSING = "missing"
    """Named as a parent, and no file declares it."""


class Mark(StrEnum):
    """In the order in which people read them."""

    HEAD = "head"
    BASE = "base"
    NEW = "new"
    FAULT = "fault"
    """Part of what is said about the graph."""


@dataclass(frozen=True, slots=True)
class Dot:
    """`name` is the revision id, `title` the docstring's first line, `pull` an open pull request that adds it.

    Of a gap `name` is empty and `title` says what it stands for. `number` tells dots apart, from 0 without holes.
    """

    number: int
    name: str
    title: str = ""
    shape: Shape = Shape.REVISION
    marks: tuple[Mark, ...] = ()
    labels: tuple[str, ...] = ()
    pull: int | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """What stands beside it, in the order of reading."""
        known = tuple(mark.value for mark in self.marks if mark is not Mark.FAULT)
        merge = ("merge",) if self.shape is Shape.MERGE else ()
        return (*known, *merge, *self.labels, *((f"#{self.pull}",) if self.pull else ()))


@dataclass(frozen=True, slots=True)
class Link:
    """From a dot to one that it follows, or only needs (`depends_on`); numbers of dots."""

    above: int
    below: int
    follows: bool = True


@dataclass(frozen=True, slots=True)
class Drawing:
    """Dots stand above all that they follow, each line together as far as that goes."""

    path: str
    dots: tuple[Dot, ...] = ()
    links: tuple[Link, ...] = field(default=())

    def below(self, number: int, *, follows: bool | None = None) -> tuple[int, ...]:
        """What a dot is linked to; all kinds without `follows`."""
        return tuple(
            link.below for link in self.links if link.above == number and (follows is None or link.follows is follows)
        )
