"""The later part of a long history is read in other processes while this one reads the first.

What they find comes back as what is kept of a reading, so that whoever asks cannot tell: a file whose reading hangs on
what the earlier revisions leave is not read ahead, nor is one that a process was ended over.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from msgspec import MsgspecError
from msgspec.msgpack import Decoder, Encoder

from rules.reading.kept import ReadAlone

LEAST = 100
"""Files for each process: to begin one takes as long as to read some ten."""
MOST = 4
"""Processes: more would take the memory and the cores from whoever else works here."""

_ENCODER = Encoder()
_DECODER = Decoder(dict[str, bytes])


@contextmanager
def reading_ahead(paths: Sequence[str], read: ReadAlone) -> Iterator[ReadAlone]:
    """`read`, answered by other processes for what they were given, and by None for all that is to be read here."""
    share = -(-len(paths) // min(_processes(), max(len(paths) // LEAST, 1)))
    parts = [paths[at : at + share] for at in range(share, len(paths), share)] if share else []
    children: list[_Child] = []
    try:
        for part in parts:
            with suppress(OSError):  # no more processes, or files, are allowed here
                children.append(_Child(part, read))
        yield lambda path: next((child.found.get(path) for child in children if path in child), None)
    finally:
        for child in children:
            child.end()


def _processes() -> int:
    """One where a process cannot be copied safely: another thread may hold a lock that its copy waits for."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return min(len(os.sched_getaffinity(0)), MOST)


class _Child:
    """A copy of this process that reads its part, sends it and ends."""

    def __init__(self, paths: Sequence[str], read: ReadAlone) -> None:
        self._paths = frozenset(paths)
        self._found: dict[str, bytes] | None = None
        self._pipe, answer = os.pipe()
        try:
            self._process = os.fork()
            if self._process == 0:
                _answer(answer, paths, read)
        except OSError:
            os.close(self._pipe)
            raise
        finally:
            os.close(answer)

    def __contains__(self, path: str) -> bool:
        return path in self._paths

    @property
    def found(self) -> dict[str, bytes]:
        """Waits for it. What came only in part counts for nothing."""
        if self._found is None:
            with open(self._pipe, "rb", closefd=False) as pipe:
                data = pipe.read()
            try:
                self._found = _DECODER.decode(data)
            except MsgspecError:
                self._found = {}
        return self._found

    def end(self) -> None:
        os.close(self._pipe)
        with suppress(ProcessLookupError):
            os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)


def _answer(pipe: int, paths: Sequence[str], read: ReadAlone) -> None:
    """Never comes back: nothing of this process is to be ended or written twice."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        found = {path: data for path in paths if (data := read(path)) is not None}
        with open(pipe, "wb") as answer:
            answer.write(_ENCODER.encode(found))
    finally:
        os._exit(0)
