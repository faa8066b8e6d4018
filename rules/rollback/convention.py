"""Whether a project writes ways back at all, told from the texts of its merged revisions."""

from __future__ import annotations

import re
from functools import lru_cache

from rules.context import Context

_WAY_BACK = re.compile(
    r"^(?:async[ \t]+)?def[ \t]+downgrade\b[^\n]*\n(?P<body>(?:[ \t]+[^\n]*\n|[ \t]*\r?\n)*+)", re.MULTILINE
)
_NOTHING = re.compile(
    r"(?:\s+|#[^\n]*|\"\"\"(?:(?!\"\"\").)*\"\"\"|'''(?:(?!''').)*'''|pass\b|return(?: None)?\b|\.\.\.|"
    r"raise[ \t][^\n]*)*+\Z",
    re.DOTALL,
)
"""What was taken is not given back (`*+`): else three lines of comments would be tried in endless ways."""


def most_have_none(context: Context) -> bool:
    """Whether more than half of the merged revisions have no way back: then that is how it is done here."""
    together = context.together
    merged = [
        script
        for revision, script in context.history.scripts.items()
        if revision not in together and len(script.parents) < 2
    ]
    without = sum(not _has_one(script.text) for script in merged)
    return 2 * without > len(merged)


@lru_cache(4096)
def _has_one(text: str) -> bool:
    found = _WAY_BACK.search(text if text.endswith("\n") else f"{text}\n")
    if found is None:
        return re.search(r"^(?:async[ \t]+)?def[ \t]+downgrade\b[^\n]*:[^\n]*\S", text, re.MULTILINE) is not None
    return not _NOTHING.match(found["body"])
