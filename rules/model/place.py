"""Where something stands in a file."""

from __future__ import annotations

from rules.model.frozen import Frozen


class Place(Frozen, order=True, array_like=True):
    """A span of one file. Lines count from 1, columns from 0 in characters; the end is exclusive."""

    path: str
    line: int
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    via: Place | None = None
    """Where the call at this place leads to: a line in a helper's file, or the SQL literal in its own."""

    @classmethod
    def whole_line(cls, path: str, line: int, text: str = "") -> Place:
        return cls(path, line, 0, line, len(text))

    @property
    def is_direct(self) -> bool:
        """Whether the call alone says what is sent, or names a text that stands elsewhere in the file."""
        return self.via is None or (self.via.path == self.path and not self.has_literal_inside)

    @property
    def has_literal_inside(self) -> bool:
        via = self.via
        if via is None or via.path != self.path:
            return False
        return self.line <= via.line and via.last_line <= self.last_line

    @property
    def last_line(self) -> int:
        return max(self.line, self.end_line)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"
