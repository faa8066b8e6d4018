"""The sweep: what was lost is asked for once, what was left is ended, and a sound house is left in peace."""

from __future__ import annotations

import pytest

from bot.github.checks import begin_check
from bot.jobs import ReviewJob
from bot.ledger import OpenCheck
from tests.stand_in import StandIn
from tests.worker.desk import Desk
from worker import sweep
from worker.sweep import ask_again, close_left_open, find_repositories, find_unreviewed, sweep_once


def attempts(github: StandIn, event: str) -> list[bool]:
    return [delivery.is_ok for delivery in github.wait_for_deliveries() if delivery.event == event]


def waiting(desk: Desk) -> int:
    numbers = desk.queue.numbers()
    return numbers.waiting + numbers.held


def lose_deliveries(desk: Desk) -> None:
    desk.app.webhook_url = "http://127.0.0.1:9/webhook"


def test_a_failed_delivery_is_asked_for_once_for_each_attempt_that_failed(desk: Desk) -> None:
    lose_deliveries(desk)
    desk.open()
    assert attempts(desk.github, "pull_request") == [False]
    ask_again(desk.context)
    assert attempts(desk.github, "pull_request") == [False, False]
    for _ in range(6):
        ask_again(desk.context)
        desk.github.wait_for_deliveries()
    assert len(attempts(desk.github, "pull_request")) == 1 + sweep.MOST_ASKED


def test_a_delivery_that_was_taken_after_all_is_not_asked_for(desk: Desk) -> None:
    """GitHub gave up after ten seconds, but we had it."""
    lose_deliveries(desk)
    pull = desk.open()
    [lost] = [each for each in desk.github.wait_for_deliveries() if each.event == "pull_request"]
    desk.queue.accept(lost.guid, [desk.job(pull)])
    ask_again(desk.context)
    assert attempts(desk.github, "pull_request") == [False]


def test_events_that_lead_to_nothing_are_not_asked_for(desk: Desk) -> None:
    lose_deliveries(desk)
    desk.github.create_repository("octo/other", installed=desk.app)
    desk.github.wait_for_deliveries()
    before = len(desk.github.deliveries)
    ask_again(desk.context)
    assert {each.event for each in desk.github.wait_for_deliveries()[before:]} <= {"pull_request", "check_suite"}


def test_an_unreviewed_head_is_enqueued_once(desk: Desk) -> None:
    pull = desk.open()
    desk.context.ledger.saw(desk.where)
    find_unreviewed(desk.context)
    assert desk.queue.has_turn(desk.job(pull).turn)
    find_unreviewed(desk.context)
    assert waiting(desk) == 1
    assert desk.tally() == {"swept": 1}


def test_a_head_that_has_a_job_is_left_to_it(desk: Desk) -> None:
    pull = desk.open()
    desk.context.ledger.saw(desk.where)
    desk.queue.accept("guid-1", [desk.job(pull)])
    find_unreviewed(desk.context)
    assert waiting(desk) == 1


def test_a_reviewed_head_costs_one_listing_and_no_job(desk: Desk) -> None:
    desk.review(desk.open())
    mark = desk.github.requests.mark()
    find_unreviewed(desk.context)
    assert desk.github.requests.operations(since=mark) == ["pulls/list"]
    assert waiting(desk) == 0


def test_a_reviewed_head_is_known_from_github_when_redis_forgot(desk: Desk) -> None:
    desk.review(desk.open())
    desk.context.redis.flushall()
    desk.context.ledger.saw(desk.where)
    find_unreviewed(desk.context)
    assert waiting(desk) == 0


@pytest.mark.parametrize("what", ["draft", "closed"])
def test_what_needs_no_review_is_left(desk: Desk, what: str) -> None:
    pull = desk.open(draft=what == "draft")
    if what == "closed":
        pull.close()
    desk.context.ledger.saw(desk.where)
    find_unreviewed(desk.context)
    assert waiting(desk) == 0


def test_an_empty_redis_learns_where_the_app_is_installed(desk: Desk) -> None:
    desk.open()
    assert desk.context.ledger.repositories() == ()
    find_repositories(desk.context)
    assert desk.context.ledger.repositories() == (desk.where,)
    mark = desk.github.requests.mark()
    find_repositories(desk.context)
    assert desk.github.requests.since(mark) == []


def test_a_repository_that_is_gone_is_forgotten(desk: Desk) -> None:
    desk.context.ledger.saw(desk.where)
    desk.github.uninstall(desk.app, desk.shop)
    find_unreviewed(desk.context)
    assert desk.context.ledger.repositories() == ()


def begin(desk: Desk) -> tuple[str, OpenCheck]:
    """A check as a worker that died left it."""
    pull = desk.open()
    with desk.context.client(desk.where) as client:
        check = begin_check(client, pull.number, head_sha=pull.head_sha, base_sha=pull.base_sha)
    left = OpenCheck(desk.where, pull.number, pull.head_sha, check.id)
    desk.context.ledger.began(left)
    return pull.head_sha, left


def test_a_check_left_open_is_closed_with_a_reason(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sha, _ = begin(desk)
    close_left_open(desk.context)
    [check] = desk.shop.check_runs(sha, "dbbot")
    assert check.status == "in_progress", "a worker may still be at it"
    monkeypatch.setattr(sweep, "LEFT_OPEN", -1.0)
    close_left_open(desk.context)
    assert (check.status, check.conclusion) == ("completed", "failure")
    assert "Re-run" in (check.summary or "")
    assert desk.context.ledger.left_open(-1) == ()


def test_a_check_whose_job_waits_is_left_open(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sha, left = begin(desk)
    desk.queue.accept("guid-1", [ReviewJob(left.where, left.pull, left.head_sha)])
    monkeypatch.setattr(sweep, "LEFT_OPEN", -1.0)
    close_left_open(desk.context)
    [check] = desk.shop.check_runs(sha, "dbbot")
    assert check.status == "in_progress"


def test_a_check_of_a_repository_that_is_gone_is_forgotten(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(desk)
    desk.github.uninstall(desk.app, desk.shop)
    monkeypatch.setattr(sweep, "LEFT_OPEN", -1.0)
    close_left_open(desk.context)
    assert desk.context.ledger.left_open(-1) == ()


def test_one_part_that_fails_does_not_stop_the_others(desk: Desk) -> None:
    pull = desk.open()
    desk.context.ledger.saw(desk.where)
    desk.github.faults.add(path=r"/app/hook/deliveries", status=500, times=None)
    assert sweep_once(desk.context.settings) == 3
    assert desk.queue.has_turn(desk.job(pull).turn)


def test_a_sound_house_is_swept_clean(desk: Desk) -> None:
    desk.review(desk.open())
    desk.github.wait_for_deliveries()
    assert sweep_once(desk.context.settings) == 0
    assert waiting(desk) == 0
