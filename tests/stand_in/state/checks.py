"""Check runs and the suites that hold them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tests.stand_in.state.people import User
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.world import Json, Record

if TYPE_CHECKING:
    from tests.stand_in.state.apps import App
    from tests.stand_in.state.pulls import PullRequest
    from tests.stand_in.state.repositories import Repository


@dataclass(eq=False, kw_only=True)
class CheckSuite(Record):
    repository: "Repository"
    app: "App"
    head_sha: str
    head_branch: str | None
    before: str | None = None

    @property
    def runs(self) -> list["CheckRun"]:
        return [each for each in self.repository.checks if each.suite is self]

    @property
    def status(self) -> str:
        states = {run.status for run in self.runs}
        return "completed" if states == {"completed"} else "in_progress" if "in_progress" in states else "queued"

    @property
    def conclusion(self) -> str | None:
        if self.status != "completed":
            return None
        found = {run.conclusion for run in self.runs}
        order = ("failure", "timed_out", "cancelled", "action_required", "neutral", "success", "skipped")
        return next((each for each in order if each in found), None)

    @property
    def pulls(self) -> list["PullRequest"]:
        return pulls_at(self.repository, self.head_sha)


@dataclass(eq=False, kw_only=True)
class CheckRun(Record):
    repository: "Repository"
    app: "App"
    suite: CheckSuite
    name: str
    head_sha: str
    status: str
    conclusion: str | None
    started_at: datetime | None
    completed_at: datetime | None
    details_url: str
    external_id: str
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[Json] = field(default_factory=list)
    actions: list[Json] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.repository.url}/check-runs/{self.id}"

    @property
    def html_url(self) -> str:
        return f"{self.repository.html_url}/runs/{self.id}"

    @property
    def pulls(self) -> list["PullRequest"]:
        return pulls_at(self.repository, self.head_sha)

    # What people do

    def rerequest(self, author: str = "ann") -> None:
        """The button "Re-run". The run itself is not reset: that is for its App to do."""
        with self.repository.world.lock:
            self.announce("rerequested", self.repository.world.user(author), only=self.app)

    def rerequest_suite(self, author: str = "ann") -> None:
        with self.repository.world.lock:
            user = self.repository.world.user(author)
            self.repository.announce("check_suite", "rerequested", user, {"check_suite": self.suite}, only=self.app)

    def request_action(self, identifier: str, author: str = "ann") -> None:
        """One of the buttons that the App put on its completed run."""
        with self.repository.world.lock:
            if self.status != "completed" or identifier not in [each["identifier"] for each in self.actions]:
                raise Refused(422, f"This check run shows no button {identifier}")
            user = self.repository.world.user(author)
            self.announce("requested_action", user, only=self.app, requested_action={"identifier": identifier})

    def announce(self, action: str, sender: User, only: "App | None" = None, **about: object) -> None:
        self.repository.announce("check_run", action, sender, {"check_run": self, **about}, only)


def pulls_at(repository: "Repository", sha: str) -> list["PullRequest"]:
    """Open ones with this head; a fork's head is not a push here, so GitHub lists none for it."""
    return [pull for pull in repository.pulls if pull.is_open and pull.head_sha == sha and pull.source is repository]


def suite_for(repository: "Repository", app: "App", sha: str) -> CheckSuite:
    for run in repository.checks:
        if run.app is app and run.head_sha == sha:
            return run.suite
    branch = next((name for name, tip in repository.branches.items() if tip == sha), None)
    return CheckSuite(id=repository.world.next_id(), repository=repository, app=app, head_sha=sha, head_branch=branch)


def request_suites(repository: "Repository", branch: str, before: str | None, after: str, user: User) -> None:
    """GitHub makes a suite at every push for each App that may write checks."""
    for app in repository.world.apps:
        installation = app.installation_for(repository)
        if installation and installation.permissions.get("checks") == "write":
            suite = suite_for(repository, app, after)
            suite.head_branch, suite.before = branch, before
            repository.announce("check_suite", "requested", user, {"check_suite": suite}, only=app)
