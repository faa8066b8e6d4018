"""A merge queue's question: is what is about to be merged sound as a whole?"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from bot.github.checks import CheckRun, begin_check, conclude_failed
from bot.github.client import Client
from bot.github.errors import Gone, NotFound, Refused
from bot.github.publish import publish
from bot.github.snapshot import take_group_snapshot
from bot.jobs import MergeGroupJob, from_json
from bot.ledger import OpenCheck
from worker.context import Context
from worker.failure import attempt
from worker.judge import judge

log = structlog.get_logger("dbbot.merge_group")

NO_PULL = 0


def review_merge_group(text: str) -> object:
    """The queue's name for this: `MergeGroupJob.function`."""
    job = from_json(MergeGroupJob, text)
    context = Context.from_environment()
    run = GroupRun(context, job)
    with structlog.contextvars.bound_contextvars(repository=job.where.repository, sha=job.head_sha[:12]):
        return attempt(context, job.where, run.work, run.give_up)


@dataclass
class GroupRun:
    context: Context
    job: MergeGroupJob
    check: CheckRun | None = None

    def work(self, client: Client) -> None:
        """A queue destroys a group whenever one of its pull requests leaves; then nobody waits for an answer."""
        try:
            self._judge(client)
        except (NotFound, Gone, Refused) as gone:
            if self.check is not None:
                raise
            log.info("left", reason=str(gone)[:300])
            self.context.tally.add(reviews_not_due=1)

    def _judge(self, client: Client) -> None:
        job = self.job
        self.check = begin_check(client, NO_PULL, head_sha=job.head_sha, base_sha=job.base_sha)
        opened = OpenCheck(job.where, NO_PULL, job.head_sha, self.check.id)
        self.context.ledger.began(opened)
        snapshot = take_group_snapshot(client, job.head_sha, job.base_sha, job.base_ref)
        judged, plan = judge(snapshot, self.context.settings.public_url, self.context.readings)
        publish(client, NO_PULL, plan, self.check)
        self.context.ledger.ended(opened)
        log.info("judged", findings=len(judged.standing), conclusion=plan.check.conclusion.value)
        self.context.tally.add(merge_groups=1, findings=len(judged.standing), github_requests=client.requests)

    def give_up(self, client: Client, words: str) -> None:
        job = self.job
        conclude_failed(client, NO_PULL, head_sha=job.head_sha, base_sha=job.base_sha, words=words, check=self.check)
