"""What the earlier revisions of a location leave, for the inspectors of the later ones."""

from __future__ import annotations

from bisect import bisect_right
from hashlib import blake2b

from rules.model.script import MigrationScript
from rules.schema import Schema


class Past:
    """The schemas that the revisions so far leave: folded when a migration asks its inspector something, not before."""

    def __init__(self, start: Schema) -> None:
        self._scripts: list[MigrationScript] = []
        self._counts = [0]
        self._schemas = [start]
        """What as many scripts leave as stands at the same place of `_counts`, which are ascending."""
        self._digest = blake2b(digest_size=16)
        self._known = True

    def add(self, script: MigrationScript, data: bytes | None) -> None:
        """`data` stands for the script in `digest`; None: nothing can."""
        self._scripts.append(script)
        if data is None:
            self._known = False
        else:
            self._digest.update(len(data).to_bytes(8, "big") + data)

    def now(self) -> Moment:
        """The moment after all that was added so far, whatever is added later."""
        return Moment(self, len(self._scripts), self._digest.hexdigest() if self._known else None)

    def after(self, count: int) -> Schema:
        """What the first `count` scripts leave."""
        at = bisect_right(self._counts, count)
        done, schema = self._counts[at - 1], self._schemas[at - 1]
        if done < count:
            for script in self._scripts[done:count]:
                schema = schema.begun()
                for operation in script.upgrade:
                    schema = schema.after(operation, revision=script.revision)
            self._counts.insert(at, count)
            self._schemas.insert(at, schema)
        return schema.begun()


class Moment:
    """`digest` is equal where the same revisions ran before in the same order; None if that cannot be told."""

    __slots__ = ("_count", "_past", "asked", "digest")

    def __init__(self, past: Past, count: int, digest: str | None) -> None:
        self._past = past
        self._count = count
        self.digest = digest
        self.asked = False
        """Whether anybody wanted to know the schema."""

    def __call__(self) -> Schema:
        self.asked = True
        return self._past.after(self._count)


class PastAsked(BaseException):
    """Somebody wanted to know the schema where it is not known yet. No part of the reader can go on without it."""


def refuse() -> Schema:
    """Stands for a moment in a process that did not read what is earlier."""
    raise PastAsked
