"""The HTTP server: a thread of its own on a port of its own."""

import socket
import threading
import traceback
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.stand_in.server.door import Door
from tests.stand_in.server.exchange import Incoming, Outgoing

API, GRAPHQL = "/api/v3", "/api/graphql"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
START_TIMEOUT = 30.0


class Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


class Listener:
    def __init__(self, door: Door, pages: list[Route], port: int = 0) -> None:
        self.door = door
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", port))
        self.port: int = self.socket.getsockname()[1]
        routes = [
            Route(GRAPHQL, self.api, methods=["POST"]),
            Route(API, self.api, methods=METHODS),
            Route(API + "/{rest:path}", self.api, methods=METHODS),
            *pages,
        ]
        config = uvicorn.Config(
            with_cut(Starlette(routes=routes, exception_handlers={Exception: self.confess})),
            log_level="critical",
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
            server_header=False,
        )
        self.server = Server(config)
        self.thread = threading.Thread(
            target=self.server.run, kwargs={"sockets": [self.socket]}, name="stand-in-server", daemon=True
        )

    def start(self) -> None:
        self.thread.start()
        if not self.server.listening.wait(START_TIMEOUT):
            raise RuntimeError("The stand-in's server did not start")

    def close(self) -> None:
        self.server.should_exit = True
        self.thread.join()
        self.socket.close()

    async def api(self, request: Request) -> Response:
        content = await request.body()
        incoming = read_request(request.scope, content)
        outgoing = await run_in_threadpool(self.door.answer, incoming)
        return Cut() if outgoing.cut else Response(outgoing.content, outgoing.status, headers=headers_of(outgoing))

    async def confess(self, request: Request, failure: Exception) -> Response:
        """A page that fails is our fault, and no test shall overlook it."""
        words = "".join(traceback.format_exception(failure))
        self.door.github.violations.add(request.method, request.url.path, f"the stand-in itself failed:\n{words}")
        return Response("The stand-in itself failed.", 500)


def read_request(scope: Any, content: bytes) -> Incoming:
    raw = scope["raw_path"].decode().partition("?")[0]
    return Incoming(
        method="GET" if scope["method"] == "HEAD" else scope["method"],
        path="/graphql" if raw == GRAPHQL else raw.removeprefix(API) or "/",
        query_text=scope["query_string"].decode(),
        headers={name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]},
        content=content,
    )


def headers_of(outgoing: Outgoing) -> dict[str, str]:
    return {name: value for name, value in outgoing.headers.items() if value}


class Cut(Response):
    """Closes the connection where an answer should be."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope["cut"]()


def with_cut(app: Any) -> Any:
    """Puts into the scope what ends the connection; only uvicorn's own `send` knows its transport."""

    async def outermost(scope: Any, receive: Any, send: Any) -> None:
        scope["cut"] = getattr(getattr(send, "__self__", None), "transport", None).abort  # type: ignore[union-attr]
        await app(scope, receive, send)

    return outermost
