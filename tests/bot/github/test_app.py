"""GitHub asked as the App itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.connections import github_of
from bot.github.app import AppClient, github_problem
from bot.jobs import Where
from tests.bot.server_settings import private_key, server_settings
from tests.stand_in import App, StandIn


@pytest.fixture(scope="module")
def github() -> Iterator[StandIn]:
    with StandIn.start() as started:
        yield started


def client_of(github: StandIn, app: App, **changes: str) -> AppClient:
    values = {"APP_ID": str(app.id), "PRIVATE_KEY": app.private_key, "GITHUB_API_URL": github.api_url, **changes}
    return AppClient(github_of(server_settings(**values)))


def test_a_github_that_knows_us_has_no_problem(github: StandIn) -> None:
    assert github_problem(client_of(github, github.register_app())) is None


def test_what_is_wrong_is_said_without_addresses(github: StandIn) -> None:
    app = github.register_app()
    assert github_problem(client_of(github, app, PRIVATE_KEY=private_key())) == (
        "GitHub does not accept the App's id and key"
    )
    assert github_problem(client_of(github, app, GITHUB_API_URL="http://127.0.0.1:9")) == "does not answer"
    github.faults.add(path="/app", status=503)
    assert github_problem(client_of(github, app)) == "answers with status 503"


def test_every_repository_of_every_living_installation_is_found(github: StandIn) -> None:
    app = github.register_app()
    shops = [github.create_repository(f"{owner}/shop", installed=app) for owner in ("ann", "ann2", "bob")]
    gone = github.create_repository("carl/shop", installed=app)
    app.installations[-1].suspend()
    found = {where.repository: where for where in client_of(github, app).repositories()}
    assert found.keys() == {shop.full_name for shop in shops}
    assert gone.full_name not in found
    assert found["bob/shop"] == Where(app.installations[2].id, shops[2].id, "bob/shop")


def test_deliveries_are_told_down_to_a_moment(github: StandIn) -> None:
    app = github.register_app(webhook_url="http://127.0.0.1:9/webhook")
    github.create_repository("dora/shop", installed=app)
    github.wait_for_deliveries()
    client = client_of(github, app)
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    failed = list(client.deliveries(an_hour_ago, failed=True))
    assert failed
    assert all(delivery.status != "OK" for delivery in failed)
    assert list(client.deliveries(datetime.now(UTC) + timedelta(hours=1))) == []
