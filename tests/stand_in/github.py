"""`StandIn`: GitHub on this machine, for the tests and the demonstration."""

import secrets
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.stand_in.contract.checker import Violation
from tests.stand_in.faults import Faults
from tests.stand_in.git import GitStore
from tests.stand_in.graphql import GraphQL
from tests.stand_in.page import manifest_routes, page_routes
from tests.stand_in.server.door import Door
from tests.stand_in.server.listener import Listener
from tests.stand_in.state.apps import DEFAULT_EVENTS, DEFAULT_PERMISSIONS, App, usual_private_key
from tests.stand_in.state.checks import CheckRun
from tests.stand_in.state.repositories import Repository
from tests.stand_in.state.world import Json, Limits, World
from tests.stand_in.traffic import Traffic
from tests.stand_in.webhooks import Delivery, Postman


class Violations(list[Violation]):
    """Where somebody, we or the client, left the contract."""

    def add(self, method: str, path: str, what: str) -> None:
        self.append(Violation(method, path, what))


class ContractBroken(AssertionError):
    """The exchanges with the stand-in left GitHub's contract; the message names each place."""


class StandIn:
    """A context manager: leaving it ends every thread and process, and fails if the contract was broken."""

    def __init__(self, *, port: int = 0, strict: bool = True) -> None:
        self.strict = strict
        self.folder = Path(tempfile.mkdtemp(prefix="stand-in-"))
        self.world = World(self.folder)
        self.stores: list[GitStore] = []
        self.violations = Violations()
        self.faults = Faults()
        self.requests = Traffic()
        self.ending = threading.Event()
        self.postman = Postman(self.world, self.violations.add)
        self.world.tell = self.postman.tell
        self.graphql = GraphQL(self.world, self.violations.add)
        self.listener = Listener(
            Door(self), [*manifest_routes(self.world, self.register_manifest), *page_routes(self.world)], port
        )
        self.world.site_url = f"http://127.0.0.1:{self.listener.port}"
        self.listener.start()

    @classmethod
    def start(cls, *, port: int = 0, strict: bool = True) -> "StandIn":
        """On a free port unless one is named; `strict=False` leaves violations to the test."""
        return cls(port=port, strict=strict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
        if self.strict and kind is None:
            self.assert_no_violations()

    def close(self) -> None:
        self.ending.set()
        self.postman.close()
        self.listener.close()
        for store in self.stores:
            store.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # Addresses

    @property
    def site_url(self) -> str:
        """Where people look."""
        return self.world.site_url

    @property
    def api_url(self) -> str:
        return self.world.api_url

    @property
    def graphql_url(self) -> str:
        return f"{self.world.site_url}/api/graphql"

    # What people do

    def register_app(
        self,
        *,
        app_id: int | None = None,
        private_key: str | None = None,
        webhook_secret: str = "a secret",
        webhook_url: str | None = None,
        slug: str = "dbbot",
        owner: str = "octo",
        permissions: Mapping[str, str] | None = None,
        events: Sequence[str] | None = None,
    ) -> App:
        """`private_key` in PEM; made if not given. Permissions and events: the least that dbbot needs."""
        with self.world.lock:
            number = app_id or 1000 + len(self.world.apps)
            app = App(
                id=number,
                world=self.world,
                slug=slug,
                name=slug,
                owner=self.world.user(owner),
                client_id=f"Iv23li{number:014d}",
                private_key=private_key or usual_private_key(number),
                webhook_secret=webhook_secret,
                webhook_url=webhook_url,
                permissions=dict(DEFAULT_PERMISSIONS if permissions is None else permissions),
                events=list(DEFAULT_EVENTS if events is None else events),
            )
            self.world.apps.append(app)
            return app

    def register_manifest(self, manifest: Json, owner: str) -> App:
        """An App as its manifest wants it, with a secret of GitHub's choice."""
        return self.register_app(
            webhook_secret=secrets.token_hex(20),
            webhook_url=manifest.get("hook_attributes", {}).get("url"),
            slug=manifest.get("name", "dbbot").lower().replace(" ", "-"),
            owner=owner,
            permissions=manifest.get("default_permissions", {}),
            events=manifest.get("default_events", []),
        )

    def create_repository(
        self,
        full_name: str,
        files: Mapping[str, str | bytes] | None = None,
        *,
        installed: App | None = None,
        private: bool = False,
        default_branch: str = "main",
        organization: bool = False,
    ) -> Repository:
        """With one first commit on its default branch."""
        owner, _, name = full_name.partition("/")
        with self.world.lock:
            self.stores.append(GitStore(self.folder / f"{len(self.stores)}.git"))
            user = self.world.user(owner)
            user.kind = "Organization" if organization else user.kind
            repository = Repository(
                id=self.world.next_small_id(),
                world=self.world,
                owner=user,
                name=name,
                git=self.stores[-1],
                default_branch=default_branch,
                private=private,
            )
            self.world.repositories.append(repository)
            first = files or {"README.md": f"# {name}\n"}
            repository.commit(default_branch, first, message="Begin", author=owner)
            if installed:
                installed.install(repository)
            return repository

    def uninstall(self, app: App, repository: Repository) -> None:
        with self.world.lock:
            app.uninstall(repository)

    def rerequest(self, check_run: CheckRun, author: str = "ann") -> None:
        check_run.rerequest(author)

    # Looking at the outcome

    @property
    def limits(self) -> Limits:
        return self.world.limits

    @property
    def deliveries(self) -> list[Delivery]:
        """Attempts whose result is known, oldest first."""
        return list(self.postman.deliveries)

    def wait_for_deliveries(self, timeout: float = 30.0) -> list[Delivery]:
        """Until every webhook sent so far has its result."""
        if not self.postman.wait(timeout):
            raise TimeoutError(f"{self.postman.unfinished} webhooks have no result after {timeout} s")
        return self.deliveries

    def redeliver(self, guid: str) -> Delivery:
        """As the button "Redeliver" does, with the same GUID."""
        return self.postman.redeliver(next(each for each in self.postman.deliveries if each.guid == guid))

    def assert_no_violations(self) -> None:
        if self.violations:
            raise ContractBroken("\n".join(map(str, self.violations)))

    @contextmanager
    def expecting_violations(self) -> Iterator[list[Violation]]:
        """What is broken inside goes to the list instead."""
        start = len(self.violations)
        found: list[Violation] = []
        yield found
        found.extend(self.violations[start:])
        del self.violations[start:]
