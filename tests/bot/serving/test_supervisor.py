"""Child processes: kept alive, ended together, and never left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bot.serving import supervisor as module
from bot.serving.supervisor import Part, Supervisor
from tests.house import wait_until

SLEEP = "import time; time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"


def python(text: str) -> tuple[str, ...]:
    return (sys.executable, "-c", text)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHORTEST_PAUSE", 0.01)


@pytest.fixture
def started() -> Iterator[list[Supervisor]]:
    supervisors: list[Supervisor] = []
    yield supervisors
    for one in supervisors:
        one.stop(0)


def supervise(started: list[Supervisor], *parts: Part, **environment: str) -> Supervisor:
    one = Supervisor(parts, {**os.environ, **environment})
    started.append(one)
    one.start()
    return one


def test_a_part_that_dies_is_started_again(started: list[Supervisor]) -> None:
    keeper = supervise(started, Part("one", python(SLEEP)))
    first = wait_until(lambda: keeper.pids().get("one"), "it lives")
    psutil.Process(first).kill()
    second = wait_until(lambda: keeper.pids().get("one") not in (None, first) and keeper.pids().get("one"), "again")
    assert second != first


def test_a_part_that_ends_at_once_is_tried_again_and_again(started: list[Supervisor], tmp_path: Path) -> None:
    log = tmp_path / "log"
    supervise(started, Part("one", python(f"open({str(log)!r}, 'a').write('x')")))
    wait_until(lambda: log.exists() and len(log.read_text()) >= 4, "it ran four times")


def test_stopping_ends_every_part(started: list[Supervisor]) -> None:
    keeper = supervise(started, Part("one", python(SLEEP)), Part("two", python(SLEEP)))
    pids = wait_until(lambda: len(keeper.pids()) == 2 and keeper.pids(), "both live")
    keeper.stop(10)
    assert keeper.pids() == {}
    assert not any(psutil.pid_exists(pid) for pid in pids.values())


def test_a_part_that_does_not_listen_is_killed_after_its_grace(started: list[Supervisor], tmp_path: Path) -> None:
    proof = tmp_path / "deaf"
    text = DEAF.replace("print('deaf', flush=True)", f"open({str(proof)!r}, 'w').close()")
    keeper = supervise(started, Part("one", python(text)))
    wait_until(proof.exists, "it is deaf")
    [pid] = keeper.pids().values()
    keeper.stop(0.1)
    assert not psutil.pid_exists(pid)


def test_what_a_dead_part_left_in_its_group_is_ended(started: list[Supervisor], tmp_path: Path) -> None:
    """RQ's scheduler outlives a worker that was killed, and would run twice."""
    child = tmp_path / "child"
    text = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); "
    text += f"open({str(child)!r}, 'a').write(f'{{p.pid}}\\n'); p.wait()"
    keeper = supervise(started, Part("one", python(text)))
    wait_until(lambda: child.exists() and child.read_text().strip(), "it has a child")
    orphan = psutil.Process(int(child.read_text().split()[0]))
    psutil.Process(keeper.pids()["one"]).kill()
    wait_until(lambda: not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE, "the orphan has ended")


def test_a_part_is_told_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    proof = tmp_path / "ended"
    part = f"import sys; sys.stdin.buffer.read(); open({str(proof)!r}, 'w').close()"
    owner = (
        "import os, sys, time\nfrom bot.serving.supervisor import Part, Supervisor\n"
        f"s = Supervisor([Part('one', (sys.executable, '-c', {part!r}))], os.environ)\ns.start()\n"
        "while not s.pids(): time.sleep(0.01)\nprint('up', flush=True)\n"
    )
    process = subprocess.Popen(python(owner), stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"up\n"
    process.kill()
    process.wait()
    wait_until(proof.exists, "the part has heard")
