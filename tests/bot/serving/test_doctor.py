"""`dbbot doctor` against a real Redis and a stand-in for GitHub: what is wrong is found and its mending said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.serving import Check, doctor
from bot.serving.embedded_redis import EmbeddedRedis
from bot.settings import ServerSettings
from tests.bot.server_settings import private_key, server_settings
from tests.stand_in import App, StandIn


@pytest.fixture(scope="module")
def github() -> Iterator[StandIn]:
    with StandIn.start() as started:
        yield started


def settings_for(github: StandIn, app: App, **changes: str) -> ServerSettings:
    values = {"APP_ID": str(app.id), "PRIVATE_KEY": app.private_key, "GITHUB_API_URL": github.api_url, **changes}
    return server_settings(**values)


def found(settings: ServerSettings) -> dict[str, Check]:
    return {check.name: check for check in doctor(settings)}


def test_a_sound_server_has_nothing_to_mend(github: StandIn, redis_url: str) -> None:
    app = github.register_app(webhook_url="https://dbbot.example.com/webhook")
    settings = settings_for(github, app, REDIS_URL=redis_url, PUBLIC_URL="https://dbbot.example.com")
    checks = found(settings)
    assert {name for name, check in checks.items() if check.sound is False} == set()
    assert {"redis", "redis appendonly", "github", "permissions", "events", "webhook", "deliveries"} <= checks.keys()
    assert checks["workers"].sound is None


def test_without_a_redis_address_the_embedded_one_is_found(github: StandIn) -> None:
    assert found(settings_for(github, github.register_app(webhook_url="http://x")))["redis"].sound


def test_a_redis_that_does_not_answer_is_named(github: StandIn) -> None:
    checks = found(settings_for(github, github.register_app(), REDIS_URL="redis://127.0.0.1:1/0"))
    assert checks["redis"].sound is False
    assert "DBBOT_REDIS_URL" in checks["redis"].mend


def test_a_redis_that_forgets_is_named(github: StandIn, own_redis: EmbeddedRedis) -> None:
    own_redis.client().config_set("maxmemory-policy", "allkeys-lru")
    own_redis.client().config_set("appendonly", "no")
    checks = found(settings_for(github, github.register_app(), REDIS_URL=own_redis.url))
    assert checks["redis maxmemory-policy"].mend == "Set `maxmemory-policy noeviction`."
    assert checks["redis appendonly"].mend == "Set `appendonly yes`."


def test_a_wrong_key_is_named(github: StandIn) -> None:
    checks = found(settings_for(github, github.register_app(), PRIVATE_KEY=private_key()))
    assert checks["github"].sound is False
    assert "DBBOT_APP_ID" in checks["github"].mend


def test_a_github_that_does_not_answer_is_named() -> None:
    [check] = [check for check in doctor(server_settings()) if check.name == "github"]
    assert check.sound is False
    assert "DBBOT_GITHUB_API_URL" in check.mend


def test_missing_permissions_and_events_are_named(github: StandIn) -> None:
    app = github.register_app(permissions={"metadata": "read", "checks": "read"}, events=["pull_request"])
    checks = found(settings_for(github, app))
    assert "`checks: write`" in checks["permissions"].words
    assert "`pull_requests: write`" in checks["permissions"].words
    assert "merge_group" in checks["events"].words


def test_another_webhook_address_is_named(github: StandIn) -> None:
    app = github.register_app(webhook_url="https://elsewhere.example.com/webhook")
    checks = found(settings_for(github, app, PUBLIC_URL="https://dbbot.example.com"))
    assert checks["webhook"].mend == "Set the App's webhook address to https://dbbot.example.com/webhook."


def test_deliveries_that_never_arrived_are_counted(github: StandIn) -> None:
    app = github.register_app(webhook_url="http://127.0.0.1:9/webhook")
    repository = github.create_repository("octo/lost", installed=app)
    repository.open_pull_request(title="x", files={"a.txt": "x"})
    github.wait_for_deliveries()
    checks = found(settings_for(github, app))
    assert checks["deliveries"].sound is False
    assert "dbbot sweep" in checks["deliveries"].mend
