"""By which words a file gives away that it maps tables; cheaper than to parse it."""

from __future__ import annotations

import re

LARGEST = 400_000
"""Characters of one file."""
_MODELS = re.compile(
    r"^\s+__tablename__\s*[:=]|^class \w+\([^)]*(?:\btable\s*=\s*True|\bdb\.Model\b)"
    r"|^\w+\s*(?::[^=]+)?=\s*(?:\w+\.)*+Table\(",
    re.MULTILINE,
)


def declares_models(text: str) -> bool:
    return len(text) <= LARGEST and _MODELS.search(text) is not None
