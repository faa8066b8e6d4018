"""What GitHub really sent: see README.md beside this file."""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def recorded() -> tuple[tuple[str, dict[str, object]], ...]:
    """Event name and payload of every recorded delivery."""
    text = gzip.decompress(Path(__file__).with_name("recorded.json.gz").read_bytes())
    return tuple((each["event"], payload) for each in json.loads(text)["events"] for payload in each["payloads"])


def recorded_event(name: str, action: str | None = None) -> dict[str, object]:
    """A copy of the first recorded payload of an event that comes from an installation."""
    found = next(
        payload
        for event, payload in recorded()
        if event == name and (action is None or payload.get("action") == action) and "installation" in payload
    )
    copy: dict[str, object] = json.loads(json.dumps(found))
    return copy
