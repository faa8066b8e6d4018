"""The whole house in processes of its own, before a stand-in for GitHub: for the end-to-end tests and the demo."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import httpx
import psutil

from tests.stand_in import App, CheckRun, PullRequest, Repository, StandIn

DEMO = Path(__file__).with_name("demo")
SECRET = "a secret of the demonstration"

Found = TypeVar("Found")


class House:
    """`dbbot serve`: embedded Redis, receiver, workers and sweeper, with its data in a folder of its own."""

    def __init__(self, github: StandIn, app: App, folder: Path, *, workers: int = 1) -> None:
        self.github = github
        self.app = app
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = folder / "dbbot.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DBBOT_")},
            "DBBOT_APP_ID": str(app.id),
            "DBBOT_PRIVATE_KEY": app.private_key,
            "DBBOT_WEBHOOK_SECRET": app.webhook_secret,
            "DBBOT_GITHUB_API_URL": github.api_url,
            "DBBOT_DATA_DIR": str(folder / "data"),
            "DBBOT_PORT": str(self.port),
            "DBBOT_WORKERS": str(workers),
            "DBBOT_PUBLIC_URL": self.address,
            "DBBOT_SWEEP_INTERVAL": "10",
        }
        app.webhook_url = f"{self.address}/webhook"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when the receiver answers and Redis and GitHub are reached."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", "serve"],
                env=self.environment,
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until(self.is_ready, "dbbot serve is ready", log=self.log)

    def is_ready(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"dbbot serve ended with {self.process.returncode}:\n{self.log.read_text()[-4000:]}")
        try:
            return httpx.get(f"{self.address}/ready", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def figures(self) -> dict[str, float]:
        """What /metrics says now, by name without labels."""
        text = httpx.get(f"{self.address}/metrics", timeout=10).text
        lines = [line.split(" ") for line in text.splitlines() if line.startswith("dbbot_") and "{" not in line]
        return {name: float(value) for name, value in lines}

    def rest(self) -> dict[str, float]:
        """The figures once every job is done."""

        def idle() -> dict[str, float] | None:
            figures = self.figures()
            busy = ("waiting", "held", "running", "scheduled")
            return None if any(figures.get(f"dbbot_jobs_{name}", 1) for name in busy) else figures

        return wait_until(idle, "every job is done", log=self.log)

    def stop(self) -> None:
        """As a person does: SIGTERM, and everything that was started ends with it."""
        if self.process is None:
            return
        family = self.family()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=60)
        finally:
            for member in family:
                if member.is_running() and member.status() != psutil.STATUS_ZOMBIE:
                    member.kill()
            self.process = None

    def family(self) -> list[psutil.Process]:
        """The process and all its descendants; none once it has ended."""
        if self.process is None or self.process.poll() is not None:
            return []
        top = psutil.Process(self.process.pid)
        return [top, *top.children(recursive=True)]

    def descendants(self, word: str) -> list[psutil.Process]:
        """Those whose command line has the word: `redis-server`, `worker`."""
        return [each for each in self.family()[1:] if any(word in part for part in _command(each))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@contextmanager
def running_house(*, workers: int = 1, strict: bool = True) -> Iterator[House]:
    """A house before an empty stand-in; both are ended, and GitHub's contract was kept."""
    folder = Path(tempfile.mkdtemp(prefix="dbbot-"))
    try:
        with StandIn.start(strict=strict) as github:
            house = House(github, github.register_app(webhook_secret=SECRET), folder, workers=workers)
            try:
                house.start()
                yield house
            finally:
                house.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def shop(github: StandIn, app: App) -> Repository:
    """The demonstration's repository: small, with a history that real Alembic runs."""
    return github.create_repository("octo/shop", files_under(DEMO / "shop"), installed=app)


def open_demo_pull_request(repository: Repository, *names: str) -> PullRequest:
    """With all revisions of the demonstration, or those whose file names begin so."""
    texts = files_under(DEMO / "pull_request")
    wanted = {
        f"migrations/versions/{name}": text
        for name, text in texts.items()
        if not names or any(name.startswith(each) for each in names)
    }
    return repository.open_pull_request(title="Find orders by status; customers belong to a region", files=wanted)


def files_under(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def concluded_check(repository: Repository, sha: str, *, timeout: float = 90) -> CheckRun:
    """The check run `dbbot` of a commit, when it has its conclusion."""

    def completed() -> CheckRun | None:
        runs = [run for run in repository.check_runs(sha, "dbbot") if run.status == "completed"]
        return runs[-1] if runs else None

    return wait_until(completed, f"the check run of {sha[:8]} is completed", timeout=timeout)


def wait_until(
    question: Callable[[], Found | None], what: str, *, timeout: float = 60, log: Path | None = None
) -> Found:
    """The first answer that is true. Seconds; a slow machine gets the whole of them."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if answer := question():
            return answer
        time.sleep(0.05)
    tail = f"\n{log.read_text()[-4000:]}" if log and log.exists() else ""
    raise AssertionError(f"Waited {timeout:.0f} s in vain until {what}.{tail}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
