"""Everything that exists on this GitHub, under one lock."""

import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.stand_in.state.apps import App
    from tests.stand_in.state.people import User
    from tests.stand_in.state.repositories import Repository

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something happened: what a webhook tells."""

    event: str
    action: str | None
    sender: "User"
    about: dict[str, object]
    """Payload keys and the things they show, or functions that find them; `webhooks.payloads` makes the JSON."""
    repository: "Repository | None" = None
    only: "App | None" = None
    """The one App that hears of it; None: every App that is installed there and subscribed."""


@dataclass(slots=True)
class Limits:
    """GitHub's own limits; a test may lower them to meet them sooner."""

    tree_entries: int = 100_000
    patch_lines: int = 20_000
    patch_bytes: int = 500_000
    pull_request_files: int = 3_000
    compared_files: int = 300
    rate: int = 5_000
    """Requests per hour of one installation."""


class World:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.RLock()
        self.limits = Limits()
        self.site_url = ""
        """Where people look, without a slash at the end; the API is below it."""
        self.users: dict[str, User] = {}
        self.apps: list[App] = []
        self.repositories: list[Repository] = []
        self.manifest_codes: dict[str, App] = {}
        """Apps made from a manifest, until their code is turned in."""
        self.tell: Callable[[Announcement], None] = lambda _: None
        # As on github.com: what people write has outgrown 32 bits, repositories and installations have not.
        self.ids: Iterator[int] = itertools.count(3_100_000_001)
        self.small_ids: Iterator[int] = itertools.count(1_100_000_001)

    @property
    def api_url(self) -> str:
        return f"{self.site_url}/api/v3"

    def next_id(self) -> int:
        return next(self.ids)

    def next_small_id(self) -> int:
        return next(self.small_ids)

    def user(self, login: str) -> "User":
        """The user of this name, who exists as soon as somebody speaks of them."""
        from tests.stand_in.state.people import User

        if login not in self.users:
            kind = "Bot" if login.endswith("[bot]") else "User"
            self.users[login] = User(login=login, id=len(self.users) + 1001, kind=kind)
        return self.users[login]

    def repository(self, full_name: str) -> "Repository | None":
        wanted = full_name.lower()
        return next((each for each in self.repositories if each.full_name.lower() == wanted), None)


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def stamp(moment: datetime) -> str:
    """GitHub's way to write a time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(eq=False, kw_only=True)
class Record:
    """Anything with an id and times."""

    id: int
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)

    def touch(self) -> None:
        self.updated_at = now()
