"""Which revision somebody meant who wrote a name that no revision has."""

from __future__ import annotations

from difflib import get_close_matches

from rules.history.graph import History
from rules.history.reference import SHORTEST_ABBREVIATION

_LIKENESS = 0.8
"""Between 0 and 1; two random ids of twelve digits stay far below."""


def nearest_revision(written: str, history: History, base: History) -> str | None:
    """The one revision that the name is short for, a longer form of, or nearly is; else the base's only head."""
    whole = [revision for revision in history.scripts if _is_form_of(written, revision)]
    near = whole or get_close_matches(written, sorted(history.scripts), 2, _LIKENESS)
    if len(near) == 1:
        return near[0]
    return base.heads[0] if not near and len(base.heads) == 1 else None


def _is_form_of(written: str, revision: str) -> bool:
    if min(len(written), len(revision)) < SHORTEST_ABBREVIATION:
        return False
    return revision.startswith(written) or written.startswith(revision)
