"""How big a table is, and from when on that counts as small or large."""

from __future__ import annotations

from dataclasses import dataclass

SMALL_ROWS = 10_000
SMALL_BYTES = 10 * 1024 * 1024
LARGE_ROWS = 1_000_000
LARGE_BYTES = 1024**3


@dataclass(frozen=True, slots=True)
class Size:
    """From the statistics file: as big as it was then."""

    rows: int
    bytes: int

    @property
    def is_small(self) -> bool:
        return self.rows < SMALL_ROWS and self.bytes < SMALL_BYTES

    @property
    def is_large(self) -> bool:
        return self.rows >= LARGE_ROWS or self.bytes >= LARGE_BYTES
