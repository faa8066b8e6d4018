"""Lines as Python counts them: broken at \\n, \\r\\n and \\r, and nowhere else."""

from __future__ import annotations

import re

_BREAK = re.compile(r"\r\n|\n|\r")


def line_starts(text: str) -> list[int]:
    """The offset of each line's first character; the first line's is 0."""
    return [0, *map(re.Match.end, _BREAK.finditer(text))]


def newline_of(text: str) -> str:
    """The line break that the file uses: that of its first line."""
    found = _BREAK.search(text)
    return found.group() if found else "\n"
