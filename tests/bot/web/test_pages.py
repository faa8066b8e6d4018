"""The pages and figures around the receiver."""

from __future__ import annotations

import json
import re

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from bot.jobs import ReviewJob, Where
from bot.queue import JobQueue, connect
from bot.serving.embedded_redis import EmbeddedRedis
from bot.tally import Tally
from bot.web import app as web_app
from bot.web.app import make_app
from bot.web.pages import inline
from rules.guides import ENFORCED_BY
from rules.registry import rules
from tests.bot.server_settings import SECRET, server_settings
from tests.bot.web.test_webhook import headers


@pytest.fixture
def queue(redis_url: str) -> JobQueue:
    return JobQueue(connect(redis_url))


@pytest.fixture
def client(queue: JobQueue) -> TestClient:
    return TestClient(make_app(server_settings(), queue, lambda: None))


def figures(client: TestClient) -> dict[str, float]:
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        sample.name + "".join(f":{value}" for value in sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_health_answers_whatever_else_is_wrong(own_redis: EmbeddedRedis) -> None:
    queue = JobQueue(connect(own_redis.url))
    client = TestClient(make_app(server_settings(), queue, lambda: "does not answer"))
    own_redis.kill()
    assert client.get("/health").status_code == 200
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json() == {"redis": "does not answer", "github": "does not answer"}


def test_ready_says_that_redis_and_github_answer(client: TestClient) -> None:
    answer = client.get("/ready")
    assert answer.status_code == 200
    assert answer.json() == {"redis": "ok", "github": "ok"}


def test_github_is_asked_once_a_minute_at_most(queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    clock = [1000.0]
    monkeypatch.setattr(web_app.time, "monotonic", lambda: clock[0])
    client = TestClient(make_app(server_settings(), queue, lambda: asked.append(1)))
    for _ in range(5):
        client.get("/ready")
    assert len(asked) == 1
    clock[0] += 61
    client.get("/ready")
    assert len(asked) == 2


def test_metrics_count_deliveries_and_tell_the_queue(client: TestClient, queue: JobQueue) -> None:
    client.post("/webhook", content=b"{}", headers=headers(b"{}", "ping"))
    client.post("/webhook", content=b"{}", headers=headers(b"other", "x" * 40))
    queue.accept("guid", [ReviewJob(Where(1, 2, "o/r"), 7, "a" * 40)])
    Tally(queue.connection).add(reviews=2, findings=5)
    found = figures(client)
    assert found["dbbot_webhook_deliveries_total:other:200"] == 1
    assert found["dbbot_webhook_deliveries_total:-:401"] == 1
    assert found["dbbot_webhook_seconds_count"] == 2
    assert found["dbbot_jobs_waiting"] == 1
    assert found["dbbot_oldest_job_seconds"] >= 0
    assert found["dbbot_queue_up"] == 1
    assert found["dbbot_reviews_total"] == 2
    assert found["dbbot_findings_total"] == 5
    assert found["dbbot_commands_total"] == 0


def test_metrics_say_that_redis_is_away(own_redis: EmbeddedRedis) -> None:
    client = TestClient(make_app(server_settings(), JobQueue(connect(own_redis.url)), lambda: None))
    own_redis.kill()
    found = figures(client)
    assert found["dbbot_queue_up"] == 0
    assert "dbbot_jobs_waiting" not in found


def test_a_figure_that_is_not_described_is_a_mistake(queue: JobQueue) -> None:
    with pytest.raises(ValueError, match="no tally `oops`"):
        Tally(queue.connection).add(oops=1)


def test_every_rule_has_its_page(client: TestClient) -> None:
    listing = client.get("/rules").text
    assert rules()
    for rule in rules():
        assert f'href="/rules/{rule.name}"' in listing
        page = client.get(f"/rules/{rule.name}")
        assert page.status_code == 200
        assert f"<h1>{rule.name}</h1>" in page.text


def test_names_in_titles_are_code_and_nothing_else_is_markup() -> None:
    assert inline("`IF NOT EXISTS` hides <b>it</b>") == "<code>IF NOT EXISTS</code> hides &lt;b&gt;it&lt;/b&gt;"


def test_every_guide_has_its_page(client: TestClient) -> None:
    for guide in ENFORCED_BY:
        assert client.get(f"/guides/{guide}").status_code == 200


def test_an_unknown_rule_is_answered_with_the_nearest(client: TestClient) -> None:
    known = rules()[0].name
    answer = client.get(f"/rules/{known}x")
    assert answer.status_code == 404
    assert f'href="/rules/{known}"' in answer.text


@pytest.mark.parametrize("path", ["/rules/%3Cscript%3E", "/guides/%3Cscript%3E"])
def test_a_name_is_shown_as_text(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<script>" not in answer.text


@pytest.mark.parametrize("path", ["/", "/rules", "/status", "/setup", "/health", "/metrics", "/style.css", "/nowhere"])
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    answer = client.get(path, follow_redirects=False)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "script" not in answer.text


def test_pages_need_nothing_that_the_policy_forbids(client: TestClient) -> None:
    for path in ("/rules", "/status", "/setup", f"/rules/{rules()[0].name}"):
        text = client.get(path).text
        assert re.findall(r"<(?:script|iframe|form)|\sstyle=|\son\w+=", text) == []


def test_status_tells_the_queue_and_that_no_worker_lives(client: TestClient) -> None:
    assert "No worker is alive" in client.get("/status").text


def test_setup_shows_what_is_set_and_no_secret(client: TestClient) -> None:
    text = client.get("/setup").text
    assert "4711" in text
    assert SECRET not in text
    assert "PRIVATE KEY" not in text
    assert json.dumps("set")[1:-1] in text
