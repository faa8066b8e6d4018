"""Blobs and trees in a real Redis, within a bound."""

from __future__ import annotations

import random
import threading

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.github.cache import Cache, MemoryCache, RedisCache


def noise(seed: int, size: int = 1_000) -> bytes:
    """Bytes that do not compress."""
    return random.Random(seed).randbytes(size)


def stored(redis: Redis) -> int:
    """Bytes of all entries that Redis holds for the cache."""
    return sum(redis.strlen(key) for key in redis.keys("dbbot:cache:entry:*"))


@pytest.fixture
def redis(redis_url: str) -> Redis:
    return Redis.from_url(redis_url)


def test_what_was_put_is_had_again(redis: Redis) -> None:
    for cache in (RedisCache(redis), MemoryCache()):
        cache.put_many({"a": b"one", "b": b"", "c": noise(1)})
        assert cache.get_many(["a", "b", "c", "d"]) == {"a": b"one", "b": b"", "c": noise(1)}


def test_two_processes_share_one_cache(redis: Redis) -> None:
    RedisCache(redis).put_many({"a": b"one"})
    assert RedisCache(redis).get_many(["a"]) == {"a": b"one"}


def test_text_is_stored_compressed(redis: Redis) -> None:
    RedisCache(redis).put_many({"a": b"def upgrade():\n" * 1_000})
    assert stored(redis) < 500


def test_the_bound_holds_and_the_least_used_goes_first(redis: Redis) -> None:
    moment = [1_000.0]
    cache = RedisCache(redis, most_bytes=10_000, clock=lambda: moment[0])
    for number in range(30):
        moment[0] += 1
        cache.put_many({f"k{number}": noise(number)})
        assert cache.get_many(["k0"]), "the one that is always used"
        assert stored(redis) <= 10_000
    left = cache.get_many([f"k{number}" for number in range(30)])
    assert set(left) == {"k0", *(f"k{number}" for number in range(22, 30))}


def test_the_books_agree_with_what_is_stored(redis: Redis) -> None:
    cache = RedisCache(redis, most_bytes=5_000)
    for number in range(40):
        cache.put_many({f"k{number % 7}": noise(number, 100 + number * 20)})
    assert int(redis.get("dbbot:cache:total") or 0) == stored(redis)
    assert redis.zcard("dbbot:cache:ages") == redis.hlen("dbbot:cache:sizes") == len(redis.keys("dbbot:cache:entry:*"))


def test_an_entry_that_nobody_uses_ends(redis: Redis) -> None:
    moment = [1_000.0]
    cache = RedisCache(redis, seconds=100, clock=lambda: moment[0])
    cache.put_many({"old": noise(1)})
    assert 0 < redis.ttl("dbbot:cache:entry:old") <= 100
    moment[0] += 101
    cache.put_many({"new": noise(2)})
    assert redis.zrange("dbbot:cache:ages", 0, -1) == [b"new"]
    assert int(redis.get("dbbot:cache:total") or 0) == redis.strlen("dbbot:cache:entry:new")


def test_an_entry_larger_than_the_bound_is_not_kept(redis: Redis) -> None:
    cache = RedisCache(redis, most_bytes=500)
    cache.put_many({"small": b"1", "large": noise(1)})
    assert cache.get_many(["small", "large"]) == {"small": b"1"}


def test_many_entries_go_in_and_out_at_once(redis: Redis) -> None:
    entries = {f"k{number}": str(number).encode() for number in range(1_500)}
    cache = RedisCache(redis)
    cache.put_many(entries)
    assert cache.get_many(entries) == entries


def test_workers_that_write_at_once_do_not_lose_count(redis: Redis) -> None:
    def write(worker: int) -> None:
        cache = RedisCache(redis, most_bytes=20_000)
        for number in range(20):
            cache.put_many({f"k{(worker * 7 + number) % 40}": noise(worker * 100 + number, 900)})

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert int(redis.get("dbbot:cache:total") or 0) == stored(redis) <= 20_000


def test_a_damaged_entry_is_a_missing_one(redis: Redis) -> None:
    cache = RedisCache(redis)
    cache.put_many({"a": noise(1)})
    redis.set("dbbot:cache:entry:a", b"not compressed")
    assert cache.get_many(["a"]) == {}


def test_a_cache_without_redis_is_an_empty_one() -> None:
    cache: Cache = RedisCache(Redis(unix_socket_path="nowhere.sock", retry=Retry(NoBackoff(), 0)))
    cache.put_many({"a": b"1"})
    assert cache.get_many(["a"]) == {}


def test_a_cache_in_memory_keeps_its_bound_too() -> None:
    cache = MemoryCache(2_500)
    cache.put_many({"a": noise(1), "b": noise(2)})
    cache.get_many(["a"])
    cache.put_many({"c": noise(3)})
    assert set(cache.get_many(["a", "b", "c"])) == {"a", "c"}
