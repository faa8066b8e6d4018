"""Reactions, replies and roles, through PyGithub."""

from __future__ import annotations

from typing import Any

import pytest

from bot.github.auth import Purpose
from bot.github.conversation import Kind, React, is_answered, may_write, react, reply, role_of
from bot.github.errors import Forbidden, NotFound, RateLimited, Unavailable
from bot.github.publish import publish
from bot.github.typed import InstallationToken, ask, pygithub
from bot.review.marker import Marker
from tests.bot.github.scene import NEW, Scene, comment, plan
from tests.stand_in.state.comments import Remark
from tests.stand_in.state.pulls import PullRequest

REPLIES = "/repos/.+/(issues/1/comments|pulls/1/comments/.+/replies)"


def asked(scene: Scene, kind: Kind) -> tuple[PullRequest, Remark]:
    """A pull request and a comment of a person on it."""
    pull = scene.pull()
    if kind == "issue":
        return pull, pull.comment("/dbbot help", author="ann")
    return pull, pull.review(comments=[{"path": NEW, "line": 9, "body": "/dbbot help"}], author="ann").comments[0]


def answers(pull: PullRequest) -> list[str]:
    found = [*pull.issue_comments, *pull.review_comments]
    return [each.body for each in found if each.author.login == "dbbot[bot]"]


KINDS = pytest.mark.parametrize("kind", ["issue", "review"])


@KINDS
def test_a_comment_gets_its_reactions_with_one_request_each(scene: Scene, kind: Kind) -> None:
    _, asking = asked(scene, kind)
    client = scene.client()
    react(client, 1, asking.id, kind, React.SEEN)
    mark = scene.hub.requests.mark()
    react(client, 1, asking.id, kind, React.DONE)
    react(client, 1, asking.id, kind, React.DONE)
    assert [each.content for each in asking.reactions] == ["eyes", "rocket"]
    assert len(scene.since(mark)) == 2


@KINDS
def test_a_comment_is_answered_once_and_in_its_place(scene: Scene, kind: Kind) -> None:
    pull, asking = asked(scene, kind)
    body = f"Here is help.\n\n{Marker(answers=asking.id)}"
    assert reply(scene.client(), 1, asking.id, kind, body)
    assert not reply(scene.client(), 1, asking.id, kind, body)
    assert answers(pull) == [body]
    if kind == "review":
        assert [each.body for each in pull.threads[0].comments] == ["/dbbot help", body]


@KINDS
def test_a_reply_whose_answer_was_lost_stands_once(scene: Scene, kind: Kind) -> None:
    pull, asking = asked(scene, kind)
    scene.hub.faults.add("POST", REPLIES, 502, after=True)
    assert reply(scene.client(), 1, asking.id, kind, f"Help.\n\n{Marker(answers=asking.id)}")
    assert len(answers(pull)) == 1
    assert scene.hub.requests.count("POST", REPLIES) == 1


@KINDS
def test_a_reply_that_never_arrived_is_sent_again(scene: Scene, kind: Kind) -> None:
    pull, asking = asked(scene, kind)
    scene.hub.faults.add("POST", REPLIES, cut=True)
    assert reply(scene.client(), 1, asking.id, kind, f"Help.\n\n{Marker(answers=asking.id)}")
    assert len(answers(pull)) == 1
    assert scene.hub.requests.count("POST", REPLIES) == 2


def test_a_strangers_marker_answers_nothing(scene: Scene) -> None:
    pull, asking = asked(scene, "issue")
    pull.comment(f"Ha.\n\n{Marker(answers=asking.id)}", author="eve")
    assert not is_answered(scene.client(), 1, asking.id)


def test_an_answer_in_a_thread_of_ours_is_found(scene: Scene) -> None:
    pull = scene.pull()
    publish(scene.client(), 1, plan(pull, [comment("f1", 9)]))
    asking = pull.reply(pull.review_comments[0], "/dbbot explain", author="ann")
    body = f"It says.\n\n{Marker(answers=asking.id)}"
    first = pull.review_comments[0].id
    reply(scene.client(), 1, first, "review", body)
    assert is_answered(scene.client(), 1, asking.id)


def test_a_deleted_comment_is_not_found(scene: Scene) -> None:
    scene.pull()
    with pytest.raises(NotFound):
        react(scene.client(), 1, 999, "issue", React.SEEN)


@pytest.mark.parametrize(
    ("role", "writes"),
    [("admin", True), ("maintain", True), ("write", True), ("triage", False), ("read", False)],
)
def test_who_may_write_is_githubs_word(scene: Scene, role: Any, writes: bool) -> None:
    scene.shop.grant(scene.hub.world.user("ann").login, role)
    assert may_write(scene.client(), "ann") is writes
    assert role_of(scene.client(), "ann") == role


def test_a_stranger_may_not_write(scene: Scene) -> None:
    assert not may_write(scene.client(), "nobody-at-all")


def test_pygithub_neither_repeats_nor_sleeps_nor_forgets_the_version(scene: Scene) -> None:
    client = scene.client()
    hub = pygithub(client, InstallationToken(client, Purpose.READ))
    requester = hub.requester
    known = vars(requester)
    settings = {name.removeprefix("_Requester__"): value for name, value in known.items()}
    assert settings["retry"] is None
    assert settings["seconds_between_requests"] is None
    assert settings["seconds_between_writes"] is None
    assert settings["apiVersion"] == "2022-11-28"
    assert settings["base_url"] == scene.hub.api_url
    assert (requester.per_page, requester.is_lazy) == (100, True)


@pytest.mark.parametrize("status", [500, 502, 403])
def test_a_write_through_pygithub_is_sent_once(scene: Scene, status: int) -> None:
    scene.pull()
    scene.hub.faults.add("POST", REPLIES, status, body={"message": "No"})
    with pytest.raises((Unavailable, Forbidden)):
        ask(scene.client(), Purpose.WRITE, lambda repository: repository.get_issue(1).create_comment("Once."))
    assert scene.hub.requests.count("POST", REPLIES) == 1


@pytest.mark.parametrize("after", [40, None])
def test_a_limit_met_by_pygithub_goes_back_to_the_queue(scene: Scene, after: int | None) -> None:
    client = scene.client()
    scene.hub.faults.secondary_limit("GET", ".+/permission", retry_after=after)
    with pytest.raises(RateLimited) as limit:
        may_write(client, "ann")
    assert 35 < limit.value.retry_at - client.github.clock() <= 60
    mark = scene.hub.requests.mark()
    with pytest.raises(RateLimited):
        client.get(client.base)
    assert scene.since(mark) == []


def test_a_primary_limit_met_by_pygithub_goes_back_to_the_queue(scene: Scene) -> None:
    client = scene.client()
    scene.hub.faults.primary_limit("GET", ".+/permission", reset_in=3_000)
    with pytest.raises(RateLimited) as limit:
        may_write(client, "ann")
    assert limit.value.retry_at - client.github.clock() > 2_900


def test_a_token_revoked_before_a_call_of_pygithubs_is_replaced_once(scene: Scene) -> None:
    client = scene.client()
    assert role_of(client, "octo") == "admin"
    scene.app.installations[0].revoke_tokens()
    mark = scene.hub.requests.mark()
    assert role_of(client, "octo") == "admin"
    assert [exchange.status for exchange in scene.since(mark)] == [401, 201, 200]
