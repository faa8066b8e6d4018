"""What a `down_revision` or `depends_on` names, by Alembic's own reading, and by what was meant where it refuses."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from rules.model.script import MigrationScript

SHORTEST_ABBREVIATION = 4
"""Alembic's commands match abbreviated ids from this length on; in files it looks up whole ids only."""


@dataclass(frozen=True, slots=True)
class Reference:
    """`trouble` says why Alembic stops at what is written; empty where it does not.

    `revision` may be known all the same: an abbreviated id with one match, so that the rest of the graph stands.
    """

    written: str
    revision: str | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """Finds revisions by what scripts write."""

    ids: frozenset[str]
    sorted_ids: tuple[str, ...]
    labelled: dict[str, str]

    @classmethod
    def of(cls, scripts: Iterable[MigrationScript]) -> Index:
        labelled: dict[str, str] = {}
        ids = []
        for script in scripts:
            ids.append(script.revision)
            for label in script.branch_labels:
                labelled.setdefault(label, script.revision)
        return cls(frozenset(ids), tuple(sorted(ids)), labelled)

    def parents_of(self, script: MigrationScript) -> tuple[Reference, ...]:
        return tuple(self.parent(written) for written in script.parents)

    def dependencies_of(self, script: MigrationScript) -> tuple[Reference, ...]:
        return tuple(self.dependency(written) for written in script.depends_on)

    def parent(self, written: str) -> Reference:
        """Alembic takes ids only here (`RevisionMap._detect_cycles` knows no labels)."""
        if written in self.ids:
            return Reference(written, written)
        if labelled := self.labelled.get(written):
            return Reference(written, labelled, f"`{written}`, which is a branch label of `{labelled}` and no id")
        return self._short_or_unknown(written)

    def dependency(self, written: str) -> Reference:
        """An id or a branch label."""
        known = written if written in self.ids else self.labelled.get(written)
        return Reference(written, known) if known is not None else self._short_or_unknown(written)

    def _short_or_unknown(self, written: str) -> Reference:
        matches = self._abbreviated(written)
        if len(matches) == 1:
            return Reference(written, matches[0], f"`{written}`, which is short for `{matches[0]}`")
        if matches:
            named = ", ".join(f"`{match}`" for match in matches[:3])
            return Reference(written, None, f"`{written}`, which is short for more than one revision ({named})")
        return Reference(written, None, f"`{written}`, which no file declares")

    def _abbreviated(self, written: str) -> tuple[str, ...]:
        if len(written) < SHORTEST_ABBREVIATION:
            return ()
        start = bisect_left(self.sorted_ids, written)
        matches = []
        for revision in self.sorted_ids[start:]:
            if not revision.startswith(written):
                break
            matches.append(revision)
        return tuple(matches)
