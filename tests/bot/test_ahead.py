"""A long history is read by several processes, and nobody can tell by what was read."""

from __future__ import annotations

import subprocess
import sys
import threading
from textwrap import dedent

import pytest

from bot import ahead

SETTING = """
import os, signal
from bot import ahead
from bot.readings import NoReadings
from rules.reading import read_location
from tests.bench.history import VERSIONS, generated
from tests.rules.reading.test_kept import ADD_UNLESS_THERE, Kept, WHERE, revision

texts = generated(30)
last = max(path for path in texts if path.startswith(VERSIONS))
parent = texts[last].split('revision: str = "')[1][:12]
texts |= {
    f"{VERSIONS}/90001_looks.py": revision("looks", parent, ADD_UNLESS_THERE.replace('"t"', '"table_1"')),
    f"{VERSIONS}/90002_broken.py": "def upgrade(:",
    f"{VERSIONS}/90003_deep.py": revision("deep", "looks", f"op.execute({'(' * 150}'SELECT 1'{')' * 150})"),
    f"{VERSIONS}/90004_nameless.py": "x = 1",
    f"{VERSIONS}/90005_half.py": revision("half", "deep", r'op.execute("SELECT \\\\ud83d")'),
}
ahead._processes = lambda: 1
alone, kept_alone = Kept(), None
expected = read_location(WHERE, texts)
assert read_location(WHERE, texts, readings=alone) == expected
ahead._processes, ahead.LEAST = (lambda: 3), 4
forked = []
fork = os.fork
def counted():
    forked.append(fork())
    return forked[-1]
os.fork = counted

def nothing_is_left():
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
"""


def holds(code: str) -> None:
    """In a process of its own, which has one thread: a test run has several, and then nothing is read ahead."""
    done = subprocess.run([sys.executable, "-c", SETTING + dedent(code)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_what_several_processes_read_is_what_one_reads() -> None:
    holds("""
        assert read_location(WHERE, texts, readings=NoReadings()) == expected
        assert len(forked) == 2
        assert read_location(WHERE, texts, readings=NoReadings(), whole=True) == expected
        assert nothing_is_left()
    """)


def test_what_several_processes_read_is_kept_as_what_one_reads() -> None:
    holds("""
        kept = Kept()
        assert read_location(WHERE, texts, readings=kept) == expected
        assert kept == alone
        before = len(forked)
        assert read_location(WHERE, texts, readings=kept) == expected
        assert len(forked) == before == 2
    """)


def test_only_a_process_that_read_the_past_reads_what_looks_at_it() -> None:
    holds("""
        from rules.reading import repository
        asked = []
        class Noting(repository.Past):
            def after(self, count):
                asked.append(os.getpid())
                return super().after(count)
        repository.Past = Noting
        assert read_location(WHERE, texts, readings=NoReadings()) == expected
        assert set(asked) == {os.getpid()}
    """)


@pytest.mark.parametrize(
    "fault",
    [
        "os.kill(os.getpid(), signal.SIGKILL)",
        "os._exit(1)",
        "os.write(pipe, b'half'); os._exit(0)",
    ],
)
def test_what_a_process_does_not_hand_over_is_read_here(fault: str) -> None:
    holds(f"""
        def ended(pipe, paths, read):
            {fault}
        ahead._answer = ended
        assert read_location(WHERE, texts, readings=NoReadings()) == expected
        assert len(forked) == 2
        assert nothing_is_left()
    """)


def test_a_reading_that_ends_early_leaves_no_process() -> None:
    holds("""
        class Ended(BaseException):
            pass
        def end(path):
            if os.getpid() == mine:
                raise Ended
            signal.pause()
        mine = os.getpid()
        try:
            with ahead.reading_ahead(list("abcdefghijkl"), end):
                end("a")
        except Ended:
            pass
        assert len(forked) == 2
        assert nothing_is_left()
    """)


def test_where_no_more_processes_are_allowed_everything_is_read_here() -> None:
    holds("""
        def refused():
            raise BlockingIOError("Resource temporarily unavailable")
        os.fork = refused
        before = set(os.listdir("/proc/self/fd"))
        assert read_location(WHERE, texts, readings=NoReadings()) == expected
        assert set(os.listdir("/proc/self/fd")) == before
    """)


def test_a_short_history_is_read_here() -> None:
    holds("""
        ahead.LEAST = 100
        assert read_location(WHERE, texts, readings=NoReadings()) == expected
        assert not forked
    """)


def test_nothing_is_copied_beside_another_thread() -> None:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(ahead._processes()))
    thread.start()
    thread.join()
    assert found == [1]
