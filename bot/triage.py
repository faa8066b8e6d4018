"""Event -> jobs, or none, with the reason. Pure: what a delivery leads to can be read here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

from bot.commands import read_command, words_of
from bot.events import (
    BranchPushed,
    CheckRerequested,
    CommentCreated,
    Event,
    Ignored,
    MergeGroupRequested,
    PullRequestChanged,
    SuiteRerequested,
)
from bot.github.layout import could_matter
from bot.jobs import BaseMovedJob, CommandJob, Job, MergeGroupJob, RecheckJob, ReviewJob

QUEUE_BRANCH = "gh-readonly-queue/"
"""A merge queue tries `gh-readonly-queue/BASE/pr-NUMBER-SHA`."""
REVIEWED = frozenset({"opened", "reopened", "synchronize", "ready_for_review"})


@dataclass(frozen=True, slots=True)
class Decision:
    """No jobs is an answer too; `reason` says why, for the log and for GitHub's list of deliveries."""

    jobs: tuple[Job, ...]
    reason: str


def decide(event: Event | Ignored, app_id: int) -> Decision:
    """`app_id` is ours: other Apps' check runs are not."""
    match event:
        case Ignored(reason):
            return Decision((), reason)
        case PullRequestChanged():
            return _pull_request(event)
        case CheckRerequested():
            return _check(event, app_id)
        case SuiteRerequested():
            return _suite(event, app_id)
        case MergeGroupRequested(where, head_sha, base_sha, base_ref):
            return Decision((MergeGroupJob(where, head_sha, base_sha, base_ref),), "a merge queue asks")
        case BranchPushed():
            return _push(event)
        case CommentCreated():
            return _comment(event)


def _pull_request(event: PullRequestChanged) -> Decision:
    if event.archived:
        return Decision((), "the repository is archived")
    if not event.open:
        return Decision((), "the pull request is closed")
    if event.draft:
        return Decision((), "draft")
    if event.action not in REVIEWED and not (event.action == "edited" and event.base_changed):
        return Decision((), f"`{event.action}` changes nothing that is reviewed")
    return Decision((ReviewJob(event.where, event.pull, event.head_sha),), f"pull request {event.action}")


def _check(event: CheckRerequested, app_id: int) -> Decision:
    if event.app_id != app_id:
        return Decision((), "another App's check run")
    if event.pull == 0:
        base_ref = "/".join(event.branch.removeprefix(QUEUE_BRANCH).split("/")[:-1]) or event.branch or "unknown"
        group = MergeGroupJob(event.where, event.head_sha, event.base_sha, f"refs/heads/{base_ref}")
        return Decision((group,), "re-run asked")
    if event.pull is None:
        return Decision((RecheckJob(event.where, event.head_sha),), "re-run asked")
    return Decision((ReviewJob(event.where, event.pull, event.head_sha, asked=True),), "re-run asked")


def _suite(event: SuiteRerequested, app_id: int) -> Decision:
    if event.app_id != app_id:
        return Decision((), "another App's check suite")
    if not event.pulls:
        return Decision((RecheckJob(event.where, event.head_sha),), "re-run of all asked")
    reviews = tuple(ReviewJob(event.where, pull, event.head_sha, asked=True) for pull in dict.fromkeys(event.pulls))
    return Decision(reviews, "re-run of all asked")


def _push(event: BranchPushed) -> Decision:
    if event.branch.startswith(QUEUE_BRANCH):
        return Decision((), "a merge queue's own branch")
    if event.paths is not None and not any(map(could_matter, event.paths)):
        return Decision((), "the push touches no migration")
    job = BaseMovedJob(event.where, event.branch, event.head_sha, event.merged)
    return Decision((job,), "a branch moved, which may be a base")


def _comment(event: CommentCreated) -> Decision:
    if event.by_bot:
        return Decision((), "a bot's comment")
    if event.archived:
        return Decision((), "the repository is archived")
    command = read_command(event.body)
    if command is None:
        return Decision((), "no command in it")
    verb, argument = words_of(command)
    job = CommandJob(event.where, event.pull, event.comment_id, event.kind, verb, argument)
    return Decision((job,), f"command {verb[:20]}")
