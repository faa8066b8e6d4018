"""How often Python looks for garbage, for processes that build large things and keep them."""

from __future__ import annotations

import gc

FIRST, SECOND, THIRD = 200_000, 20, 50


def collect_rarely() -> None:
    """A long history is a million objects that stay; to look through them again and again took a quarter of the time.

    Circles of SQLAlchemy's objects are still found, after 200,000 new objects instead of 700: some 10 MB.
    """
    gc.freeze()
    gc.set_threshold(FIRST, SECOND, THIRD)
