"""What each event leads to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.events import (
    BranchPushed,
    CheckRerequested,
    CommentCreated,
    Ignored,
    MergeGroupRequested,
    PullRequestChanged,
    SuiteRerequested,
)
from bot.jobs import BaseMovedJob, CommandJob, MergeGroupJob, RecheckJob, ReviewJob, Where
from bot.triage import decide

APP = 4711
WHERE = Where(11, 22, "octo/shop")
SHA, BASE = "a" * 40, "b" * 40
OPENED = PullRequestChanged("opened", WHERE, 7, SHA, draft=False, open=True, archived=False)
COMMENT = CommentCreated(WHERE, 7, 99, "issue", "/dbbot help", by_bot=False, archived=False)


@pytest.mark.parametrize("action", ["opened", "reopened", "synchronize", "ready_for_review"])
def test_a_pull_request_with_something_new_is_reviewed(action: str) -> None:
    assert decide(replace(OPENED, action=action), APP).jobs == (ReviewJob(WHERE, 7, SHA),)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (replace(OPENED, draft=True), "draft"),
        (replace(OPENED, open=False, action="closed"), "the pull request is closed"),
        (replace(OPENED, archived=True), "the repository is archived"),
        (replace(OPENED, action="labeled"), "`labeled` changes nothing that is reviewed"),
        (replace(OPENED, action="edited"), "`edited` changes nothing that is reviewed"),
        (Ignored("why"), "why"),
        (replace(COMMENT, by_bot=True), "a bot's comment"),
        (replace(COMMENT, body="hello"), "no command in it"),
        (replace(COMMENT, archived=True), "the repository is archived"),
        (CheckRerequested(WHERE, 1, SHA, 7), "another App's check run"),
        (SuiteRerequested(WHERE, 1, SHA, (7,)), "another App's check suite"),
    ],
)
def test_nothing_follows_and_the_reason_is_said(event: PullRequestChanged, reason: str) -> None:
    decision = decide(event, APP)
    assert decision.jobs == ()
    assert decision.reason == reason


def test_a_moved_base_is_reviewed_again() -> None:
    assert decide(replace(OPENED, action="edited", base_changed=True), APP).jobs == (ReviewJob(WHERE, 7, SHA),)


def test_a_rerun_is_asked_for_and_reviews_drafts_too() -> None:
    assert decide(CheckRerequested(WHERE, APP, SHA, 7), APP).jobs == (ReviewJob(WHERE, 7, SHA, asked=True),)


def test_a_rerun_of_a_merge_groups_check_judges_the_group_again() -> None:
    branch = f"gh-readonly-queue/release/1.x/pr-7-{BASE}"
    event = CheckRerequested(WHERE, APP, SHA, 0, BASE, branch)
    assert decide(event, APP).jobs == (MergeGroupJob(WHERE, SHA, BASE, "refs/heads/release/1.x"),)


def test_a_rerun_that_names_no_pull_request_is_looked_up() -> None:
    assert decide(CheckRerequested(WHERE, APP, SHA, None), APP).jobs == (RecheckJob(WHERE, SHA),)
    assert decide(SuiteRerequested(WHERE, APP, SHA, ()), APP).jobs == (RecheckJob(WHERE, SHA),)


def test_a_rerun_of_all_reviews_every_pull_request_once() -> None:
    jobs = decide(SuiteRerequested(WHERE, APP, SHA, (7, 8, 7)), APP).jobs
    assert jobs == (ReviewJob(WHERE, 7, SHA, asked=True), ReviewJob(WHERE, 8, SHA, asked=True))


def test_a_merge_queue_is_answered() -> None:
    event = MergeGroupRequested(WHERE, SHA, BASE, "refs/heads/main")
    assert decide(event, APP).jobs == (MergeGroupJob(WHERE, SHA, BASE, "refs/heads/main"),)


def test_a_command_is_answered_where_it_was_given() -> None:
    comment = replace(COMMENT, kind="review", body="/dbbot explain some-rule")
    assert decide(comment, APP).jobs == (CommandJob(WHERE, 7, 99, "review", "explain", "some-rule"),)


PUSHED = BranchPushed(WHERE, "main", SHA, ("migrations/versions/b2.py",), merged=12)


def test_a_push_that_touches_python_judges_the_open_pull_requests_of_its_branch_again() -> None:
    assert decide(PUSHED, APP).jobs == (BaseMovedJob(WHERE, "main", SHA, 12),)
    assert decide(replace(PUSHED, paths=None), APP).jobs == (BaseMovedJob(WHERE, "main", SHA, 12),)


def test_a_push_without_migrations_or_of_a_merge_queue_leads_to_nothing() -> None:
    assert decide(replace(PUSHED, paths=("README.md",)), APP).jobs == ()
    assert decide(replace(PUSHED, branch="gh-readonly-queue/main/pr-1-abc"), APP).jobs == ()
