"""`dbbot serve` as a process: everything it starts answers, and nothing of it outlives it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.bot.server_settings import environment
from tests.house import House, wait_until
from tests.stand_in import StandIn


@pytest.fixture(scope="module")
def github() -> Iterator[StandIn]:
    with StandIn.start() as started:
        yield started


@pytest.fixture
def house(github: StandIn, tmp_path: Path) -> Iterator[House]:
    house = House(github, github.register_app(webhook_secret="a secret of the test"), tmp_path)
    family: list[psutil.Process] = []
    try:
        house.start()
        family = house.family()
        yield house
    finally:
        house.stop()
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()


def lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def workers_of(house: House) -> str:
    return httpx.get(f"{house.address}/metrics").text.split("\ndbbot_workers ")[1].split("\n")[0]


def test_it_serves_and_ends_whole_at_sigterm(house: House) -> None:
    wait_until(lambda: workers_of(house) == "1.0", "the worker is there")
    family = house.family()
    assert {"redis-server", "worker"} <= {word for word in ("redis-server", "worker") if house.descendants(word)}
    assert house.process is not None
    house.process.terminate()
    assert house.process.wait(60) == 0
    assert [member for member in family if lives(member)] == []
    assert "Traceback" not in house.log.read_text()


def test_when_it_is_killed_its_parts_end_and_the_next_one_takes_over_until_ctrl_c(house: House) -> None:
    wait_until(lambda: workers_of(house) == "1.0", "the worker is there")
    parts = [each for each in house.family()[1:] if "redis-server" not in " ".join(each.cmdline())]
    assert house.process is not None
    house.process.kill()
    house.process.wait()
    wait_until(lambda: not any(lives(part) for part in parts), "the parts have ended")
    house.start()
    assert httpx.get(f"{house.address}/ready").json() == {"redis": "ok", "github": "ok"}
    family = house.family()
    house.process.send_signal(signal.SIGINT)
    assert house.process.wait(60) == 0
    assert [member for member in family if lives(member)] == []


def run(tmp_path: Path, part: str = "serve", **changes: str) -> subprocess.CompletedProcess[str]:
    values = {name: value for name, value in os.environ.items() if not name.startswith("DBBOT_")}
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", part],
        env={**values, **environment(DATA_DIR=str(tmp_path), **changes)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_what_is_in_the_way_is_said_in_a_sentence(house: House, tmp_path: Path) -> None:
    taken_port = run(tmp_path / "other", PORT=str(house.port))
    taken_folder = run(house.folder / "data", PORT="0")
    assert f"127.0.0.1:{house.port} cannot be listened on" in taken_port.stderr
    assert "Another `dbbot serve` uses" in taken_folder.stderr
    for ended in (taken_port, taken_folder):
        assert ended.returncode == 2
        assert "Traceback" not in ended.stderr


def test_wrong_settings_are_all_named_and_no_secret_is(tmp_path: Path) -> None:
    ended = run(tmp_path, APP_ID="x", WEBHOOK_SECRET="s3cr3t!")
    assert ended.returncode == 2
    assert "DBBOT_APP_ID" in ended.stderr
    assert "DBBOT_WEBHOOK_SECRET" in ended.stderr
    assert "s3cr3t!" not in ended.stderr


def test_a_part_alone_wants_a_redis(tmp_path: Path) -> None:
    ended = run(tmp_path, part="worker")
    assert ended.returncode == 2
    assert "DBBOT_REDIS_URL is not set" in ended.stderr
