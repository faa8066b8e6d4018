"""A stand-in for GitHub, a real Redis, and the jobs called as a worker calls them."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from rq.serializers import JSONSerializer

from bot.jobs import J, Job, ReviewJob, Where, from_json, to_json
from bot.queue import JobQueue
from bot.queue.safe import SafeJob
from bot.settings import PREFIX
from tests.bot.github.scene import ENV, INI, revision
from tests.bot.server_settings import SECRET, environment
from tests.stand_in import App, PullRequest, Repository, StandIn
from worker.context import Context

BASE = {
    "README.md": "# Shop\n",
    "alembic.ini": INI,
    "migrations/env.py": ENV,
    "migrations/versions/a1_orders.py": revision(
        "a1", None, 'op.create_table("orders", sa.Column("id", sa.Integer()), sa.Column("status", sa.Text()))'
    ),
}
NEW = "migrations/versions/b2_index.py"
INDEX = revision("b2", "a1", 'op.create_index("ix_orders_status", "orders", ["status"])')
"""Draws `blocking-index-creation`."""


@dataclass
class Desk:
    github: StandIn
    app: App
    shop: Repository
    context: Context

    @property
    def queue(self) -> JobQueue:
        return self.context.queue

    @property
    def where(self) -> Where:
        return Where(self.app.installations[0].id, self.shop.id, self.shop.full_name)

    def open(self, files: Mapping[str, str] | None = None, **options: object) -> PullRequest:
        return self.shop.open_pull_request(title="Find orders by status", files=files or {NEW: INDEX}, **options)  # type: ignore[arg-type]

    def job(self, pull: PullRequest, *, asked: bool = False) -> ReviewJob:
        return ReviewJob(self.where, pull.number, pull.head_sha, asked)

    def run(self, job: Job) -> object:
        return pkgutil.resolve_name(job.function)(to_json(job))

    def review(self, pull: PullRequest, *, asked: bool = False) -> object:
        return self.run(self.job(pull, asked=asked))

    def waiting(self, kind: type[J]) -> J | None:
        """A job of that kind that waits in the queue, taken out of it."""
        for key in self.queue.connection.scan_iter("rq:job:*"):
            job = SafeJob.fetch(key.decode().removeprefix("rq:job:"), self.queue.connection, JSONSerializer)
            if job.func_name == kind.function:
                job.delete()
                return from_json(kind, job.args[0])
        return None

    def tally(self) -> Mapping[str, float]:
        return self.context.tally.read()


@pytest.fixture
def desk(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with StandIn.start() as github:
        app = github.register_app(webhook_secret=SECRET)
        values = environment(
            APP_ID=str(app.id), PRIVATE_KEY=app.private_key, GITHUB_API_URL=github.api_url, REDIS_URL=redis_url
        )
        for name, value in values.items():
            assert name.startswith(PREFIX)
            monkeypatch.setenv(name, value)
        shop = github.create_repository("octo/shop", BASE, installed=app)
        yield Desk(github, app, shop, Context.from_environment())
