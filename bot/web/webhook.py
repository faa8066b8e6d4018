"""`POST /webhook`: size, signature, JSON, decision, hand-over; no work in the request."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from bot.events import read_event
from bot.jobs import JobError
from bot.queue import JobQueue, QueueUnavailable
from bot.triage import decide
from bot.web.counters import WebCounters
from bot.web.signature import is_signed

LARGEST_BODY = 25 * 1024 * 1024
"""Bytes; GitHub delivers nothing larger."""
MOST_HELD = 8 * LARGEST_BODY
"""Bytes of all bodies that are being read: whoever does not know the secret cannot fill the memory."""
READING_TIME = 20.0
"""Seconds for a body to arrive; GitHub gives up after ten, Enterprise Server after thirty with the answer."""

log = structlog.get_logger("dbbot.webhook")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    message: str
    event: str = "-"


class TooLarge(Exception):
    pass


class Busy(Exception):
    """So many bodies arrive at once that this one has to come again."""


class Webhook:
    """The endpoint; its only state is how many bytes it holds."""

    def __init__(self, secrets: tuple[bytes, ...], app_id: int, queue: JobQueue, counters: WebCounters) -> None:
        self._secrets = secrets
        self._app_id = app_id
        self._queue = queue
        self._counters = counters
        self._held = 0

    async def __call__(self, request: Request) -> JSONResponse:
        began = time.perf_counter()
        answer = await self._answer(request)
        self._counters.delivery(answer.event, answer.status, time.perf_counter() - began)
        headers = {"Retry-After": "30"} if answer.status == 503 else None
        return JSONResponse({"message": answer.message}, answer.status, headers)

    async def _answer(self, request: Request) -> Answer:
        try:
            async with asyncio.timeout(READING_TIME):
                body = await self._read(request)
        except TimeoutError:
            return Answer(400, f"The body did not arrive within {READING_TIME:.0f} seconds.")
        except Busy:
            return Answer(503, "Too many deliveries arrive at once. Deliver it again later.")
        except TooLarge:
            return Answer(413, f"The body is larger than {LARGEST_BODY} bytes.")
        except ClientDisconnect:
            return Answer(400, "The body ended before its time.")
        if not is_signed(body, request.headers.get("x-hub-signature-256", ""), self._secrets):
            log.warning("refused", reason="wrong or missing signature", size=len(body))
            return Answer(
                401, "The signature is missing or wrong. Compare the App's webhook secret with DBBOT_WEBHOOK_SECRET."
            )
        name, delivery = request.headers.get("x-github-event", ""), request.headers.get("x-github-delivery", "")
        if not name or not delivery or len(delivery) > 200:
            return Answer(400, "X-GitHub-Event and X-GitHub-Delivery are missing.")
        return await run_in_threadpool(self._take, name, delivery, body)

    async def _read(self, request: Request) -> bytes:
        """Raises TooLarge or Busy as soon as it is known, without reading the rest."""
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > LARGEST_BODY:
            raise TooLarge
        body = bytearray()
        try:
            async for part in request.stream():
                self._held += len(part)
                body += part
                if len(body) > LARGEST_BODY:
                    raise TooLarge
                if self._held > MOST_HELD:
                    raise Busy
        finally:
            self._held -= len(body)
        return bytes(body)

    def _take(self, name: str, delivery: str, body: bytes) -> Answer:
        try:
            payload = json.loads(body)
        except (ValueError, RecursionError):
            return Answer(400, "The body is not JSON. Set the webhook's content type to application/json.")
        decision = decide(read_event(name, payload), self._app_id)
        event = name if decision.jobs else "other"
        words = log.bind(delivery=delivery, github_event=name[:50], reason=decision.reason)
        if not decision.jobs:
            words.info("ignored")
            return Answer(200, f"Nothing to do: {decision.reason}.", event)
        try:
            new = self._queue.accept(delivery, decision.jobs)
        except JobError as error:
            words.warning("ignored", problem=str(error))
            return Answer(200, "Nothing to do: the event names something that GitHub would not.", event)
        except QueueUnavailable as error:
            words.error("refused", problem=str(error))
            return Answer(503, "The queue cannot take it now. Deliver it again later.", event)
        words.info("accepted" if new else "seen before", jobs=len(decision.jobs))
        return Answer(202, "Accepted.", event) if new else Answer(200, "Seen before.", event)
