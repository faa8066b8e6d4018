"""The base branch has moved: every open pull request to it is judged again, and told only what has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from bot.github.checks import say_check
from bot.github.client import Client
from bot.github.reviews import post_review
from bot.github.together import Unseen, open_page
from bot.jobs import BaseMovedJob, ReviewJob, from_json
from bot.ledger import Said
from bot.model.snapshot import PullRequestSnapshot
from bot.review.plan import plan_review
from rules.model.finding import Finding, Severity
from rules.model.review import Review
from worker.context import Context
from worker.failure import attempt
from worker.judge import judge, settings_from

log = structlog.get_logger("dbbot.base_moved")

ONCE_FOR = 600
"""Seconds in which one push asks for a whole review of one head only once."""


def review_open_pulls(text: str) -> object:
    """The queue's name for this: `BaseMovedJob.function`."""
    job = from_json(BaseMovedJob, text)
    context = Context.from_environment()
    if not context.ledger.is_base(job.where, job.base_ref):
        return None
    run = BaseRun(context, job)
    with structlog.contextvars.bound_contextvars(repository=job.where.repository, base=job.base_sha[:12]):
        return attempt(context, job.where, run.work, lambda _client, _words: None)


@dataclass
class BaseRun:
    context: Context
    job: BaseMovedJob

    def work(self, client: Client) -> None:
        told = seen = 0
        page = open_page(client, self.job.base_ref, self.job.base_sha, self.job.below)
        for each in page.pulls:
            seen += 1
            if isinstance(each, Unseen):
                self._ask_for_review(each.number, each.head_sha)
            elif each.texts:
                told += self._judge(client, each)
        if page.rest:
            self._go_on(page.rest)
        log.info("looked", pulls=seen, told=told, requests=client.requests)
        self.context.tally.add(github_requests=client.requests)

    def _judge(self, client: Client, snapshot: PullRequestSnapshot) -> bool:
        """Whether there was something to say."""
        judged, plan = judge(snapshot, self.context.settings.public_url, self.context.readings)
        before = self.context.ledger.said(self.job.where, snapshot.number)
        now = Said(snapshot.head_sha, plan.check.conclusion.value, grave_names(judged))
        if before is None or before.head_sha != now.head_sha:
            self._ask_for_review(snapshot.number, snapshot.head_sha)
            return False
        if (before.conclusion, before.names) == (now.conclusion, now.names):
            return False
        if before.names - now.names:
            # Comments that are answered have to be found before they can be resolved.
            self._ask_for_review(snapshot.number, snapshot.head_sha)
            return True
        fresh = [one for one in judged.standing if one.fingerprint in now.names - before.names]
        self._say(client, snapshot, judged, fresh)
        self.context.ledger.say(self.job.where, snapshot.number, now)
        return True

    def _say(self, client: Client, snapshot: PullRequestSnapshot, judged: Review, fresh: Sequence[Finding]) -> None:
        settings = settings_from(snapshot, snapshot.settings_text)
        pages = self.context.settings.public_url
        notes = self._notes(fresh)
        whole = plan_review(snapshot, judged, settings, pages_url=pages, notes=notes)
        spoken = plan_review(snapshot, replace(judged, findings=tuple(fresh)), settings, pages_url=pages)
        posted = post_review(client, snapshot.number, spoken)
        report = replace(whole.check, annotations=(*spoken.check.annotations, *posted.annotations))
        say_check(client, snapshot.number, head_sha=snapshot.head_sha, base_sha=snapshot.base_sha, report=report)

    def _notes(self, fresh: Sequence[Finding]) -> tuple[str, ...]:
        by = f" with pull request `#{self.job.merged}`" if self.job.merged else ""
        lead = f"`{self.job.base_ref}` has moved on{by}, and this pull request has not changed since."
        return (lead, *(f"`{finding.place.path}`: {finding.message}" for finding in fresh[:5]))

    def _go_on(self, rest: int) -> None:
        following = replace(self.job, below=rest)
        self.context.queue.put_once(following, f"page:{following.turn}:{self.job.base_sha}:{rest}", ONCE_FOR)

    def _ask_for_review(self, number: int, head_sha: str) -> None:
        review = ReviewJob(self.job.where, number, head_sha)
        self.context.queue.put_once(review, f"moved:{review.turn}:{head_sha}:{self.job.base_sha}", ONCE_FOR)


def grave_names(judged: Review) -> frozenset[str]:
    """The fingerprints of what can turn a check red or grey; notices come and go with other pull requests."""
    return frozenset(one.fingerprint for one in judged.standing if one.severity in (Severity.ERROR, Severity.WARNING))
