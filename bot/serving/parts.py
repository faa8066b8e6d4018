"""`serve`, `web`, `worker`, `sweep`. Workers and sweepers are processes of `python -m worker`, never imported here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import NoReturn

import structlog

from bot.connections import redis_url
from bot.logging import set_up_logging
from bot.serving.embedded_redis import EmbeddedRedis
from bot.serving.server import address_of, bind, serve_web
from bot.serving.supervisor import Part, Supervisor
from bot.settings import ServerSettings

Announce = Callable[[str], None]
"""Is given the address once it answers, for whoever shows it to people."""

log = structlog.get_logger("dbbot.serve")


def serve(settings: ServerSettings, ready: Announce | None = None) -> None:
    """Everything on one machine, until SIGTERM or SIGINT; then nothing of it is left running.

    Raises ServingError, EmbeddedRedisError.
    """
    set_up_logging(settings.log_format, settings.log_level)
    listener = bind(settings.host, settings.port)
    with _signals_held(), ExitStack() as ending:
        ending.callback(listener.close)
        url = redis_url(settings) if settings.redis_url else ending.enter_context(_embedded(settings)).url
        environment = environment_of(settings, url)
        supervisor = Supervisor(
            [
                *(
                    Part(f"worker-{number}", worker_command("work", "--tethered"))
                    for number in range(1, settings.workers + 1)
                ),
                Part("sweeper", worker_command("sweep", "--tethered")),
            ],
            environment,
        )
        supervisor.start()
        ending.callback(supervisor.stop, settings.grace)
        log.info("serving", address=address_of(listener), workers=settings.workers)
        serve_web(settings, listener, url, ready)
        log.info("stopping")


def run_web(settings: ServerSettings, ready: Announce | None = None) -> None:
    """The receiver and the pages alone. Raises ServingError, SettingsError."""
    set_up_logging(settings.log_format, settings.log_level)
    url = redis_url(settings)
    listener = bind(settings.host, settings.port)
    with _signals_held():
        log.info("serving", address=address_of(listener))
        serve_web(settings, listener, url, ready)


def run_worker(settings: ServerSettings) -> NoReturn:
    """One worker in the place of this process. Raises SettingsError."""
    _become("work", settings)


def run_sweep(settings: ServerSettings) -> NoReturn:
    """Sweeps again and again in the place of this process. Raises SettingsError."""
    _become("sweep", settings)


def sweep_once(settings: ServerSettings) -> int:
    """One sweep; its exit status. Raises SettingsError."""
    environment = environment_of(settings, redis_url(settings))
    return subprocess.run(worker_command("sweep", "--once"), env=environment, check=False).returncode


def worker_command(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "worker", *words)


def environment_of(settings: ServerSettings, url: str) -> Mapping[str, str]:
    """For a part's process: ours, with the Redis that it shall use."""
    return {**os.environ, **settings.as_environment(), "DBBOT_REDIS_URL": url}


def _become(word: str, settings: ServerSettings) -> NoReturn:
    command = worker_command(word)
    os.execve(command[0], list(command), dict(environment_of(settings, redis_url(settings))))


class _Ended(BaseException):
    """SIGTERM or SIGINT: unwinds `serve`, so that everything it started is ended."""


@contextmanager
def _signals_held() -> Iterator[None]:
    """The first signal unwinds; later ones wait for the end. Uvicorn raises the one that ended it once more, here."""

    def unwind(number: int, _: object) -> None:
        for name in before:
            signal.signal(name, signal.SIG_IGN)
        raise _Ended(number)

    before = {name: signal.signal(name, unwind) for name in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    except _Ended:
        pass
    finally:
        for name, what in before.items():
            signal.signal(name, what)


@contextmanager
def _embedded(settings: ServerSettings) -> Iterator[EmbeddedRedis]:
    redis, stopping = EmbeddedRedis(settings.data_dir), threading.Event()
    redis.start()
    keeper = threading.Thread(target=redis.keep, args=(stopping,), name="redis")
    keeper.start()
    try:
        yield redis
    finally:
        stopping.set()
        keeper.join()
        redis.stop()
