"""The only writer: ReviewPlan -> GitHub. The check run is completed last, so that an open one means: not finished."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.github import questions
from bot.github.checks import CheckRun, begin_check, conclude, conclude_failed
from bot.github.client import Client
from bot.github.conversation import React, react, reply
from bot.github.errors import Forbidden, NotFound, Refused
from bot.github.repeating import once
from bot.github.reviews import post_review
from bot.model.review_plan import ReviewPlan
from bot.model.snapshot import EarlierComment

__all__ = ["CheckRun", "Published", "React", "begin_check", "conclude", "conclude_failed", "publish", "react", "reply"]

RESOLVED_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Published:
    """What became of the plan. `refused` is why GitHub took no review; its findings are annotations then."""

    reviewed: bool
    resolved: int = 0
    moved_to_annotations: int = 0
    refused: str | None = None
    superseded: bool = False


def publish(
    client: Client,
    number: int,
    plan: ReviewPlan,
    check: CheckRun | None = None,
    *,
    earlier: Iterable[EarlierComment] = (),
) -> Published:
    """Says what the plan says: review, resolved threads, annotations, end of the check run. May be repeated.

    `number` 0 is a merge group, which has no conversation. Without `check` one is begun. `earlier` are the
    snapshot's comments.
    """
    run = check or begin_check(client, number, head_sha=plan.head_sha, base_sha=plan.base_sha)
    posted = post_review(client, number, plan)
    resolved = _resolve(client, plan.resolve, earlier)
    report = replace(plan.check, annotations=(*plan.check.annotations, *posted.annotations))
    conclude(client, run, report)
    reviewed = bool(plan.comments) and posted.refused is None and not posted.superseded
    return Published(reviewed, resolved, len(posted.annotations), posted.refused, posted.superseded)


def _resolve(client: Client, threads: tuple[str, ...], earlier: Iterable[EarlierComment]) -> int:
    """How many threads were resolved or, where the App may not, their comments hidden. A refusal costs nothing."""
    names = {one.thread_id: one.node_id for one in earlier}
    resolved = 0
    for start in range(0, len(threads), RESOLVED_AT_ONCE):
        chosen = [(thread, names.get(thread)) for thread in threads[start : start + RESOLVED_AT_ONCE]]
        with contextlib.suppress(Forbidden, NotFound, Refused):
            resolved += _resolve_some(client, chosen)
    return resolved


def _resolve_some(client: Client, threads: Sequence[tuple[str, str | None]]) -> int:
    query, variables = questions.resolve(threads)
    # To resolve what is resolved changes nothing, so a lost answer is simply asked for again.
    answer = once(client, lambda: client.mutate(query, variables), lambda: None)
    done = {name[1:] for name, value in answer.data.items() if value is not None}
    return len(done)
