"""A webhook's JSON -> a typed event, or the reason why it is none of ours. Takes the few fields it needs.

Recorded deliveries contradict every published schema, so nothing is validated that is not used.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from bot.github.checks import RECHECK
from bot.jobs import Where


@dataclass(frozen=True, slots=True)
class Ignored:
    """`reason` is for the log."""

    reason: str


@dataclass(frozen=True, slots=True)
class PullRequestChanged:
    """`base_changed` is only told apart for the action `edited`."""

    action: str
    where: Where
    pull: int
    head_sha: str
    draft: bool
    open: bool
    archived: bool
    base_changed: bool = False


@dataclass(frozen=True, slots=True)
class CheckRerequested:
    """Somebody pressed Re-run, or our own button.

    `pull` and `base_sha` come from our external id: GitHub names no fork's. `pull` 0 is a merge group's check, and
    `branch` then tells where to it merges.
    """

    where: Where
    app_id: int
    head_sha: str
    pull: int | None
    base_sha: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True)
class SuiteRerequested:
    """Somebody pressed Re-run all. `pulls` is empty for a fork's commit."""

    where: Where
    app_id: int
    head_sha: str
    pulls: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MergeGroupRequested:
    where: Where
    head_sha: str
    base_sha: str
    base_ref: str


@dataclass(frozen=True, slots=True)
class BranchPushed:
    """`paths` are the changed ones, None where the payload does not tell all; `merged` a pull request, 0 if unknown."""

    where: Where
    branch: str
    head_sha: str
    paths: tuple[str, ...] | None
    merged: int = 0


@dataclass(frozen=True, slots=True)
class CommentCreated:
    """On a pull request. `by_bot` by GitHub's word for the sender."""

    where: Where
    pull: int
    comment_id: int
    kind: Literal["issue", "review"]
    body: str
    by_bot: bool
    archived: bool


Event = PullRequestChanged | CheckRerequested | SuiteRerequested | MergeGroupRequested | BranchPushed | CommentCreated


class _Missing(Exception):
    pass


T = TypeVar("T")


def _get(payload: object, path: str, kind: type[T]) -> T:
    """The value under a dotted path. A bool is no int here."""
    value = payload
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _Missing(path)
    return value


def _or(payload: object, path: str, otherwise: T) -> T:
    try:
        return _get(payload, path, type(otherwise))
    except _Missing:
        return otherwise


def _where(payload: object) -> Where:
    return Where(
        _get(payload, "installation.id", int),
        _get(payload, "repository.id", int),
        _get(payload, "repository.full_name", str),
    )


def _pull_request(payload: object) -> Event | Ignored:
    return PullRequestChanged(
        action=_get(payload, "action", str),
        where=_where(payload),
        pull=_get(payload, "pull_request.number", int),
        head_sha=_get(payload, "pull_request.head.sha", str),
        draft=_or(payload, "pull_request.draft", False),
        open=_or(payload, "pull_request.state", "open") == "open",
        archived=_or(payload, "repository.archived", False),
        base_changed=bool(_or(payload, "changes.base", {})),
    )


def pull_of(external_id: str) -> int | None:
    """The pull request in a check run's external id `PULL:BASE_SHA:HEAD_SHA`; 0 for a merge group."""
    number = external_id.partition(":")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 12 else None


def _check_run(payload: object) -> Event | Ignored:
    action = _get(payload, "action", str)
    pressed = action == "requested_action" and _or(payload, "requested_action.identifier", "") == RECHECK
    if action != "rerequested" and not pressed:
        return Ignored(f"check_run.{action} asks nothing of us")
    external_id = _or(payload, "check_run.external_id", "")
    return CheckRerequested(
        where=_where(payload),
        app_id=_get(payload, "check_run.app.id", int),
        head_sha=_get(payload, "check_run.head_sha", str),
        pull=pull_of(external_id),
        base_sha=external_id.partition(":")[2].partition(":")[0],
        branch=_or(payload, "check_run.check_suite.head_branch", ""),
    )


def _check_suite(payload: object) -> Event | Ignored:
    if (action := _get(payload, "action", str)) != "rerequested":
        return Ignored(f"check_suite.{action} asks nothing of us")
    pulls: list[object] = _or(payload, "check_suite.pull_requests", [])
    return SuiteRerequested(
        where=_where(payload),
        app_id=_get(payload, "check_suite.app.id", int),
        head_sha=_get(payload, "check_suite.head_sha", str),
        pulls=tuple(number for one in pulls if (number := _or(one, "number", 0)) > 0),
    )


def _merge_group(payload: object) -> Event | Ignored:
    if (action := _get(payload, "action", str)) != "checks_requested":
        return Ignored(f"merge_group.{action} asks nothing of us")
    return MergeGroupRequested(
        where=_where(payload),
        head_sha=_get(payload, "merge_group.head_sha", str),
        base_sha=_get(payload, "merge_group.base_sha", str),
        base_ref=_get(payload, "merge_group.base_ref", str),
    )


HEADS = "refs/heads/"
MOST_COMMITS = 2_048
"""GitHub names no more of a push."""
_MERGED = re.compile(r"\AMerge pull request #(\d{1,9}) |\A[^\n]*\(#(\d{1,9})\)\s*(?:\n|\Z)")


def _push(payload: object) -> Event | Ignored:
    ref = _get(payload, "ref", str)
    if not ref.startswith(HEADS):
        return Ignored("a push to no branch")
    if _or(payload, "deleted", False) or _or(payload, "created", False):
        return Ignored("a branch that comes or goes is nobody's base yet")
    merged = _MERGED.match(_or(payload, "head_commit.message", ""))
    return BranchPushed(
        where=_where(payload),
        branch=ref.removeprefix(HEADS),
        head_sha=_get(payload, "after", str),
        paths=None if _or(payload, "forced", False) else _pushed_paths(payload),
        merged=int(merged[1] or merged[2]) if merged else 0,
    )


def _pushed_paths(payload: object) -> tuple[str, ...] | None:
    """None if there are more than the payload tells: a merge commit names no file of what it brings with it."""
    commits: list[object] = _or(payload, "commits", [])
    if not commits or len(commits) >= MOST_COMMITS:
        return None
    paths: dict[str, None] = {}
    for commit in commits:
        named = [_named(commit, kind) for kind in ("added", "modified", "removed")]
        if not any(named):
            return None
        paths.update(dict.fromkeys(path for each in named for path in each))
    return tuple(paths)


def _named(commit: object, kind: str) -> list[str]:
    found: list[object] = _or(commit, kind, [])
    return [path for path in found if isinstance(path, str)]


def _comment(payload: object, kind: Literal["issue", "review"], pull: int) -> Event | Ignored:
    if (action := _get(payload, "action", str)) != "created":
        return Ignored(f"only new comments are commands, this one was {action}")
    return CommentCreated(
        where=_where(payload),
        pull=pull,
        comment_id=_get(payload, "comment.id", int),
        kind=kind,
        body=_get(payload, "comment.body", str),
        by_bot=_or(payload, "sender.type", "User") == "Bot" or _or(payload, "comment.user.type", "User") == "Bot",
        archived=_or(payload, "repository.archived", False),
    )


def _issue_comment(payload: object) -> Event | Ignored:
    _get(payload, "issue", dict)
    if not _or(payload, "issue.pull_request", {}):
        return Ignored("a comment on an issue, not on a pull request")
    return _comment(payload, "issue", _get(payload, "issue.number", int))


def _review_comment(payload: object) -> Event | Ignored:
    return _comment(payload, "review", _get(payload, "pull_request.number", int))


READERS: dict[str, Callable[[object], Event | Ignored]] = {
    "pull_request": _pull_request,
    "check_run": _check_run,
    "check_suite": _check_suite,
    "merge_group": _merge_group,
    "push": _push,
    "issue_comment": _issue_comment,
    "pull_request_review_comment": _review_comment,
}
"""The events that `app.yml` subscribes to: the keys are held equal to it by a test."""


def read_event(name: str, payload: object) -> Event | Ignored:
    """`name` is the X-GitHub-Event header, `payload` the parsed JSON. Never raises."""
    reader = READERS.get(name)
    if reader is None:
        return Ignored(f"no job follows from `{name[:50]}`")
    try:
        return reader(payload)
    except _Missing as missing:
        return Ignored(f"this `{name}` carries no `{missing}`")
