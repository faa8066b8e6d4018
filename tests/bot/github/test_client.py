"""HTTP with GitHub: repeated reads, single writes, limits, tokens, pages, conditional requests."""

from __future__ import annotations

import re

import httpx
import pytest
from redis import Redis

from bot.github.addresses import Addresses
from bot.github.auth import Purpose, RedisShelf
from bot.github.client import Client, GitHub, json_of
from bot.github.errors import (
    Archived,
    Forbidden,
    InstallationRemoved,
    NotFound,
    RateLimited,
    Refused,
    Unauthorized,
    Unavailable,
    Unreadable,
)
from bot.github.pauses import RedisPauses
from bot.model.snapshot import Repository
from tests.bot.github.scene import Scene

REPO = "/repos/octo/shop"
MINT = "/app/installations/.+/access_tokens"


def test_a_read_survives_two_faults_and_gives_up_at_the_third(scene: Scene) -> None:
    scene.hub.faults.add("GET", REPO, 502, times=2)
    assert scene.client().get(REPO).status_code == 200
    scene.hub.faults.add("GET", REPO, cut=True, times=3)
    mark = scene.hub.requests.mark()
    with pytest.raises(Unavailable):
        scene.client().get(REPO)
    assert scene.hub.requests.count("GET", REPO, since=mark) == 3


def test_a_query_is_a_read_although_it_is_posted(scene: Scene) -> None:
    scene.hub.faults.add("POST", "/graphql", 502)
    answer = scene.client().graphql("{ viewer { login } }", {})
    assert answer.data == {"viewer": {"login": "dbbot[bot]"}}


@pytest.mark.parametrize("cut", [True, False])
def test_a_write_is_sent_once(scene: Scene, cut: bool) -> None:
    pull = scene.pull()
    scene.hub.faults.add("POST", cut=cut, path=f"{REPO}/issues/.+")
    with pytest.raises(Unavailable):
        scene.client().post(f"{REPO}/issues/1/comments", {"body": "Once."})
    assert scene.hub.requests.count("POST", f"{REPO}/issues/.+") == 1
    assert pull.issue_comments == []


def test_a_short_limit_is_waited_for_and_a_long_one_raised(scene: Scene) -> None:
    client = scene.client()
    scene.hub.faults.secondary_limit("GET", REPO, retry_after=2)
    assert client.get(REPO).status_code == 200
    (waited,) = scene.sleeps.seconds
    assert 1 < waited <= 2
    scene.hub.faults.secondary_limit("GET", REPO, retry_after=120)
    with pytest.raises(RateLimited) as limit:
        client.get(REPO)
    assert 115 < limit.value.retry_at - client.github.clock() <= 120
    assert len(scene.sleeps.seconds) == 1


def test_a_secondary_limit_without_a_time_is_a_minute(scene: Scene) -> None:
    client = scene.client()
    scene.hub.faults.secondary_limit("GET", REPO, retry_after=None)
    with pytest.raises(RateLimited) as limit:
        client.get(REPO)
    assert 55 < limit.value.retry_at - client.github.clock() <= 60


def test_the_primary_limit_ends_at_its_reset(scene: Scene) -> None:
    client = scene.client()
    scene.hub.faults.primary_limit("GET", REPO, reset_in=1_800)
    with pytest.raises(RateLimited) as limit:
        client.get(REPO)
    assert 1_790 < limit.value.retry_at - client.github.clock() <= 1_801


def test_status_429_is_a_limit_too(scene: Scene) -> None:
    scene.hub.faults.add("POST", "/graphql", 429, headers={"Retry-After": "300"})
    with pytest.raises(RateLimited):
        scene.client().graphql("{ viewer { login } }", {})
    assert scene.hub.requests.count("POST", "/graphql") == 1


def test_a_limit_that_one_job_met_holds_the_next_one_back(scene: Scene, redis_url: str) -> None:
    redis = Redis.from_url(redis_url)

    def client() -> Client:
        github = scene.github()
        github.pauses = RedisPauses(redis)
        return github.client(scene.repository)

    first = client()
    scene.hub.faults.secondary_limit("GET", REPO, retry_after=90)
    with pytest.raises(RateLimited) as met:
        first.get(REPO)
    mark = scene.hub.requests.mark()
    with pytest.raises(RateLimited) as told:
        client().get(f"{REPO}/pulls")
    assert told.value.retry_at == met.value.retry_at
    assert scene.since(mark) == []
    assert redis.pttl(f"dbbot:paused:{scene.repository.installation_id}") <= 90_001


def test_a_revoked_token_is_replaced_once(scene: Scene, redis_url: str) -> None:
    scene.shelf = RedisShelf(Redis.from_url(redis_url))
    scene.client().get(REPO)
    scene.app.installations[0].revoke_tokens()
    mark = scene.hub.requests.mark()
    assert scene.client().get(REPO).status_code == 200
    assert [exchange.status for exchange in scene.since(mark)] == [401, 201, 200]


def test_a_token_that_is_never_accepted_is_not_minted_for_ever(scene: Scene) -> None:
    scene.hub.faults.add("GET", REPO, 401, times=None)
    with pytest.raises(Unauthorized):
        scene.client().get(REPO)
    assert scene.hub.requests.count("POST", MINT) == 2


def test_a_token_is_for_one_repository_and_one_purpose(scene: Scene) -> None:
    scene.hub.create_repository("octo/other", {"a": "b"}, installed=scene.app)
    client = scene.client()
    assert client.get(REPO).status_code == 200
    client.post("/repos/octo/shop/check-runs", {"name": "dbbot", "head_sha": scene.shop.branches["main"]})
    reading, writing = scene.app.installations[0].tokens
    assert reading.permissions == {
        "metadata": "read",
        "contents": "read",
        "pull_requests": "read",
        "checks": "read",
    }
    assert writing.permissions == {
        "metadata": "read",
        "contents": "read",
        "pull_requests": "write",
        "checks": "write",
    }
    assert reading.repositories == writing.repositories == [scene.shop]
    assert len(reading.text) > 400


def test_tokens_are_shared_by_jobs_and_a_fault_while_minting_is_repeated(scene: Scene, redis_url: str) -> None:
    scene.shelf = RedisShelf(Redis.from_url(redis_url))
    scene.hub.faults.add("POST", MINT, 502)
    scene.client().get(REPO)
    scene.client().get(REPO)
    assert scene.hub.requests.count("POST", MINT) == 2


def test_a_token_is_renewed_five_minutes_before_its_end(scene: Scene) -> None:
    moment = [0.0]
    github = GitHub(scene.credentials, Addresses.of(scene.hub.api_url), clock=lambda: github_clock() + moment[0])
    scene.opened.append(github)
    first = github.tokens.token(scene.repository, Purpose.READ)
    moment[0] = 3_200
    assert github.tokens.token(scene.repository, Purpose.READ) == first
    moment[0] = 3_400
    with pytest.raises(Unauthorized):
        # The JWT of a clock that is an hour ahead is GitHub's to refuse; that it was asked is what counts here.
        github.tokens.token(scene.repository, Purpose.READ)


def github_clock() -> float:
    import time

    return time.time()


def test_a_permission_that_was_not_granted_is_named(scene: Scene) -> None:
    scene.app.installations[0].permissions = {"metadata": "read", "contents": "read"}
    with pytest.raises(Forbidden) as error:
        scene.client().get(REPO)
    assert "checks=read" in (error.value.permission or "")


def test_an_app_that_is_gone_or_suspended_has_no_token(scene: Scene) -> None:
    client = scene.client()
    scene.app.installations[0].suspend()
    with pytest.raises(InstallationRemoved):
        client.get(REPO)
    repository = scene.repository
    scene.hub.uninstall(scene.app, scene.shop)
    with pytest.raises(InstallationRemoved):
        scene.github().client(repository).get(REPO)


def test_a_wrong_key_is_unauthorized(scene: Scene) -> None:
    from bot.github.auth import Credentials
    from tests.stand_in.state.apps import new_private_key

    github = GitHub(Credentials(str(scene.app.id), new_private_key()), Addresses.of(scene.hub.api_url))
    scene.opened.append(github)
    with pytest.raises(Unauthorized):
        github.client(scene.repository).get(REPO)


def test_a_client_id_serves_as_issuer_too(scene: Scene) -> None:
    from bot.github.auth import Credentials

    github = GitHub(Credentials(scene.app.client_id, scene.app.private_key), Addresses.of(scene.hub.api_url))
    scene.opened.append(github)
    assert github.client(scene.repository).get(REPO).status_code == 200


def test_writing_to_an_archived_repository_says_archived(scene: Scene) -> None:
    scene.shop.archive()
    with pytest.raises(Archived):
        scene.client().post(f"{REPO}/check-runs", {"name": "dbbot", "head_sha": scene.shop.branches["main"]})


def test_pages_are_followed_to_their_end_and_not_beyond_the_bound(scene: Scene) -> None:
    scene.pull({f"files/{number}.txt": "x\n" for number in range(230)})
    client = scene.client()
    assert len(list(client.pages(f"{REPO}/pulls/1/files", most=1_000))) == 230
    mark = scene.hub.requests.mark()
    assert len(list(client.pages(f"{REPO}/pulls/1/files", most=150))) == 150
    assert len(scene.since(mark)) == 2


def test_an_unchanged_list_is_answered_from_the_cache(scene: Scene) -> None:
    scene.pull()
    first = list(scene.client().pages(f"{REPO}/pulls/1/files", most=100))
    mark = scene.hub.requests.mark()
    assert list(scene.client().pages(f"{REPO}/pulls/1/files", most=100)) == first
    assert [exchange.status for exchange in scene.since(mark)] == [201, 304]


def test_an_object_that_is_not_as_described_is_unreadable(scene: Scene) -> None:
    scene.hub.faults.add("GET", f"{REPO}/pulls/1/files", 200, body={"not": "a list"})
    with pytest.raises(Unreadable):
        list(scene.client().pages(f"{REPO}/pulls/1/files", most=10))
    scene.hub.faults.add("POST", "/graphql", 200, body={"neither": "data"})
    with pytest.raises(Unreadable):
        scene.client().graphql("{ viewer { login } }", {})


def test_what_is_not_there_is_not_found_and_a_wrong_request_refused(scene: Scene) -> None:
    client = scene.client()
    with pytest.raises(NotFound):
        client.get(f"{REPO}/pulls/99")
    with pytest.raises(Refused) as refusal:
        client.get(f"{REPO}/commits/{'0' * 40}/check-runs")
    assert "No commit found" in str(refusal.value)
    with pytest.raises(NotFound):
        client.graphql('{ repository(owner: "octo", name: "nothing") { id } }', {})


def scripted(*answers: httpx.Response) -> tuple[Client, list[httpx.Request]]:
    """A client whose GitHub answers these, for what the stand-in does not do."""
    sent: list[httpx.Request] = []
    queue = iter(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/access_tokens"):
            return httpx.Response(201, json={"token": "ghs_x", "expires_at": "2999-01-01T00:00:00Z"})
        sent.append(request)
        return next(queue)

    from bot.github.auth import Credentials
    from tests.bot.github.scene import private_key

    github = GitHub(
        Credentials("1", private_key()),
        Addresses.of("https://api.github.com"),
        transport=httpx.MockTransport(answer),
        sleep=lambda _: None,
    )
    return github.client(Repository(1, "octo/shop", 1)), sent


def test_a_renamed_repository_is_followed_with_method_and_body() -> None:
    moved = {"location": "https://api.github.com/repositories/7/check-runs"}
    client, sent = scripted(httpx.Response(307, headers=moved), httpx.Response(201, json={"id": 3}))
    assert json_of(client.post(f"{REPO}/check-runs", {"name": "dbbot"})) == {"id": 3}
    assert [(request.method, request.url.path) for request in sent] == [
        ("POST", f"{REPO}/check-runs"),
        ("POST", "/repositories/7/check-runs"),
    ]
    assert sent[1].content == b'{"name":"dbbot"}'


def test_a_token_never_goes_to_another_host() -> None:
    client, sent = scripted(httpx.Response(302, headers={"location": "https://evil.example/x"}))
    with pytest.raises(Unreadable):
        client.get(REPO)
    link = {"link": '<https://evil.example/x?page=2>; rel="next"'}
    client, sent = scripted(httpx.Response(200, json=[1], headers=link))
    with pytest.raises(Unreadable):
        list(client.pages(f"{REPO}/pulls/1/files", most=100))
    assert {request.url.host for request in sent} == {"api.github.com"}


def test_partial_graphql_keeps_its_data_and_nothing_at_all_is_an_error() -> None:
    errors = [{"type": "FORBIDDEN", "message": "No", "path": ["t0"]}]
    body = {"data": {"t0": None, "m0": {"ok": True}}, "errors": errors}
    client, _ = scripted(httpx.Response(200, json=body), httpx.Response(200, json={"data": None, "errors": errors}))
    answer = client.mutate("mutation { x }", {})
    assert (answer.data["m0"], len(answer.errors)) == ({"ok": True}, 1)
    with pytest.raises(Forbidden):
        client.mutate("mutation { x }", {})


def test_requests_are_counted_and_the_rest_of_the_limit_is_known(scene: Scene) -> None:
    client = scene.client()
    client.get(REPO)
    client.get(f"{REPO}/pulls")
    assert client.requests == 2
    assert client.remaining == 4_998


def test_every_exchange_names_dbbot(scene: Scene) -> None:
    scene.client().get(REPO)
    assert all(re.match(r"dbbot ", exchange.user_agent) for exchange in scene.hub.requests)


def test_a_token_that_is_not_as_described_does_not_show_in_the_error(scene: Scene) -> None:
    secret = "ghs_" + "a" * 40
    scene.hub.faults.add("POST", MINT, 201, body={"token": secret, "expires_at": "soon"}, times=None)
    with pytest.raises(Unavailable) as error:
        scene.client().get(REPO)
    assert secret not in f"{error.value} {error.value!r} {error.value.__cause__}"


def test_a_redis_that_is_down_costs_a_token_and_nothing_else(scene: Scene) -> None:
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    redis = Redis(unix_socket_path="nowhere.sock", retry=Retry(NoBackoff(), 0))
    scene.shelf = RedisShelf(redis)
    github = scene.github()
    github.pauses = RedisPauses(redis)
    client = github.client(scene.repository)
    assert client.get(REPO).status_code == 200
    scene.app.installations[0].revoke_tokens()
    assert client.get(REPO).status_code == 200
    github.pauses.pause(1, github.clock() + 100)
    assert github.pauses.until(1) == 0.0
