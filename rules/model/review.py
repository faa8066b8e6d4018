"""The result of judging a repository: everything that is said, and everything that is not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rules.model.finding import Finding
from rules.model.operations import Direction
from rules.model.place import Place


@dataclass(frozen=True, slots=True)
class UnreadPlace:
    place: Place
    revision: str
    direction: Direction
    reason: str


class Blocks(StrEnum):
    """Who waits while a lock is held."""

    READS_AND_WRITES = "reads and writes"
    WRITES = "writes"
    SCHEMA_CHANGES = "schema changes"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class LockRow:
    """One lock mode that one statement takes. `lock` as PostgreSQL spells the mode: `SHARE ROW EXCLUSIVE`."""

    place: Place
    revision: str
    direction: Direction
    sql: str
    lock: str
    tables: tuple[str, ...]
    blocks: Blocks
    rewrites: bool = False
    scans: bool = False


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
    statements: tuple[StatementLine, ...] = ()
    crashed: tuple[CrashedCheck, ...] = ()

    @property
    def standing(self) -> tuple[Finding, ...]:
        """The findings that nobody silenced."""
        return tuple(finding for finding in self.findings if finding.silenced is None)
