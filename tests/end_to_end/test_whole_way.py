"""A pull request's whole way through real Redis, a real RQ worker and the stand-in for GitHub."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from tests.house import House, concluded_check, open_demo_pull_request, shop, wait_until
from tests.stand_in import PullRequest, ReviewComment

COLD, WARM = 10, 8
"""GitHub requests of one review at most: with nothing cached, and with the base known."""


def comment_on(pull: PullRequest, rule: str) -> ReviewComment:
    return next(comment for comment in pull.review_comments if f'"{rule}"' in comment.body)


def test_accepted_suggestions_turn_the_check_green_and_nothing_is_said_twice(house: House) -> None:
    repository = shop(house.github, house.app)
    pull = open_demo_pull_request(repository)
    check = concluded_check(repository, pull.head_sha)
    assert check.conclusion == "failure"
    assert check.external_id == f"{pull.number}:{pull.base_tip}:{pull.head_sha}"
    assert [review.state for review in pull.reviews] == ["COMMENTED"]
    said = {re.search(r'"rule":\s*"([^"]+)"', comment.body)[1] for comment in pull.review_comments}  # type: ignore[index]
    assert said == {"blocking-index-creation", "required-column-without-default", "multiple-heads"}

    for rule in sorted(said):
        pull.accept_suggestion(comment_on(pull, rule))
        concluded_check(repository, pull.head_sha)

    check = concluded_check(repository, pull.head_sha)
    assert check.conclusion == "success", check.summary
    assert len(pull.reviews) == 1, "the accepted suggestions drew a second review"
    assert len(pull.review_comments) == 3
    assert all(comment.thread.is_resolved or comment.line is None for comment in pull.review_comments)
    house.github.assert_no_violations()


def test_a_review_takes_at_most_ten_requests_cold_and_eight_warm(
    house: House, report_figure: Callable[[str], None]
) -> None:
    repository = shop(house.github, house.app)
    start = house.github.requests.mark()
    pull = open_demo_pull_request(repository, "4d6e")
    concluded_check(repository, pull.head_sha)
    cold = house.github.requests.operations(since=start)
    start = house.github.requests.mark()
    pull.push({"migrations/versions/4d6e6f8b0c04_find_orders_by_status.py": _renamed(pull)})
    concluded_check(repository, pull.head_sha)
    warm = house.github.requests.operations(since=start)
    report_figure(f"GitHub requests per review: {len(cold)} cold, {len(warm)} warm")
    assert len(cold) <= COLD, cold
    assert len(warm) <= WARM, warm


def _renamed(pull: PullRequest) -> str:
    text = pull.repository.read("migrations/versions/4d6e6f8b0c04_find_orders_by_status.py", pull.head_sha)
    return text.replace("ix_orders_status", "ix_orders_by_status")


def test_the_same_head_asked_again_gets_no_second_review(house: House) -> None:
    repository = shop(house.github, house.app)
    pull = open_demo_pull_request(repository)
    first = concluded_check(repository, pull.head_sha)
    comments = len(pull.review_comments)
    house.github.rerequest(first)
    wait_until(
        lambda: (
            [run for run in repository.check_runs(pull.head_sha, "dbbot") if run.status == "completed"][1:]
            or (first.updated_at > first.created_at and first.status == "completed")
        ),
        "the check ran again",
    )
    assert len(pull.reviews) == 1
    assert len(pull.review_comments) == comments


def test_a_pull_request_without_migrations_gets_a_green_check_and_no_word(house: House) -> None:
    repository = shop(house.github, house.app)
    pull = repository.open_pull_request(title="Say hello", files={"README.md": "# Hello\n"})
    assert concluded_check(repository, pull.head_sha).conclusion == "success"
    assert pull.reviews == []
    assert pull.issue_comments == []


def test_a_comment_asking_to_explain_is_answered_once(house: House) -> None:
    repository = shop(house.github, house.app)
    pull = repository.open_pull_request(title="Say hello", files={"README.md": "# Hello\n"})
    asked = pull.comment("/dbbot explain blocking-index-creation", author="ann")
    answer = wait_until(lambda: pull.issue_comments[1:], "the comment is answered")[0]
    assert "SHARE" in answer.body
    wait_until(lambda: "rocket" in asked.reacted(), "the comment is marked as answered")
    assert len(pull.issue_comments) == 2


def test_the_receiver_never_stores_what_it_was_sent(house: House) -> None:
    """Jobs carry numbers and shas; a title or a text in Redis would be somebody's words in our logs."""
    repository = shop(house.github, house.app)
    pull = repository.open_pull_request(title="a-title-that-is-nowhere-else", files={"README.md": "# Hello\n"})
    concluded_check(repository, pull.head_sha)
    kept = b"".join(path.read_bytes() for path in (house.folder / "data").rglob("*") if path.is_file())
    assert b"a-title-that-is-nowhere-else" not in kept
    assert json.dumps(pull.title).encode() not in kept
