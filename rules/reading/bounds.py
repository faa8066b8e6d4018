"""How much of anything a migration may ask the reader for. Reaching a bound is said, never hidden."""

from __future__ import annotations

from collections.abc import Sized
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rules.reading.recording import Origin

V = TypeVar("V")

MAX_TEXT = 1_000_000
"""Characters of one source file."""
MAX_NODES = 200_000
"""Nodes of one syntax tree."""
MAX_DEPTH = 120
"""Levels of one syntax tree; a chain of `+` counts as one level."""
COST_OF_ITEMS = 4
"""Items of a container that count as a step where all of them are looked at."""
COST_OF_SQL = 20
"""Steps that a method or operator of an SQL expression counts as."""
MAX_STEPS = 400_000
"""Expressions and statements read for one direction of one migration."""
MAX_STRING = 1_000_000
"""Characters of one string made while reading."""
MAX_ITEMS = 20_000
"""Items of one container."""
MAX_BITS = 4_096
"""Of one whole number."""
MAX_VOLUME = 30_000_000
"""Characters and items made while reading one direction, all together."""
MAX_CALLS = 24
"""Functions of the migration inside one another."""
MAX_STATEMENTS = 5_000
"""Statements of one direction."""
MAX_MODULES = 60
"""Repository modules that one migration may lead to."""
MAX_CHOICES = 4
"""Values inside one another that each hang on a condition."""
MAX_WIDTH = 10_000
"""Of a padded string."""


_HOLDERS = (tuple, list, dict, set, frozenset)


class BoundReached(Exception):
    """Reading stops here; the message is the reason, as a phrase for people."""

    origin: Origin | None = None
    """The statement that was being read."""


class Budget:
    """What one direction of one migration has left."""

    __slots__ = ("steps", "volume")

    def __init__(self, steps: int = MAX_STEPS, volume: int = MAX_VOLUME) -> None:
        self.steps = steps
        self.volume = volume

    def step(self, cost: int = 1) -> None:
        """Raises `BoundReached` when there is nothing left; what SQLAlchemy does for us costs more than one."""
        self.steps -= cost
        if self.steps < 0:
            raise BoundReached(f"it takes more than {MAX_STEPS:,} steps to read")

    def room_for(self, length: int, bound: int = MAX_ITEMS) -> None:
        """Before something of this length is made: raises `BoundReached` if it would be too large."""
        if length > bound:
            raise BoundReached(f"it makes a value of {length:,} items; the reader stops at {bound:,}")
        self.volume -= length
        if self.volume < 0:
            raise BoundReached(f"it makes more than {MAX_VOLUME:,} characters and items")

    def weigh(self, *values: object) -> None:
        """Before Python hashes or compares them: one that holds another many times over is looked through as often."""
        waiting = [value for value in values if isinstance(value, _HOLDERS)]
        while waiting:
            one = waiting.pop()
            self.step(1 + len(one) // COST_OF_ITEMS)
            held = one.values() if isinstance(one, dict) else one
            waiting.extend(item for item in held if isinstance(item, _HOLDERS))

    def made(self, value: V) -> V:
        """The same value, counted."""
        if isinstance(value, str | bytes):
            self.room_for(len(value), MAX_STRING)
        elif isinstance(value, int) and not isinstance(value, bool):
            if value.bit_length() > MAX_BITS:
                raise BoundReached(f"it makes a number of more than {MAX_BITS:,} bits")
        elif isinstance(value, Sized):
            self.room_for(len(value))
        return value
