"""A pull request's review: begin, look once, judge, say it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial

import structlog

from bot.github.checks import CheckRun, begin_check, check_runs, conclude, conclude_failed
from bot.github.client import Client, json_of
from bot.github.glance import Glance, NotReviewable, glance
from bot.github.publish import publish
from bot.github.snapshot import take_snapshot
from bot.jobs import RecheckJob, ReviewJob, Where, from_json
from bot.ledger import OpenCheck, Said
from bot.model.review_plan import CheckReport, Conclusion
from bot.model.snapshot import PullRequestSnapshot
from bot.queue import current_attempt
from rules.model.review import Review
from worker.base_moved import grave_names
from worker.context import Context
from worker.failure import attempt
from worker.judge import judge

log = structlog.get_logger("dbbot.review")

OVERTAKEN = CheckReport(Conclusion.CANCELLED, "Overtaken", "A newer push came; the review is of its commit.")


COMPANY_SECONDS = 7 * 86_400


def company_of(where: Where, pull: int, head_sha: str) -> str:
    """Names that a head was told of another pull request on its parent."""
    return f"company:{where.repository_id}:{pull}:{head_sha}"


def review_pull_request(text: str) -> object:
    """The queue's name for this: `ReviewJob.function`."""
    job = from_json(ReviewJob, text)
    context = Context.from_environment()
    with structlog.contextvars.bound_contextvars(repository=job.where.repository, pull=job.pull, sha=job.head_sha[:12]):
        if context.queue.is_superseded(job):
            log.info("superseded", when="before the look")
            context.tally.add(reviews_superseded=1)
            return (
                attempt(context, job.where, partial(_end_checks, job=job), _say_nothing)
                if current_attempt().again
                else None
            )
        run = ReviewRun(context, job)
        return attempt(context, job.where, run.work, run.give_up)


def review_head(text: str) -> object:
    """Re-run of a commit for which GitHub names no pull request: each open one whose head it is gets its own job."""
    job = from_json(RecheckJob, text)
    context = Context.from_environment()

    def work(client: Client) -> None:
        found = json_of(client.get(f"{client.base}/commits/{job.head_sha}/pulls", {"per_page": 100}))
        for pull in found if isinstance(found, list) else []:
            match pull:
                case {"number": int(number), "state": "open", "head": {"sha": job.head_sha}}:
                    review = ReviewJob(job.where, number, job.head_sha, asked=True)
                    context.queue.put_once(review, f"recheck:{review.turn}:{job.head_sha}", 10)

    return attempt(context, job.where, work, _say_nothing)


def _end_checks(client: Client, job: ReviewJob) -> None:
    """An earlier attempt of this job may have begun a check before it died."""
    for run in check_runs(client, job.head_sha):
        if not run.completed and run.external_id.startswith(f"{job.pull}:"):
            conclude(client, run, OVERTAKEN)


def _say_nothing(_client: Client, _words: str) -> None:
    """Nothing was begun, and Re-run is still there."""


@dataclass
class ReviewRun:
    """One attempt. What it began stands here, so that whoever gives up knows what to end."""

    context: Context
    job: ReviewJob
    look: Glance | None = None
    check: CheckRun | None = None

    def work(self, client: Client) -> None:
        began = time.monotonic()
        look = glance(client, self.job.pull)
        if isinstance(look, NotReviewable) or (look.draft and not self.job.asked):
            self._not_due("draft" if isinstance(look, Glance) else look.words)
            return
        self.look = look
        client = client.about(look.repository)
        self.context.ledger.saw(self.job.where)
        self.context.ledger.based(self.job.where, look.base_ref)
        self.check = begin_check(client, look.number, head_sha=look.head_sha, base_sha=look.base_sha)
        self.context.ledger.began(self._open(self.check))
        log.info("begun", seconds=round(time.monotonic() - began, 2))
        self._review(client, look, self.check)
        self.context.ledger.ended(self._open(self.check))
        self.context.tally.add(review_seconds=time.monotonic() - began, github_requests=client.requests)

    def _review(self, client: Client, look: Glance, check: CheckRun) -> None:
        snapshot = take_snapshot(client, look.number, seen=look)
        if isinstance(snapshot, NotReviewable):
            conclude(client, check, CheckReport(Conclusion.CANCELLED, "Not reviewed", snapshot.words))
            self._not_due(snapshot.words)
            return
        judged, plan = judge(snapshot, self.context.settings.public_url, self.context.readings)
        if self.context.queue.is_superseded(self.job):
            conclude(client, check, OVERTAKEN)
            log.info("superseded", when="before it was said")
            self.context.tally.add(reviews_superseded=1)
            return
        said = publish(client, look.number, plan, check, earlier=snapshot.earlier)
        ended = Said(look.head_sha, plan.check.conclusion.value, grave_names(judged))
        self.context.ledger.say(self.job.where, look.number, ended)
        self.context.ledger.reviewed(self.job.where, look.number, look.head_sha)
        self._tell_neighbours(snapshot, judged)
        log.info(
            "reviewed",
            findings=len(judged.standing),
            comments=len(plan.comments),
            conclusion=plan.check.conclusion.value,
        )
        self.context.tally.add(
            reviews=1, findings=len(judged.standing), comments=len(plan.comments) if said.reviewed else 0
        )

    def _tell_neighbours(self, snapshot: PullRequestSnapshot, judged: Review) -> None:
        """Whoever was reviewed before this one came does not know of it; each head is told once that it has company."""
        drawings = [location.drawing for location in judged.locations if location.drawing is not None]
        beside = {dot.pull for drawing in drawings for dot in drawing.dots if dot.pull is not None}
        heads = {each.pull: each.head_sha for each in snapshot.elsewhere if each.pull in beside}
        if beside:
            self.context.queue.note(company_of(self.job.where, snapshot.number, snapshot.head_sha), COMPANY_SECONDS)
        for number, head_sha in heads.items():
            said = self.context.ledger.said(self.job.where, number)
            if said is not None and said.head_sha == head_sha:
                review = ReviewJob(self.job.where, number, head_sha)
                self.context.queue.put_once(review, company_of(self.job.where, number, head_sha), COMPANY_SECONDS)

    def give_up(self, client: Client, words: str) -> None:
        look = self.look or glance(client, self.job.pull)
        if isinstance(look, NotReviewable):
            return
        client = client.about(look.repository)
        conclude_failed(
            client, look.number, head_sha=look.head_sha, base_sha=look.base_sha, words=words, check=self.check
        )
        if self.check is not None:
            self.context.ledger.ended(self._open(self.check))

    def _open(self, check: CheckRun) -> OpenCheck:
        head = self.look.head_sha if self.look else self.job.head_sha
        return OpenCheck(self.job.where, self.job.pull, head, check.id)

    def _not_due(self, reason: str) -> None:
        log.info("not due", reason=reason)
        self.context.tally.add(reviews_not_due=1)
