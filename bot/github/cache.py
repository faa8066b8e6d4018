"""What GitHub told us and cannot change: blobs and trees by their hash; and answers by ETag."""

from __future__ import annotations

import contextlib
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, cast

from redis import Redis
from redis.exceptions import RedisError

DEFAULT_BYTES = 256 * 1024 * 1024
DEFAULT_SECONDS = 14 * 24 * 3600
LARGEST_ENTRY = 8 * 1024 * 1024
"""Compressed bytes; what is larger is asked for again."""
LARGEST_INFLATED = 64 * 1024 * 1024


class Cache(Protocol):
    """Never raises: a cache that does not answer is a cache without entries."""

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]: ...
    def put_many(self, entries: Mapping[str, bytes]) -> None: ...


class NoCache:
    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:  # noqa: ARG002 - the protocol's shape
        return {}

    def put_many(self, entries: Mapping[str, bytes]) -> None:
        pass


class MemoryCache:
    """For one process: the demo, tests, the command line. The oldest entries go first."""

    def __init__(self, most_bytes: int = 64 * 1024 * 1024) -> None:
        self._entries: OrderedDict[str, bytes] = OrderedDict()
        self._most = most_bytes
        self._bytes = 0
        self._lock = threading.Lock()

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        with self._lock:
            found = {key: self._entries[key] for key in keys if key in self._entries}
            for key in found:
                self._entries.move_to_end(key)
            return found

    def put_many(self, entries: Mapping[str, bytes]) -> None:
        with self._lock:
            for key, value in entries.items():
                self._bytes += len(value) - len(self._entries.pop(key, b""))
                self._entries[key] = value
            while self._bytes > self._most:
                _, dropped = self._entries.popitem(last=False)
                self._bytes -= len(dropped)


# KEYS: ages (sorted set, by time of last use), sizes (hash), total (number). ARGV: prefix, now, lifetime, most,
# then key and value by turns. One script, so that two workers cannot lose count between them.
_PUT = """
local prefix, now, lifetime, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local function drop(key)
  redis.call('DECRBY', KEYS[3], redis.call('HGET', KEYS[2], key) or 0)
  redis.call('HDEL', KEYS[2], key)
  redis.call('ZREM', KEYS[1], key)
  redis.call('DEL', prefix .. key)
end
for _, key in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - lifetime, 'LIMIT', 0, 1000)) do drop(key) end
for i = 5, #ARGV, 2 do
  local key, value = ARGV[i], ARGV[i + 1]
  if redis.call('HEXISTS', KEYS[2], key) == 1 then drop(key) end
  while (tonumber(redis.call('GET', KEYS[3]) or 0) + #value) > most do
    local oldest = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
    if not oldest then break end
    drop(oldest)
  end
  redis.call('SET', prefix .. key, value, 'EX', lifetime)
  redis.call('HSET', KEYS[2], key, #value)
  redis.call('ZADD', KEYS[1], now, key)
  redis.call('INCRBY', KEYS[3], #value)
end
"""


class RedisCache:
    """Compressed, shared by all workers, and bounded by its own bookkeeping.

    The queue's Redis must not evict (jobs would be lost), so nothing else would keep this from filling it.
    `most_bytes` counts compressed values; an entry lives for `seconds` after its last use.
    """

    def __init__(
        self,
        redis: Redis,
        *,
        most_bytes: int = DEFAULT_BYTES,
        seconds: int = DEFAULT_SECONDS,
        prefix: str = "dbbot:cache:",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis = redis
        self._most = most_bytes
        self._seconds = seconds
        self._prefix = f"{prefix}entry:"
        self._ages, self._sizes, self._total = f"{prefix}ages", f"{prefix}sizes", f"{prefix}total"
        self._clock = clock
        self._put = redis.register_script(_PUT)

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        wanted = list(dict.fromkeys(keys))
        if not wanted:
            return {}
        try:
            values = cast(list[object], self._redis.mget([self._prefix + key for key in wanted]))
            packed = {key: value for key, value in zip(wanted, values, strict=True) if isinstance(value, bytes)}
            self._touch(packed)
        except RedisError:
            return {}
        unpacked = {key: _inflated(value) for key, value in packed.items()}
        return {key: value for key, value in unpacked.items() if value is not None}

    def put_many(self, entries: Mapping[str, bytes]) -> None:
        packed = {key: zlib.compress(value, 6) for key, value in entries.items()}
        arguments: list[str | bytes] = []
        for key, value in packed.items():
            if len(value) <= min(LARGEST_ENTRY, self._most):
                arguments += [key, value]
        # Redis runs one script at a time and nothing beside it: small portions keep the queue answering.
        for start in range(0, len(arguments), 400):
            self._store(arguments[start : start + 400])

    def _store(self, arguments: list[str | bytes]) -> None:
        limits: list[str | bytes | int] = [self._prefix, int(self._clock()), self._seconds, self._most]
        with contextlib.suppress(RedisError):
            self._put(keys=[self._ages, self._sizes, self._total], args=[*limits, *arguments])

    def _touch(self, keys: Iterable[str]) -> None:
        used = {key: int(self._clock()) for key in keys}
        if not used:
            return
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.zadd(self._ages, used, xx=True)
        for key in used:
            pipeline.expire(self._prefix + key, self._seconds)
        pipeline.execute()


def _inflated(value: bytes) -> bytes | None:
    """None for what is damaged or would not fit."""
    inflater = zlib.decompressobj()
    try:
        inflated = inflater.decompress(value, LARGEST_INFLATED)
    except zlib.error:
        return None
    return inflated if inflater.eof else None
