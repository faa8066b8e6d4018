"""Readings kept between two runs of the command line: one file for each folder that was read.

A small file for each revision would take longer to open than the revision takes to read.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
import zlib
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path

from bot.ahead import reading_ahead
from bot.readings import reader_version

MOST_BYTES = 64 * 1024 * 1024
"""Of one file; what was not used for the longest time goes first."""
OLDEST_SECONDS = 30 * 24 * 3600
"""A file that nobody used for so long is deleted."""
HEAD = b"dbbot readings 1"


class DiskReadings:
    """Never raises: a file that cannot be read, or is not as it was written, is as good as none."""

    keeps = True
    reading_ahead = staticmethod(reading_ahead)

    def __init__(self, file: Path, most_bytes: int = MOST_BYTES) -> None:
        self._file = file
        self._most = most_bytes
        self._old: dict[bytes, bytes] | None = None
        self._used: dict[bytes, bytes] = {}
        self._changed = False

    def get_many(self, keys: Iterable[str]) -> Mapping[str, bytes]:
        if self._old is None:
            self._old = _entries(self._file)
        found = {}
        for key in keys:
            name = key.encode()
            value = self._old.get(name, self._used.get(name))
            if value is not None:
                found[key] = self._used[name] = value
        return found

    def put_many(self, entries: Mapping[str, bytes]) -> None:
        for key, value in entries.items():
            if b"\n" not in value:
                self._used[key.encode()] = value
                self._changed = True

    def save(self) -> None:
        """Writes what is new, if anything is, whole or not at all."""
        if not self._changed:
            return
        kept = {**{key: value for key, value in (self._old or {}).items() if key not in self._used}, **self._used}
        room = self._most
        lines = []
        for key, value in reversed(kept.items()):
            room -= len(key) + len(value) + 2
            if room < 0:
                break
            lines.append(b"%b %b\n" % (key, value))
        body = b"".join(reversed(lines))
        with contextlib.suppress(OSError):
            _replace(self._file, _head(body) + body)
            _forget_old(self._file.parent)


def readings_of(folder: Path, environment: Mapping[str, str]) -> DiskReadings:
    """In the user's own folder of caches: what lies in the repository must not say what was read in it."""
    given = environment.get("XDG_CACHE_HOME", "")
    caches = Path(given) if os.path.isabs(given) else Path("~/.cache").expanduser()
    name = blake2b(os.fsencode(folder.resolve()), digest_size=16).hexdigest()
    return DiskReadings(caches / "dbbot" / "readings" / name)


def _head(body: bytes) -> bytes:
    return b"%b %b %d\n" % (HEAD, reader_version().encode(), zlib.crc32(body))


def _entries(file: Path) -> dict[bytes, bytes]:
    try:
        content = file.read_bytes()
    except OSError:
        return {}
    head, _, body = content.partition(b"\n")
    if head + b"\n" != _head(body):
        return {}
    with contextlib.suppress(OSError):
        os.utime(file)
    pairs = (line.partition(b" ") for line in body.split(b"\n"))
    return {key: value for key, _, value in pairs if value}


def _replace(file: Path, content: bytes) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.")
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(content)
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _forget_old(folder: Path) -> None:
    before = time.time() - OLDEST_SECONDS
    for file in folder.iterdir():
        if file.stat().st_mtime < before:
            file.unlink(missing_ok=True)
