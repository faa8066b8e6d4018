"""What the earlier revisions of a location leave, for the inspectors of the later ones."""

from __future__ import annotations

from hashlib import blake2b

from rules.model.script import MigrationScript
from rules.schema import Schema


class Past:
    """The schema that the revisions so far leave: folded when a migration asks its inspector something, not before."""

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
