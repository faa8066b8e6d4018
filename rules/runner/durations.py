"""Timeouts as people write them."""

from __future__ import annotations

import re

MINUTE = 60_000
_UNITS = {"us": 0.001, "ms": 1, "": 1, "s": 1_000, "min": MINUTE, "h": 60 * MINUTE, "d": 24 * 60 * MINUTE}
_WRITTEN = re.compile(r"\s*['\"]?\s*(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?\s*['\"]?\s*\Z")


def milliseconds(written: str | None) -> int | None:
    """Of `4000`, `4s`, `'1min'`; without a unit it is milliseconds, as the server takes it. None if it is computed."""
    found = _WRITTEN.match(written or "")
    return None if found is None else int(float(found[1]) * _UNITS[found[2] or ""])


def is_short(written: str | None) -> bool:
    """Above 0, which is none, and under a minute."""
    length = milliseconds(written)
    return length is not None and 0 < length < MINUTE


def is_off(written: str | None) -> bool:
    """Zero is no timeout."""
    return milliseconds(written) == 0
