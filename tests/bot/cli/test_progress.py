"""What is said meanwhile on a terminal."""

from __future__ import annotations

import io
import threading

import pytest

from bot.cli.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_files_are_counted_without_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside another thread a long history would be read by one process alone."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("bot.cli.progress.PAUSE", 0)
    monkeypatch.setenv("TERM", "xterm")
    before = threading.active_count()
    with progress("Reading") as step:
        step("versions/a.py")
        step("versions/b.py")
        assert threading.active_count() == before
    assert "Reading 2: b.py" in terminal.getvalue()
