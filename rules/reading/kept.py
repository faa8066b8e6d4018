"""Readings kept from one review to the next, each with everything that it depended on.

A reading depends on the file's path and text, the environment and the dialect: these make its key. It may also depend
on other files of the repository, and on what the earlier revisions do. Both are noted while it is read, kept with it,
and asked again before it is believed. Anything odd in what is kept is as good as nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from hashlib import blake2b
from typing import Protocol

from rules.reading.keeping import Damaged, Found, Kept, from_bytes, to_bytes
from rules.reading.modules import Shelf

ReadAlone = Callable[[str], bytes | None]
"""What is kept of a file by its path; None for one that is to be read in its turn."""


class Readings(Protocol):
    """Bytes by key, of one version of the reader: who offers this sees to it. Never raises."""

    @property
    def keeps(self) -> bool:
        """Whether it is worth while to put anything."""

    def get_many(self, keys: Iterable[str]) -> Mapping[str, bytes]: ...
    def put_many(self, entries: Mapping[str, bytes]) -> None: ...
    def reading_ahead(self, paths: Sequence[str], read: ReadAlone) -> AbstractContextManager[ReadAlone]:
        """`read`, answered by others for the files that they were given meanwhile, and by None for all other files."""


class Noted:
    """What readings depend on, noted while they are made."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._digests: dict[str, str | None] = {}

    def begin(self) -> None:
        """Before something is read: from here on it is noted."""
        self._shelf.questions.clear()
        self._shelf.used.clear()

    def form(self, found: Found, past: str | None = None) -> bytes | None:
        """The bytes that stand for what was found; None if it has no such form.

        `past` is the digest of what the earlier revisions do; None: nobody asked.
        """
        questions = tuple([(*question, answer) for question, answer in sorted(self._shelf.questions.items())])
        used = tuple([(path, self._digest_of(path)) for path in sorted(self._shelf.used)])
        return to_bytes(Kept(questions, used, past, found))

    def holds(self, kept: Kept, past: str | None) -> bool:
        """Whether every dependency is as it was."""
        holds = kept.past is None or kept.past == past
        holds = holds and all(self._shelf.ask((name, level, of)) == path for name, level, of, path in kept.questions)
        return holds and all(self._digest_of(path) == digest for path, digest in kept.used)

    def _digest_of(self, path: str) -> str | None:
        if path not in self._digests:
            text = self._shelf.texts.get(path)
            self._digests[path] = None if text is None else key_of(text)
        return self._digests[path]


class Memory:
    """What is kept of one script location, while it is gone through in its order."""

    def __init__(self, readings: Readings, noted: Noted) -> None:
        self._readings = readings
        self._noted = noted
        self._kept: dict[str, bytes] = {}
        self._made: dict[str, bytes] = {}

    def fetch(self, keys: Iterable[str]) -> None:
        """All at once: somebody may have to be asked over a wire."""
        self._kept.update(self._readings.get_many(keys))

    def has(self, key: str) -> bool:
        return key in self._kept

    def recall(self, key: str, past: str | None = None) -> tuple[Found, bytes] | None:
        """What was found, with the bytes that stand for it. `past` is the digest of what the earlier revisions do."""
        data = self._kept.get(key)
        if data is None:
            return None
        try:
            kept = from_bytes(data)
        except Damaged:
            return None
        return (kept.found, data) if self._noted.holds(kept, past) else None

    def keep(self, key: str, data: bytes | None) -> None:
        if data is not None:
            self._made[key] = data

    def close(self) -> None:
        """Puts what was kept since somebody last did."""
        if self._made:
            self._readings.put_many(self._made)
            self._made = {}


def key_of(*parts: str) -> str:
    """Another one for any other parts, in number, order or text."""
    digest = blake2b(digest_size=20)
    for part in parts:
        text = part.encode("utf-8", "surrogatepass")
        digest.update(b"%d " % len(text) + text)
    return digest.hexdigest()
