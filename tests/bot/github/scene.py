"""A repository with migrations on the stand-in, and a client that talks to it."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.github.addresses import Addresses
from bot.github.auth import Credentials, TokenShelf
from bot.github.cache import Cache, MemoryCache
from bot.github.client import Client, GitHub
from bot.model.review_plan import CheckReport, Conclusion, InlineComment, ReviewPlan
from bot.model.snapshot import Repository
from bot.review.marker import Marker
from tests.stand_in import StandIn
from tests.stand_in.state.apps import App, new_private_key
from tests.stand_in.state.pulls import PullRequest
from tests.stand_in.state.repositories import Repository as Shop
from tests.stand_in.traffic import Exchange

INI = "[alembic]\nscript_location = migrations\n"
ENV = "from alembic import context\n\ncontext.configure(url='postgresql://')\n"
SETTINGS = "fail_on: warning\n"
NEW = "migrations/versions/c3_index.py"


def revision(name: str, parent: str | None, *lines: str) -> str:
    body = "\n".join(f"    {line}" for line in lines or ("pass",))
    return (
        "import sqlalchemy as sa\nfrom alembic import op\n\n"
        f'revision = "{name}"\ndown_revision = {parent!r}\n\n\n'
        f"def upgrade():\n{body}\n\n\ndef downgrade():\n    pass\n"
    )


FILES = {
    "README.md": "# Shop\n",
    "alembic.ini": INI,
    "migrations/env.py": ENV,
    "migrations/versions/a1_users.py": revision("a1", None, 'op.create_table("users", sa.Column("id", sa.Integer()))'),
    "migrations/versions/b2_orders.py": revision(
        "b2", "a1", 'op.create_table("orders", sa.Column("id", sa.Integer()))'
    ),
    ".github/dbbot.yml": SETTINGS,
    "shop/__init__.py": "",
    "shop/prices.py": "PRICE = 1\n",
}
ADDED = revision("c3", "b2", 'op.create_index("ix_orders", "orders", ["id"])')


@functools.cache
def private_key() -> str:
    """One for the whole run: making a key takes longer than a test."""
    return new_private_key()


@dataclass
class Sleeps:
    """Stands for `time.sleep`: nothing waits, and what would have waited is known."""

    seconds: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@dataclass
class Scene:
    hub: StandIn
    app: App
    shop: Shop
    cache: Cache = field(default_factory=MemoryCache)
    shelf: TokenShelf | None = None
    sleeps: Sleeps = field(default_factory=Sleeps)
    opened: list[GitHub] = field(default_factory=list)

    @classmethod
    @contextlib.contextmanager
    def on(cls, hub: StandIn, files: dict[str, str | bytes] | None = None) -> Iterator[Scene]:
        app = hub.register_app(private_key=private_key())
        scene = cls(hub, app, hub.create_repository("octo/shop", files or FILES, installed=app))
        try:
            yield scene
        finally:
            for github in scene.opened:
                github.close()

    @property
    def repository(self) -> Repository:
        installation = self.app.installation_for(self.shop)
        return Repository(self.shop.id, "octo/shop", installation.id if installation else 1)

    @property
    def credentials(self) -> Credentials:
        return Credentials(str(self.app.id), self.app.private_key)

    def github(self) -> GitHub:
        """As a worker opens it for one job."""
        github = GitHub(
            self.credentials, Addresses.of(self.hub.api_url), cache=self.cache, shelf=self.shelf, sleep=self.sleeps
        )
        self.opened.append(github)
        return github

    def client(self) -> Client:
        return self.github().client(self.repository)

    def pull(self, files: dict[str, str | bytes | None] | None = None, **more: object) -> PullRequest:
        return self.shop.open_pull_request(title="Find orders", files=files or {NEW: ADDED}, **more)  # type: ignore[arg-type]

    def since(self, mark: int) -> list[Exchange]:
        return self.hub.requests.since(mark)


def comment(fingerprint: str, line: int, path: str = NEW, sha: str = "", words: str = "An index.") -> InlineComment:
    return InlineComment(path, line, f"{words}\n\n{Marker(sha, fingerprint, 'some-rule')}", fingerprint)


def plan(pull: PullRequest, comments: Sequence[InlineComment] = (), **more: object) -> ReviewPlan:
    """A plan as `bot.review.plan` would make it."""
    body = f"{len(comments)} findings.\n\n{Marker(pull.head_sha)}" if comments else ""
    report = CheckReport(Conclusion.FAILURE if comments else Conclusion.SUCCESS, "A title", "A summary")
    values: dict[str, object] = {"check": report, "review_body": body, "comments": tuple(comments), **more}
    return ReviewPlan(pull.head_sha, pull.base_tip, **values)  # type: ignore[arg-type]
