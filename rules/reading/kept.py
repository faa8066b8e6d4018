"""Readings kept from one review to the next: what a file said is known by everything that its reading depended on.

A reading depends on the file's text and path, the environment, the dialect: these are its key. It may also depend on
other files of the repository, and on what the earlier revisions do; both are noted while it is read, kept with it, and
asked again before it is believed. Anything odd in what is kept is as good as nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, Protocol

from rules.model.script import MigrationScript, SyntaxProblem
from rules.reading.data import Damaged
from rules.reading.keeping import Reading, from_data, to_data
from rules.reading.modules import Shelf
from rules.reading.source import FAULT, TOO_DEEP
from rules.schema import Schema


class Readings(Protocol):
    """Bytes by key, of one version of the reader: who offers this sees to it. Never raises."""

    def get_many(self, keys: Iterable[str]) -> Mapping[str, bytes]: ...
    def put_many(self, entries: Mapping[str, bytes]) -> None: ...


class Past:
    """What the revisions so far leave: folded when a migration asks its inspector something, not before."""

    def __init__(self, dialect: str) -> None:
        self.asked = False
        """Whether anybody asked since this was last set to False."""
        self._schema = Schema.empty(dialect)
        self._waiting: list[MigrationScript] = []
        self._digest = blake2b(digest_size=16)
        self._known = True

    def __call__(self) -> Schema:
        self.asked = True
        for script in self._waiting:
            for operation in script.upgrade:
                self._schema = self._schema.after(operation, revision=script.revision)
        self._waiting.clear()
        return self._schema

    def add(self, script: MigrationScript, data: bytes | None) -> None:
        """`data` stands for the script in `digest`; None: nothing can."""
        self._waiting.append(script)
        if data is None:
            self._known = False
        else:
            self._digest.update(len(data).to_bytes(8, "big") + data)

    @property
    def digest(self) -> str | None:
        """Equal where the same revisions ran before in the same order; None if that cannot be told."""
        return self._digest.hexdigest() if self._known else None


class Memory:
    """The readings kept of one script location, while its revisions are gone through in their order."""

    def __init__(self, readings: Readings, shelf: Shelf, past: Past, *circumstances: object) -> None:
        """`circumstances` are what all readings of the location depend on; they are told apart by their `repr`."""
        self._readings = readings
        self._shelf = shelf
        self._past = past
        self._circumstances = repr(circumstances)
        self._kept: Mapping[str, bytes] = {}
        self._made: dict[str, bytes] = {}
        self._keys: dict[str, str] = {}
        self._digests: dict[str, str | None] = {}

    def fetch(self, paths: Iterable[str]) -> None:
        """All at once, as somebody may have to be asked over a wire."""
        for path in paths:
            text = self._shelf.texts[path].encode("utf-8", "surrogatepass")
            head = f"{self._circumstances}\0{path}\0".encode("utf-8", "surrogatepass")
            self._keys[path] = blake2b(head + text, digest_size=20).hexdigest()
        self._kept = self._readings.get_many(self._keys.values())

    def recall(self, path: str) -> tuple[Reading, bytes] | None:
        """A reading whose every dependency is as it was, with the bytes that stand for it."""
        kept = self._kept.get(self._keys[path])
        if kept is None:
            return None
        try:
            questions, used, past, data = json.loads(kept)
            if past is not None and past != self._past.digest:
                return None
            for module, level, from_path, answer in questions:
                if self._shelf.ask((module, level, from_path)) != answer:
                    return None
            for other, digest in used:
                if self._digest_of(other) != digest:
                    return None
            return from_data(data, path, self._shelf.texts[path]), kept
        except (Damaged, ValueError, TypeError, AttributeError, RecursionError):
            return None

    def begin(self) -> None:
        """Before something is read: from here on it is noted what the reading depends on."""
        self._shelf.questions.clear()
        self._shelf.used.clear()
        self._past.asked = False

    def keep(self, path: str, reading: Reading) -> bytes | None:
        """The bytes that stand for a reading from now on; None for one that is not kept."""
        if not _is_lasting(reading) or (self._past.asked and self._past.digest is None):
            return None
        questions = [[*question, answer] for question, answer in sorted(self._shelf.questions.items())]
        used = [[other, self._digest_of(other)] for other in sorted(self._shelf.used)]
        past = self._past.digest if self._past.asked else None
        whole: list[Any] = [questions, used, past, to_data(reading)]
        try:
            kept = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
        except UnicodeEncodeError:  # half a surrogate pair: two halves would come back as one character
            return None
        self._made[self._keys[path]] = kept
        return kept

    def close(self) -> None:
        if self._made:
            self._readings.put_many(self._made)

    def _digest_of(self, path: str) -> str | None:
        if path not in self._digests:
            text = self._shelf.texts.get(path)
            self._digests[path] = None if text is None else _digest(text)
        return self._digests[path]


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _is_lasting(reading: Reading) -> bool:
    """How deep the stack may grow, and our own faults, belong to one run and not to the text."""
    if isinstance(reading, SyntaxProblem):
        return TOO_DEEP not in reading.reason
    return not any(opaque.reason.startswith(FAULT) or TOO_DEEP in opaque.reason for opaque in reading.unread)
