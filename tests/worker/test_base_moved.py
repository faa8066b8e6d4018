"""When the base branch moves, each open pull request hears of what that changes, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.github.errors import Unavailable
from bot.jobs import BaseMovedJob
from bot.ledger import Said
from tests.bot.github.scene import revision
from tests.stand_in import PullRequest
from tests.worker.desk import Desk

OPEN, MANY = 50, 120
SHARED = 6
"""Questions of one push for all pull requests together, tokens included."""
LISTED = 3
"""More of them where the listing has three pages, and the texts do not fit into one question."""


def add_column(name: str, parent: str = "a1", prefix: str = "c") -> dict[str, str]:
    text = revision(name, parent, f'op.add_column("orders", sa.Column("{prefix}_{name}", sa.Text()))')
    return {f"migrations/versions/{name}_column.py": text}


def moved(desk: Desk, merged: int = 0) -> int:
    """Runs the job for the branch as it is now; how many requests that took."""
    desk.context.ledger.based(desk.where, "main")
    start = desk.github.requests.mark()
    desk.run(BaseMovedJob(desk.where, "main", desk.shop.branches["main"], merged))
    return len(desk.github.requests.operations(since=start))


def newest(desk: Desk, pull: PullRequest) -> object:
    return max(desk.shop.check_runs(pull.head_sha, "dbbot"), key=lambda run: run.id)


def test_a_pull_request_beside_the_one_that_was_merged_turns_red_and_names_it(desk: Desk) -> None:
    first, second = desk.open(add_column("b2"), head="first"), desk.open(add_column("c3"), head="second")
    for pull in (first, second):
        desk.review(pull)
    assert newest(desk, second).conclusion == "success"
    first.merge()
    moved(desk, merged=first.number)
    check = newest(desk, second)
    assert check.conclusion == "failure"
    for words in (f"#{first.number}", "b2_column.py", "c3_column.py", "multiple-heads"):
        assert words in f"{check.summary}", words
    early, late = second.review_comments
    assert f"#{first.number}" in early.body
    assert "parent-shared-with-open-pull-request" in early.body
    assert "suggestion" in late.body
    assert "down_revision = 'b2'" in late.body
    assert "```mermaid\nflowchart TD\n" in late.body
    assert "●─╯  a1" in f"{check.summary}"


def test_a_second_push_that_changes_nothing_is_not_spoken_of(desk: Desk) -> None:
    first, second = desk.open(add_column("b2"), head="first"), desk.open(add_column("c3"), head="second")
    for pull in (first, second):
        desk.review(pull)
    first.merge()
    moved(desk)
    before = len(desk.shop.check_runs(second.head_sha, "dbbot"))
    assert moved(desk) <= SHARED
    assert len(desk.shop.check_runs(second.head_sha, "dbbot")) == before
    assert len(second.review_comments) == 2


def test_a_pull_request_that_nobody_has_reviewed_gets_its_review(desk: Desk) -> None:
    pull = desk.open(add_column("b2"))
    moved(desk)
    assert desk.queue.has_turn(desk.job(pull).turn)


def test_a_pull_request_without_migrations_costs_nothing(desk: Desk) -> None:
    desk.open({"README.md": "# Hello\n", "app.py": "x = 1\n"})
    moved(desk)
    assert desk.queue.numbers().waiting == 0


def test_a_branch_that_no_pull_request_leads_to_costs_no_request(desk: Desk) -> None:
    pull = desk.open(add_column("b2"))
    start = desk.github.requests.mark()
    desk.run(BaseMovedJob(desk.where, "feature", pull.head_sha))
    assert desk.github.requests.operations(since=start) == []


def crowd(desk: Desk, count: int) -> tuple[PullRequest, list[PullRequest]]:
    """The one that was merged, and the others that follow the same revision; all were reviewed and green."""
    pulls = [desk.open(add_column(f"c{number:03}"), head=f"branch-{number}") for number in range(count)]
    for pull in pulls:
        desk.context.ledger.say(desk.where, pull.number, Said(pull.head_sha, "success", frozenset()))
    first, *others = pulls
    first.merge()
    return first, others


def test_fifty_open_pull_requests_take_at_most_two_requests_each(
    desk: Desk, report_figure: Callable[[str], None]
) -> None:
    first, others = crowd(desk, OPEN)
    requests = moved(desk, merged=first.number)
    again = moved(desk)
    report_figure(
        f"GitHub requests of a base push, {len(others)} open pull requests turn red: {requests}; again: {again}"
    )
    assert requests <= 2 * len(others) + SHARED
    assert all(newest(desk, pull).conclusion == "failure" for pull in others)
    assert again <= SHARED


def test_more_than_fifty_are_judged_in_several_jobs_and_none_is_forgotten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.github.together.AT_ONCE", 3)
    first, others = crowd(desk, 9)
    draft = desk.open(add_column("d999"), head="draft", draft=True)
    counted = pages(desk, first.number)
    assert len(counted) == 3
    assert all(requests <= 2 * 3 + SHARED for requests in counted)
    assert all(newest(desk, pull).conclusion == "failure" for pull in others)
    assert desk.shop.check_runs(draft.head_sha, "dbbot") == []


@pytest.mark.slow
def test_a_hundred_and_twenty_open_pull_requests_are_bounded_too(
    desk: Desk, report_figure: Callable[[str], None]
) -> None:
    first, others = crowd(desk, MANY)
    counted = pages(desk, first.number)
    desk.shop.commit("main", {"README.md": "# Shop, open again\n"})
    again = pages(desk)
    report_figure(
        f"GitHub requests of a base push, {len(others)} open pull requests turn red: {counted}; again: {again}"
    )
    assert all(newest(desk, pull).conclusion == "failure" for pull in others)
    assert len(counted) == len(again) == 3
    assert all(requests <= 2 * OPEN + SHARED + LISTED for requests in counted)
    assert all(requests <= SHARED + LISTED for requests in again)


def pages(desk: Desk, merged: int = 0) -> list[int]:
    """How many requests each of the jobs took that a push leads to."""
    counted = [moved(desk, merged)]
    while following := desk.waiting(BaseMovedJob):
        start = desk.github.requests.mark()
        desk.run(following)
        counted.append(len(desk.github.requests.operations(since=start)))
    return counted


def test_a_listing_that_github_does_not_give_is_asked_for_again(desk: Desk) -> None:
    """Nobody would hear of the push if the job ended well."""
    desk.open(add_column("b2"), head="b2")
    desk.context.ledger.based(desk.where, "main")
    for _ in range(20):
        desk.github.faults.add(method="POST", path=r".*/graphql", status=502, times=1)
    with pytest.raises(Unavailable):
        desk.run(BaseMovedJob(desk.where, "main", desk.shop.branches["main"]))
