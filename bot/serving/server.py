"""Uvicorn with our application on a socket that is bound first, so that a taken port is said in one sentence."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from bot.connections import github_of
from bot.github.app import AppClient, github_problem
from bot.queue import JobQueue, connect
from bot.settings import ServerSettings
from bot.web.app import make_app

GRACE = 15
"""Seconds that requests get to end; GitHub waits no longer than ten for its answer."""


class ServingError(Exception):
    """Why a part cannot run, and how to mend it."""


def bind(host: str, port: int) -> socket.socket:
    """Raises ServingError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's delay off only for sockets that say they are TCP; with it, each answer waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ServingError(
            f"{host}:{port} cannot be listened on ({error.strerror}). Set DBBOT_HOST and DBBOT_PORT to a free address."
        ) from None
    return listener


def address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve_web(
    settings: ServerSettings, listener: socket.socket, redis_url: str, ready: Callable[[str], None] | None = None
) -> None:
    """Answers requests until SIGTERM or SIGINT. `ready` is given the address once requests are answered."""
    with github_of(settings) as github:
        client = AppClient(github)
        app = make_app(settings, JobQueue(connect(redis_url)), lambda: github_problem(client))
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=GRACE, lifespan="off"
        )
        server = AnnouncingServer(config, lambda: ready(address_of(listener)) if ready else None)
        server.run(sockets=[listener])


class AnnouncingServer(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()
