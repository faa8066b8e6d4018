"""`python -m worker` as the supervisor starts it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from uuid import uuid4

import psutil
import pytest
from redis import Redis

from bot.serving.embedded_redis import EmbeddedRedis
from tests.bot.server_settings import environment
from tests.house import wait_until

Process = subprocess.Popen[bytes]


def start(redis: EmbeddedRedis, *words: str) -> Process:
    values = {name: value for name, value in os.environ.items() if not name.startswith("DBBOT_")}
    return subprocess.Popen(
        [sys.executable, "-m", "worker", *words, "--tethered"],
        env={**values, **environment(REDIS_URL=redis.url)},
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


@pytest.fixture
def worker(own_redis: EmbeddedRedis) -> Iterator[Process]:
    process = start(own_redis, "work")
    try:
        yield process
    finally:
        for member in (*_children(process), process):
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
        process.wait()


def _children(process: Process) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def scheduler_lives(redis: Redis) -> bool:
    """Only RQ's scheduler itself writes this down, in a process forked from the worker."""
    return any(redis.hexists(key, "last_heartbeat") for key in redis.scan_iter("rq:scheduler:*", _type="hash"))


def test_its_scheduler_works_beside_the_tether(worker: Process, own_redis: EmbeddedRedis) -> None:
    """A thread that held standard input's lock when the scheduler was forked would stop it for ever."""
    wait_until(lambda: scheduler_lives(own_redis.client()), "the scheduler is at work")


def test_it_ends_with_all_its_children_when_its_owner_is_gone(worker: Process, own_redis: EmbeddedRedis) -> None:
    wait_until(lambda: scheduler_lives(own_redis.client()), "the scheduler is at work")
    family = _children(worker)
    assert worker.stdin is not None
    worker.stdin.close()
    assert worker.wait(30) == 0
    wait_until(lambda: not any(_lives(each) for each in family), "its children have ended")


def _lives(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def test_wrong_settings_end_it_with_2(tmp_path: object) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "worker", "work"],
        env={**os.environ, **environment(WEBHOOK_SECRET=""), "DBBOT_APP_ID": str(uuid4())},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert "DBBOT_APP_ID" in ended.stderr
    assert "Traceback" not in ended.stderr
