"""Child processes that are kept alive, and ended together."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

SHORTEST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
"""Seconds between a death and the next start: doubled each time, from the shortest, until a child lives `STEADY`."""
STEADY = 60.0

log = structlog.get_logger("dbbot.supervisor")


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    command: tuple[str, ...]


class Supervisor:
    """Starts each part in a session of its own: a Ctrl+C reaches us alone, and we end them in order.

    A part's standard input is a pipe that nobody writes to: its end tells a part that we were killed.
    """

    def __init__(self, parts: Sequence[Part], environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._stopping = threading.Event()
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._keep, args=(part,), name=part.name) for part in parts]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def pids(self) -> dict[str, int]:
        """Of the children that live now."""
        with self._lock:
            return {name: child.pid for name, child in self._children.items() if child.poll() is None}

    def stop(self, grace: float) -> None:
        """SIGTERM to all, `grace` seconds to end, then SIGKILL. Returns when nothing is left."""
        with self._lock:
            self._stopping.set()
            children = list(self._children.values())
            for child in children:
                child.terminate()
        deadline = time.monotonic() + grace
        for child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))
            _end_group(child, signal.SIGKILL)
            child.wait()
        for thread in self._threads:
            thread.join()

    def _keep(self, part: Part) -> None:
        pause = SHORTEST_PAUSE
        while True:
            began = time.monotonic()
            with self._lock:
                if self._stopping.is_set():
                    return
                child = self._children[part.name] = subprocess.Popen(
                    part.command, env=self._environment, stdin=subprocess.PIPE, start_new_session=True
                )
            status = child.wait()
            if child.stdin:
                child.stdin.close()
            if self._stopping.is_set():
                return
            _end_group(child, signal.SIGTERM)  # RQ's scheduler outlives a worker that was killed
            pause = SHORTEST_PAUSE if time.monotonic() - began > STEADY else min(pause * 2, LONGEST_PAUSE)
            log.error("part ended", part=part.name, status=status, again_in=pause)
            if self._stopping.wait(pause):
                return


def _end_group(child: subprocess.Popen[bytes], how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, how)
