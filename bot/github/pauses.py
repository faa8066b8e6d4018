"""When an installation has met a limit, none of its jobs asks before the limit ends: GitHub bans Apps that go on."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Protocol

from redis import Redis
from redis.exceptions import RedisError

LONGEST = 3_700
"""Seconds; GitHub's limits last an hour at most."""


class Pauses(Protocol):
    """Seconds since the epoch; 0 where nothing is known."""

    def until(self, installation_id: int) -> float: ...
    def pause(self, installation_id: int, until: float) -> None: ...


class OwnPauses:
    """For one process."""

    def __init__(self) -> None:
        self._until: dict[int, float] = {}

    def until(self, installation_id: int) -> float:
        return self._until.get(installation_id, 0.0)

    def pause(self, installation_id: int, until: float) -> None:
        self._until[installation_id] = max(until, self.until(installation_id))


class RedisPauses:
    """Shared by all workers."""

    def __init__(self, redis: Redis, prefix: str = "dbbot:paused:", *, clock: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._prefix = prefix
        self._clock = clock

    def until(self, installation_id: int) -> float:
        with contextlib.suppress(RedisError, ValueError):
            kept = self._redis.get(f"{self._prefix}{installation_id}")
            return float(kept) if isinstance(kept, bytes | str) else 0.0
        return 0.0

    def pause(self, installation_id: int, until: float) -> None:
        seconds = min(LONGEST, until - self._clock())
        if seconds > 0 and until > self.until(installation_id):
            with contextlib.suppress(RedisError):
                self._redis.set(f"{self._prefix}{installation_id}", str(until), px=int(seconds * 1000) + 1)
