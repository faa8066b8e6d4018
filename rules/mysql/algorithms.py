"""How ALTER TABLE is carried out, and what it lets through meanwhile.

Sources: https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-performance,
https://mariadb.com/kb/en/alter-table/#algorithm
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Algorithm(StrEnum):
    """From the cheapest on."""

    INSTANT = "INSTANT"
    """The catalog alone is changed."""
    INPLACE = "INPLACE"
    """The engine does it; the table may be written anew, see `Online.rebuilds`."""
    COPY = "COPY"
    """A new table is filled row by row, and takes the place of the old one."""


class Lock(StrEnum):
    """The least that a statement can do with; from the weakest on."""

    NONE = "NONE"
    """Reads and writes pass."""
    SHARED = "SHARED"
    """Reads pass, writes wait."""
    EXCLUSIVE = "EXCLUSIVE"
    """All wait."""


_ALGORITHMS, _LOCKS = tuple(Algorithm), tuple(Lock)


@dataclass(frozen=True, slots=True)
class Online:
    """`rebuilds`: the whole table is written anew. Every one of them waits a moment for all who use the table."""

    algorithm: Algorithm
    lock: Lock = Lock.NONE
    rebuilds: bool = False

    def with_(self, other: Online) -> Online:
        """Of a statement that does both."""
        return Online(
            max(self.algorithm, other.algorithm, key=_ALGORITHMS.index),
            max(self.lock, other.lock, key=_LOCKS.index),
            self.rebuilds or other.rebuilds,
        )


def together(costs: Iterable[Online | None]) -> Online | None:
    """Of what one statement does at once: a copy as soon as one thing needs it, else None if one of them is."""
    found = list(costs)
    if COPIED in found:
        return COPIED
    whole = INSTANT
    for one in found:
        if one is None:
            return None
        whole = whole.with_(one)
    return whole


INSTANT = Online(Algorithm.INSTANT)
IN_PLACE = Online(Algorithm.INPLACE)
REBUILT = Online(Algorithm.INPLACE, rebuilds=True)
READ_ONLY = Online(Algorithm.INPLACE, Lock.SHARED)
COPIED = Online(Algorithm.COPY, Lock.SHARED, rebuilds=True)
SWAPPED = Online(Algorithm.INSTANT, Lock.EXCLUSIVE)
