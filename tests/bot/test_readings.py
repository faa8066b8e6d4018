"""The cache of readings that workers share, and the version of the reader that its keys carry."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis

import rules
from bot import readings
from bot.github.cache import MemoryCache, RedisCache
from bot.readings import ROOMS, CachedReadings, reader_version
from rules.model.location import ScriptLocation
from rules.reading import read_location
from tests.bench.history import VERSIONS, generated

WHERE = ScriptLocation("migrations", (VERSIONS,), "migrations/env.py")


@pytest.fixture
def fresh_version() -> None:
    reader_version.cache_clear()


def test_two_workers_share_their_readings(redis_url: str) -> None:
    texts = generated(10)
    shared = CachedReadings(RedisCache(Redis.from_url(redis_url)))
    first = read_location(WHERE, texts, readings=shared, whole=True)
    redis = Redis.from_url(redis_url)
    puts = redis.info("commandstats")["cmdstat_evalsha"]["calls"]
    assert read_location(WHERE, texts, readings=CachedReadings(RedisCache(redis)), whole=True) == first
    assert redis.info("commandstats")["cmdstat_evalsha"]["calls"] == puts


def test_a_redis_that_does_not_answer_costs_only_time() -> None:
    texts = generated(3)
    nowhere = CachedReadings(RedisCache(Redis(host="127.0.0.1", port=1)))
    assert read_location(WHERE, texts, readings=nowhere) == read_location(WHERE, texts)


def test_another_reader_does_not_believe_what_this_one_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = MemoryCache()
    CachedReadings(cache).put_many({"a": b"one"})
    assert CachedReadings(cache).get_many(["a", "b"]) == {"a": b"one"}
    monkeypatch.setattr(readings, "reader_version", lambda: "another")
    assert CachedReadings(cache).get_many(["a"]) == {}


def test_every_source_of_the_reader_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_version: None
) -> None:
    for room in ROOMS:
        (tmp_path / room / "inner").mkdir(parents=True)
        (tmp_path / room / "inner" / "one.py").write_text("a")
    monkeypatch.setattr(readings, "files", lambda name: {"rules": tmp_path}[name])
    seen = {reader_version()}
    for room in ROOMS:
        (tmp_path / room / "inner" / "one.py").write_text("b")
        reader_version.cache_clear()
        seen.add(reader_version())
    (tmp_path / ROOMS[0] / "inner" / "notes.md").write_text("not read")
    reader_version.cache_clear()
    assert reader_version() in seen
    assert len(seen) == 1 + len(ROOMS)
    reader_version.cache_clear()


def test_every_version_of_a_library_counts(monkeypatch: pytest.MonkeyPatch, fresh_version: None) -> None:
    before = reader_version()
    for library in readings.LIBRARIES:
        reader_version.cache_clear()
        monkeypatch.setattr(readings, "version", lambda name, changed=library: "0" if name == changed else "1")
        assert reader_version() != before
    reader_version.cache_clear()


def test_the_rooms_of_the_version_are_all_that_the_reader_loads() -> None:
    code = (
        "import sys, rules.reading.reader, rules.reading.environment, rules.reading.repository\n"
        "print(*{name.split('.')[1] for name in sys.modules if name.startswith('rules.')})"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert set(loaded) <= set(ROOMS)
    assert all((Path(rules.__path__[0]) / room).is_dir() for room in ROOMS)
