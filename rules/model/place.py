"""Where something stands in a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A span of one file. Lines count from 1, columns from 0 in characters; the end is exclusive."""

    path: str
    line: int
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    via: Place | None = None
    """The line in a helper function, or inside an SQL literal, that the call at this place leads to."""

    @classmethod
    def whole_line(cls, path: str, line: int, text: str = "") -> Place:
        return cls(path, line, 0, line, len(text))

    @property
    def last_line(self) -> int:
        return max(self.line, self.end_line)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"
