"""What a `down_revision` or `depends_on` names: a full id, an abbreviated one, or a branch label."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from rules.model.script import MigrationScript

SHORTEST_ABBREVIATION = 4
"""Alembic matches abbreviated ids from this length on (`RevisionMap._revision_for_ident`)."""


@dataclass(frozen=True, slots=True)
class Reference:
    """`revision` is None where nothing, or more than one revision, answers to what is written; `trouble` says which."""

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
        return tuple(self.find(written) for written in script.parents)

    def dependencies_of(self, script: MigrationScript) -> tuple[Reference, ...]:
        return tuple(self.find(written) for written in script.depends_on)

    def find(self, written: str) -> Reference:
        if written in self.ids:
            return Reference(written, written)
        if written in self.labelled:
            return Reference(written, self.labelled[written])
        matches = self._abbreviated(written)
        if len(matches) == 1:
            return Reference(written, matches[0])
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
