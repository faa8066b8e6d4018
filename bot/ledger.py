"""What the workers began and finished, kept in Redis so that the sweep finds what was left in between."""

from __future__ import annotations

import time
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError
from redis import Redis

from bot.jobs import Number, Sha, Where

OPEN = "dbbot:open-checks"
SEEN = "dbbot:repositories"
FORGET = 30 * 86_400
"""Seconds after which a head is no longer known as reviewed, and a repository in which nothing happens is left out."""


@dataclass(frozen=True, slots=True)
class OpenCheck:
    """A check run that a worker began. `pull` 0 is a merge group's."""

    where: Where
    pull: int
    head_sha: Sha
    check_id: Number


@dataclass(frozen=True, slots=True)
class Said:
    """How a pull request's newest review ended; `names` are the fingerprints of its errors and warnings."""

    head_sha: str
    conclusion: str
    names: frozenset[str]


_SAID = TypeAdapter(Said)
_CHECK = TypeAdapter(OpenCheck)
_WHERE = TypeAdapter(Where)


class Ledger:
    """Every method raises redis.RedisError."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def saw(self, where: Where) -> None:
        self._redis.zadd(SEEN, {_WHERE.dump_json(where): time.time()})

    def repositories(self) -> tuple[Where, ...]:
        """Where something happened lately; one that was renamed stands here under its newest name only."""
        self._redis.zremrangebyscore(SEEN, 0, time.time() - FORGET)
        found: dict[int, Where] = {}
        for member in _members(self._redis.zrange(SEEN, 0, -1)):
            try:
                where = _WHERE.validate_json(member)
            except ValidationError:
                self._redis.zrem(SEEN, member)
                continue
            found[where.repository_id] = where
        return tuple(found.values())

    def forget(self, where: Where) -> None:
        self._redis.zrem(SEEN, _WHERE.dump_json(where))

    def began(self, check: OpenCheck) -> None:
        self._redis.zadd(OPEN, {_CHECK.dump_json(check): time.time()})

    def ended(self, check: OpenCheck) -> None:
        self._redis.zrem(OPEN, _CHECK.dump_json(check))

    def left_open(self, seconds: float) -> tuple[OpenCheck, ...]:
        """Begun more than `seconds` ago and not ended since, the oldest first."""
        found = []
        for member in _members(self._redis.zrangebyscore(OPEN, 0, time.time() - seconds)):
            try:
                found.append(_CHECK.validate_json(member))
            except ValidationError:
                self._redis.zrem(OPEN, member)
        return tuple(found)

    def reviewed(self, where: Where, pull: int, head_sha: str) -> None:
        self._redis.set(_head_key(where, pull), head_sha, ex=FORGET)

    def is_reviewed(self, where: Where, pull: int, head_sha: str) -> bool:
        return self._redis.get(_head_key(where, pull)) == head_sha.encode()

    def based(self, where: Where, branch: str) -> None:
        """A pull request to this branch was seen."""
        self._redis.set(_base_key(where, branch), "1", ex=FORGET)

    def is_base(self, where: Where, branch: str) -> bool:
        return bool(self._redis.exists(_base_key(where, branch)))

    def say(self, where: Where, pull: int, said: Said) -> None:
        self._redis.set(_said_key(where, pull), _SAID.dump_json(said), ex=FORGET)

    def said(self, where: Where, pull: int) -> Said | None:
        kept = self._redis.get(_said_key(where, pull))
        try:
            return _SAID.validate_json(kept) if isinstance(kept, bytes) else None
        except ValidationError:
            return None


def _base_key(where: Where, branch: str) -> str:
    return f"dbbot:base:{where.repository_id}:{branch}"


def _said_key(where: Where, pull: int) -> str:
    return f"dbbot:said:{where.repository_id}:{pull}"


def _head_key(where: Where, pull: int) -> str:
    return f"dbbot:reviewed:{where.repository_id}:{pull}"


def _members(found: object) -> list[bytes]:
    return [member for member in found if isinstance(member, bytes)] if isinstance(found, list) else []
