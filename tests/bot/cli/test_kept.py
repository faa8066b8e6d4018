"""Readings kept on the disk between two runs of the command line."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import kept
from bot.cli.kept import OLDEST_SECONDS, DiskReadings, readings_of
from bot.cli.running import run
from rules.reading.past import Moment
from rules.reading.repository import _Reader
from tests.bot.cli import shop


def put(file: Path, entries: dict[str, bytes], most_bytes: int = 1_000_000) -> None:
    readings = DiskReadings(file, most_bytes)
    readings.put_many(entries)
    readings.save()


def test_what_was_put_is_had_again(tmp_path: Path) -> None:
    put(tmp_path / "kept", {"a": b"[1, 2]", "b": "ü".encode()})
    assert DiskReadings(tmp_path / "kept").get_many(["a", "b", "c"]) == {"a": b"[1, 2]", "b": "ü".encode()}


def test_what_was_put_before_stays(tmp_path: Path) -> None:
    put(tmp_path / "kept", {"a": b"1"})
    readings = DiskReadings(tmp_path / "kept")
    readings.get_many(["b"])
    readings.put_many({"b": b"2"})
    readings.save()
    assert DiskReadings(tmp_path / "kept").get_many(["a", "b"]) == {"a": b"1", "b": b"2"}


def test_nothing_is_written_where_nothing_is_new(tmp_path: Path) -> None:
    put(tmp_path / "kept", {"a": b"1"})
    before = (tmp_path / "kept").stat().st_ino
    readings = DiskReadings(tmp_path / "kept")
    readings.get_many(["a"])
    readings.save()
    assert (tmp_path / "kept").stat().st_ino == before


def test_the_file_stays_within_its_bound_and_what_was_used_last_stays(tmp_path: Path) -> None:
    put(tmp_path / "kept", {f"{number:03d}": b"x" * 90 for number in range(100)})
    readings = DiskReadings(tmp_path / "kept", most_bytes=1_000)
    readings.get_many(["005"])
    readings.put_many({"new": b"y"})
    readings.save()
    assert (tmp_path / "kept").stat().st_size < 1_100
    left = DiskReadings(tmp_path / "kept").get_many([*(f"{number:03d}" for number in range(100)), "new"])
    assert {"005", "new", "099"} <= left.keys()
    assert "000" not in left


@pytest.mark.parametrize("at", [0, 20, 60, -3])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, at: int) -> None:
    file = tmp_path / "kept"
    put(file, {"a": b"1" * 50})
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)
    assert DiskReadings(file).get_many(["a"]) == {}


def test_half_a_file_is_as_good_as_none(tmp_path: Path) -> None:
    file = tmp_path / "kept"
    put(file, {"a": b"1" * 50, "b": b"2"})
    file.write_bytes(file.read_bytes()[:-5])
    assert DiskReadings(file).get_many(["a", "b"]) == {}


def test_a_file_of_another_reader_is_as_good_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "kept", {"a": b"1"})
    monkeypatch.setattr(kept, "reader_version", lambda: "another")
    assert DiskReadings(tmp_path / "kept").get_many(["a"]) == {}


def test_a_place_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where a folder should be")
    put(tmp_path / "kept" / "inner", {"a": b"1"})
    assert DiskReadings(tmp_path / "kept" / "inner").get_many(["a"]) == {}


def test_only_the_user_reads_it_and_nothing_else_is_left_behind(tmp_path: Path) -> None:
    put(tmp_path / "cache" / "kept", {"a": b"1"})
    assert stat.S_IMODE((tmp_path / "cache" / "kept").stat().st_mode) == 0o600
    assert os.listdir(tmp_path / "cache") == ["kept"]


def test_files_that_nobody_uses_go(tmp_path: Path) -> None:
    put(tmp_path / "old", {"a": b"1"})
    put(tmp_path / "read", {"a": b"1"})
    past = time.time() - OLDEST_SECONDS - 100
    for name in ("old", "read"):
        os.utime(tmp_path / name, (past, past))
    DiskReadings(tmp_path / "read").get_many(["a"])
    put(tmp_path / "new", {"a": b"1"})
    assert sorted(os.listdir(tmp_path)) == ["new", "read"]


def test_each_folder_has_its_own_file_in_the_users_cache(tmp_path: Path) -> None:
    environment = {"XDG_CACHE_HOME": str(tmp_path)}
    readings = [readings_of(tmp_path / name, environment) for name in ("one", "two")]
    for number, each in enumerate(readings):
        each.put_many({"a": b"%d" % number})
        each.save()
    assert len(os.listdir(tmp_path / "dbbot" / "readings")) == 2
    assert readings_of(tmp_path / "two", environment).get_many(["a"]) == {"a": b"1"}


def _noting(anew: Callable[[_Reader, str, Moment], object], paths: list[str]) -> Callable[..., object]:
    def noted(self: _Reader, path: str, past: Moment) -> object:
        paths.append(path)
        return anew(self, path, past)

    return noted


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the revisions that are really read, in their order."""
    paths: list[str] = []
    for name in ("_anew", "_downgrade_anew"):
        monkeypatch.setattr(_Reader, name, _noting(getattr(_Reader, name), paths))
    return paths


@pytest.mark.parametrize("command", ["check", "sql", "locks", "graph"])
def test_the_second_run_says_the_same_and_reads_nothing(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], read: list[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(shop.lay_out(tmp_path / "shop"))
    words = [command] if command == "graph" else [command, "--all"]
    first = run(words), capsys.readouterr().out
    assert read
    read.clear()
    assert (run(words), capsys.readouterr().out) == first
    assert read == []


def test_without_the_cache_everything_is_read_and_nothing_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: list[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(shop.lay_out(tmp_path / "shop"))
    for _ in range(2):
        run(["check", "--all", "--no-cache"])
        assert read
        read.clear()
    assert not (tmp_path / "cache").exists()
