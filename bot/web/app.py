"""The application: which address leads where, and the headers that every answer carries."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.queue import JobQueue, QueueUnavailable
from bot.settings import ServerSettings
from bot.web import pages
from bot.web.counters import WebCounters
from bot.web.webhook import Webhook

GitHubCheck = Callable[[], str | None]
"""None if GitHub knows us, else what is wrong, in words that may be shown to everybody."""

REMEMBERED = 60.0
"""Seconds for which GitHub's answer stands."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def make_app(settings: ServerSettings, queue: JobQueue, github: GitHubCheck) -> Starlette:
    counters = WebCounters(queue)
    webhook = Webhook(settings.webhook_secrets, settings.app_id, queue, counters)
    views = Views(settings, queue, Remembered(github), counters)
    app = Starlette(
        routes=[
            Route("/", lambda _: RedirectResponse("/rules")),
            Route("/webhook", webhook.__call__, methods=["POST"]),
            Route("/health", views.health),
            Route("/ready", views.ready),
            Route("/metrics", views.metrics),
            Route("/status", views.status),
            Route("/setup", views.setup),
            Route("/rules", pages.rule_list),
            Route("/rules/{name}", pages.rule_page),
            Route("/guides/{name}", pages.guide_page),
            Route("/style.css", pages.style),
        ]
    )
    app.add_middleware(SecurityHeaders)
    return app


class Remembered:
    """Asks at most once in `REMEMBERED` seconds, so that nobody can spend our requests through `/ready`."""

    def __init__(self, check: GitHubCheck) -> None:
        self._check = check
        self._until = 0.0
        self._answer: str | None = None

    def __call__(self) -> str | None:
        if time.monotonic() >= self._until:
            self._answer = self._check()
            self._until = time.monotonic() + REMEMBERED
        return self._answer


class Views:
    def __init__(self, settings: ServerSettings, queue: JobQueue, github: GitHubCheck, counters: WebCounters) -> None:
        self._settings = settings
        self._queue = queue
        self._github = github
        self._counters = counters

    async def health(self, _: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(self, _: Request) -> Response:
        redis = await run_in_threadpool(self._queue.answers)
        github = await run_in_threadpool(self._github)
        words = {"redis": "ok" if redis else "does not answer", "github": github or "ok"}
        return JSONResponse(words, 200 if redis and github is None else 503)

    def metrics(self, _: Request) -> Response:
        return Response(self._counters.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    def status(self, _: Request) -> Response:
        try:
            numbers = self._queue.numbers()
            rows, workers = list(asdict(numbers).items()), numbers.workers
        except QueueUnavailable:
            rows, workers = None, 0
        return pages.page_of("status.html", numbers=rows, workers=workers, github=self._github() or "ok")

    def setup(self, _: Request) -> Response:
        settings = self._settings
        rows = [
            ("DBBOT_APP_ID", str(settings.app_id)),
            ("DBBOT_PRIVATE_KEY", "set, from a file" if settings.private_key_file else "set"),
            ("DBBOT_WEBHOOK_SECRET", f"set, {len(settings.webhook_secret)} valid"),
            ("DBBOT_GITHUB_API_URL", settings.github_api_url),
            ("DBBOT_REDIS_URL", "set" if settings.redis_url else "not set: the embedded Redis is used"),
            ("DBBOT_PUBLIC_URL", settings.public_url or "not set: comments link to no rule pages here"),
        ]
        return pages.page_of("setup.html", rows=rows)


class SecurityHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
