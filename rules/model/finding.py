"""What is said about a place, and the repair that goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rules.model.operations import Direction
from rules.model.place import Place


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"
    OFF = "off"

    @property
    def rank(self) -> int:
        """0 is the gravest."""
        return list(Severity).index(self)

    def at_least(self, other: Severity) -> bool:
        return self.rank <= other.rank


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replaces a span of a file as it is. Lines from 1, columns from 0 in characters, the end exclusive."""

    path: str
    start_line: int
    start_column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A complete repair at one place: after all edits the finding is gone and no other appears."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class PlannedRevision:
    title: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A repair that takes several revisions: complete files, in the order in which they run."""

    title: str
    revisions: tuple[PlannedRevision, ...]
    replaces: str = ""
    """The path of the file in whose place they come."""
    differs: str = ""
    """How the schema at its end is another one than the migration's own: a clause, a part of the title too."""


@dataclass(frozen=True, slots=True)
class Silenced:
    by: str
    """comment | config | baseline"""
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The engine fills revision, direction, silenced and `fingerprint` (no line number in it: it survives a rebase)."""

    rule: str
    severity: Severity
    place: Place
    message: str
    advice: str
    revision: str | None = None
    direction: Direction | None = None
    suggestion: Suggestion | None = None
    plan: Plan | None = None
    no_plan: str = ""
    """Why there is none although such findings can have one: whole sentences."""
    subject: str = ""
    """What the fingerprint is made of beside rule and revision: the statement, or the objects named."""
    fingerprint: str = ""
    silenced: Silenced | None = None
    lines: tuple[int, int] | None = None
    """Of its statement, first and last, where the call at `place` sends several in one long literal."""
