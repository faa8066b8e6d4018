"""Patterns of paths in the settings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_PIECE = re.compile(r"\*\*/|\*\*|\*|\?")
_MEANING = {"**/": r"(?:[^/]+/)*", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns names the path or a folder above it. `*` stays within a name, `**` does not."""
    return any(_compiled(pattern).fullmatch(path) for pattern in patterns)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    pattern = pattern.removeprefix("./").rstrip("/")
    parts, end = [], 0
    for piece in _PIECE.finditer(pattern):
        parts += [re.escape(pattern[end : piece.start()]), _MEANING[piece.group()]]
        end = piece.end()
    return re.compile("".join([*parts, re.escape(pattern[end:])]) + r"(?:/.*)?", re.DOTALL)
