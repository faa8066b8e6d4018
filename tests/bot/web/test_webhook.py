"""The receiver: what it takes, what it refuses, and that a refusal loses nothing."""

from __future__ import annotations

import asyncio
import json
from uuid import uuid4

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive

from bot.queue import JobQueue, connect
from bot.serving.embedded_redis import EmbeddedRedis
from bot.web import webhook
from bot.web.app import make_app
from bot.web.signature import is_signed, signature_of
from bot.web.webhook import LARGEST_BODY
from tests.bot.payloads import recorded, recorded_event
from tests.bot.server_settings import SECRET, server_settings


def client_for(redis_url: str, **changes: str) -> TestClient:
    return TestClient(make_app(server_settings(**changes), JobQueue(connect(redis_url)), lambda: None))


@pytest.fixture
def client(redis_url: str) -> TestClient:
    return client_for(redis_url)


@pytest.fixture
def queue(redis_url: str) -> JobQueue:
    return JobQueue(connect(redis_url))


def headers(body: bytes, event: str = "pull_request", delivery: str = "", secret: str = SECRET) -> dict[str, str]:
    return {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery or str(uuid4()),
        "X-Hub-Signature-256": signature_of(body, secret.encode()),
        "Content-Type": "application/json",
    }


def opened() -> bytes:
    return json.dumps(recorded_event("pull_request", "opened")).encode()


def test_a_pull_request_is_accepted_and_queued(client: TestClient, queue: JobQueue) -> None:
    body = opened()
    answer = client.post("/webhook", content=body, headers=headers(body))
    assert answer.status_code == 202
    assert queue.numbers().waiting == 1


def test_the_same_delivery_again_is_seen_before(client: TestClient, queue: JobQueue) -> None:
    body = opened()
    sent = headers(body)
    assert [client.post("/webhook", content=body, headers=sent).status_code for _ in range(3)] == [202, 200, 200]
    assert queue.numbers().waiting == 1


def test_every_recorded_payload_is_taken(client: TestClient, queue: JobQueue) -> None:
    answers = []
    for name, payload in recorded():
        body = json.dumps(payload).encode()
        answers.append(client.post("/webhook", content=body, headers=headers(body, name)).status_code)
    assert len(answers) == 329
    assert set(answers) == {200, 202}
    numbers = queue.numbers()
    assert numbers.waiting + numbers.held == answers.count(202) > 5


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        "sha256=" + "0" * 63,
        "sha256=" + "0" * 500,
        "sha1=" + "0" * 40,
        "sha256=é",
    ],
)
def test_a_forged_signature_is_refused(client: TestClient, queue: JobQueue, signature: str | None) -> None:
    body = opened()
    sent = {name.encode(): value.encode() for name, value in headers(body).items() if name != "X-Hub-Signature-256"}
    if signature is not None:
        sent[b"X-Hub-Signature-256"] = signature.encode()
    assert client.post("/webhook", content=body, headers=sent).status_code == 401
    assert queue.numbers().waiting == 0


def test_a_body_changed_on_the_way_is_refused(client: TestClient) -> None:
    body = opened()
    assert client.post("/webhook", content=body + b" ", headers=headers(body)).status_code == 401


def test_both_secrets_are_taken_while_they_are_changed(redis_url: str) -> None:
    client = client_for(redis_url, WEBHOOK_SECRET="the-new-secret,the-old-secret")
    body = opened()
    for secret, status in (("the-new-secret", 202), ("the-old-secret", 202), ("the-gone-secret", 401)):
        assert client.post("/webhook", content=body, headers=headers(body, secret=secret)).status_code == status


def test_the_signature_is_over_the_raw_bytes() -> None:
    body = '{"title": "naïve \\u00e9 ☃"}'.encode()
    # the example of GitHub's own documentation
    assert signature_of(b"Hello, World!", b"It's a Secret to Everybody") == (
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    )
    assert is_signed(body, signature_of(body, b"one"), [b"two", b"one"])
    assert not is_signed(body, signature_of(body, b"three"), [b"two", b"one"])


def test_no_json_is_read_before_the_signature(client: TestClient) -> None:
    body = b"[" * 1_000_000
    assert client.post("/webhook", content=body, headers=headers(b"other")).status_code == 401


@pytest.mark.parametrize("body", [b"", b"{", b"payload=%7B%7D", b"\xff\xfe", b"[" * 100_000])
def test_what_is_not_json_is_said_so(client: TestClient, body: bytes) -> None:
    answer = client.post("/webhook", content=body, headers=headers(body))
    assert answer.status_code == 400
    assert "application/json" in answer.json()["message"]


@pytest.mark.parametrize("body", [b"null", b"[]", b"7", b'"x"', b"{}", b'{"action": 1, "pull_request": []}'])
def test_json_of_another_form_is_of_no_interest(client: TestClient, body: bytes) -> None:
    assert client.post("/webhook", content=body, headers=headers(body)).status_code == 200


def test_a_sha_that_is_none_is_of_no_interest(client: TestClient, queue: JobQueue) -> None:
    payload = recorded_event("pull_request", "opened")
    payload["pull_request"]["head"]["sha"] = "main; rm -rf"  # type: ignore[index]
    body = json.dumps(payload).encode()
    assert client.post("/webhook", content=body, headers=headers(body)).status_code == 200
    assert queue.numbers().waiting == 0


def test_missing_headers_are_said_so(client: TestClient) -> None:
    body = opened()
    for name in ("X-GitHub-Event", "X-GitHub-Delivery"):
        sent = {key: value for key, value in headers(body).items() if key != name}
        assert client.post("/webhook", content=body, headers=sent).status_code == 400


def test_a_body_declared_too_large_is_refused_unread(client: TestClient) -> None:
    sent = {**headers(b""), "Content-Length": str(LARGEST_BODY + 1)}
    assert client.post("/webhook", content=b"", headers=sent).status_code == 413


def send_parts(app: ASGIApp, receive: Receive) -> int:
    """The status of a request whose body comes from `receive`, as the server hands it over."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/webhook", "raw_path": b"/webhook", "query_string": b""}
    asyncio.run(app({**scope, "headers": [], "http_version": "1.1", "scheme": "http", "server": None}, receive, send))
    return int(sent[0]["status"])


def test_a_body_that_grows_too_large_is_refused_while_it_is_read(client: TestClient) -> None:
    parts: list[int] = []

    async def receive() -> Message:
        parts.append(1024 * 1024)
        return {"type": "http.request", "body": b"x" * parts[-1], "more_body": True}

    assert send_parts(client.app, receive) == 413
    assert sum(parts) == LARGEST_BODY + 1024 * 1024


def test_bodies_that_fill_the_memory_together_are_put_off(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "MOST_HELD", 10)
    body = opened()
    for _ in range(2):
        assert client.post("/webhook", content=body, headers=headers(body)).status_code == 503
    monkeypatch.setattr(webhook, "MOST_HELD", len(body))
    for _ in range(2):
        assert client.post("/webhook", content=body, headers=headers(body)).status_code == 202


def test_a_body_that_never_ends_is_not_waited_for(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "READING_TIME", 0.05)

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    assert send_parts(client.app, receive) == 400


def test_a_sender_that_goes_away_is_let_go(client: TestClient) -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    assert send_parts(client.app, receive) == 400


def test_redis_away_is_503_and_the_redelivery_is_accepted(own_redis: EmbeddedRedis) -> None:
    client = client_for(own_redis.url)
    body = opened()
    sent = headers(body)
    own_redis.kill()
    refused = client.post("/webhook", content=body, headers=sent)
    assert refused.status_code == 503
    assert refused.headers["retry-after"]
    own_redis.start()
    assert client.post("/webhook", content=body, headers=sent).status_code == 202
    assert client.post("/webhook", content=body, headers=sent).status_code == 200


def test_what_is_of_no_interest_is_answered_without_redis(own_redis: EmbeddedRedis) -> None:
    client = client_for(own_redis.url)
    own_redis.kill()
    body = b'{"zen": "Keep it logically awesome."}'
    assert client.post("/webhook", content=body, headers=headers(body, "ping")).status_code == 200


def test_only_post_is_taken(client: TestClient) -> None:
    assert client.get("/webhook").status_code == 405
