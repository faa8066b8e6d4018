"""Look before repeat: an answer that was lost does not say that nothing was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bot.github.client import Client
from bot.github.errors import Unavailable

ATTEMPTS = 3
SETTLING = 1.0
"""Seconds before the first look; GitHub's own copies need a moment to agree."""

T = TypeVar("T")


def once(client: Client, write: Callable[[], T], look: Callable[[], T | None]) -> T:
    """Does a write once. When its answer is lost, `look` says what it made, or None if it made nothing."""
    attempt = 0
    while True:
        attempt += 1
        try:
            return write()
        except Unavailable:
            client.github.sleep(SETTLING * attempt)
            found = look()
            if found is not None:
                return found
            if attempt == ATTEMPTS:
                raise
