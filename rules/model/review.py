"""The result of judging a repository: everything that is said, and everything that is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rules.model.drawing import Drawing
from rules.model.finding import Finding
from rules.model.locks import Blocks as Blocks
from rules.model.locks import LockMoment, LockRow
from rules.model.operations import Direction
from rules.model.place import Place


@dataclass(frozen=True, slots=True)
class UnreadPlace:
    place: Place
    revision: str
    direction: Direction
    reason: str


@dataclass(frozen=True, slots=True)
class GraphProblem:
    """`kind` is the name of the rule that speaks of it: `multiple-heads`, `unknown-parent` ..."""

    kind: str
    revisions: tuple[str, ...]
    paths: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """For the SQL listing: what Alembic would send for one new revision."""

    revision: str
    path: str
    direction: Direction
    sql: str
    line: int
    transactional: bool
    conditional: bool


@dataclass(frozen=True, slots=True)
class LocationReport:
    path: str
    dialect: str
    revisions: int
    heads: tuple[str, ...]
    new: tuple[str, ...]
    problems: tuple[GraphProblem, ...] = ()
    drawing: Drawing | None = None
    """The part of the graph that something is said about."""


@dataclass(frozen=True, slots=True)
class CrashedCheck:
    """A rule that raised: its judgement is missing, the others stand."""

    rule: str
    place: Place | None
    error: str


@dataclass(frozen=True, slots=True)
class Review:
    """Findings are sorted by path, line, rule; the silenced ones are among them, marked."""

    locations: tuple[LocationReport, ...]
    findings: tuple[Finding, ...]
    unread: tuple[UnreadPlace, ...] = ()
    locks: tuple[LockRow, ...] = ()
    """In the order of the statements."""
    statements: tuple[StatementLine, ...] = ()
    crashed: tuple[CrashedCheck, ...] = ()
    moments: tuple[LockMoment, ...] = ()
    """The statements that lock or work, of both directions; the worst first."""
    sizes_as_of: datetime | None = None
    """When the statistics were taken."""

    @property
    def standing(self) -> tuple[Finding, ...]:
        """The findings that nobody silenced."""
        return tuple(finding for finding in self.findings if finding.silenced is None)
