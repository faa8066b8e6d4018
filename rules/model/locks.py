"""What statements lock and for how long: rows as the JSON has them, moments as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rules.model.operations import Direction, Rows
from rules.model.place import Place
from rules.model.size import Size


class Blocks(StrEnum):
    """Who waits while a lock is held."""

    READS_AND_WRITES = "reads and writes"
    WRITES = "writes"
    SCHEMA_CHANGES = "schema changes"
    OTHER_ALTERS = "other schema changes"
    """Of MySQL and MariaDB: nothing that resembles VACUUM is among them."""
    NOTHING = "nothing"

    @property
    def weight(self) -> int:
        """0 for nothing; the more, the more people wait."""
        return _WEIGHTS[self]


_WEIGHTS = {
    Blocks.READS_AND_WRITES: 3,
    Blocks.WRITES: 2,
    Blocks.SCHEMA_CHANGES: 1,
    Blocks.OTHER_ALTERS: 1,
    Blocks.NOTHING: 0,
}


class Growth(StrEnum):
    """What the time of a statement grows with."""

    CONSTANT = "constant"
    TABLE = "with the table"
    INDEX = "with the index"
    """An index is built: its table is read once, its keys are sorted."""


class Work(StrEnum):
    """What a statement does to whole tables."""

    NONE = "none"
    READ = "read"
    INDEXED = "indexed"
    WRITTEN = "rows written"
    REWRITTEN = "written anew"

    @property
    def growth(self) -> Growth:
        match self:
            case Work.NONE:
                return Growth.CONSTANT
            case Work.INDEXED:
                return Growth.INDEX
        return Growth.TABLE


@dataclass(frozen=True, slots=True)
class LockRow:
    """One lock mode that one statement takes. `lock` as PostgreSQL spells the mode: `SHARE ROW EXCLUSIVE`; of MySQL and
    MariaDB the clauses that say the same as the server does by itself: `ALGORITHM=COPY, LOCK=SHARED`.

    `transaction` counts the transactions of a script location from 1; None where the lock ends with the statement.
    `held_for` is how many statements run after it in the same transaction. `rank` 1 is the worst moment.
    """

    place: Place
    revision: str
    direction: Direction
    sql: str
    lock: str
    tables: tuple[str, ...]
    blocks: Blocks
    rewrites: bool = False
    scans: bool = False
    growth: Growth = Growth.CONSTANT
    size: Size | None = None
    new_tables: tuple[str, ...] = ()
    """Those of `tables` that the pull request itself creates: nobody waits for them."""
    rows: Rows | None = None
    """How many rows the statement changes; None where it changes none."""
    transaction: int | None = None
    held_for: int = 0
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who waits for one table while a statement runs. `since` is the place of the statement that took the lock."""

    table: str
    blocks: Blocks
    since: Place
    revision: str
    rows_only: bool = False
    """Only writes to the rows that the statement has changed wait."""


@dataclass(frozen=True, slots=True)
class LockMoment:
    """The time of one statement: what it does, and who waits meanwhile, for its own locks and for earlier ones."""

    place: Place
    revision: str
    direction: Direction
    sql: str
    locks: tuple[LockRow, ...]
    """Its own; the strongest first."""
    waiting: tuple[Waiting, ...]
    """For tables that others use; the longest wait first. The pull request's own new tables are left out."""
    work: Work = Work.NONE
    works_on: tuple[str, ...] = ()
    """The tables that are read or written whole; empty where they are not known."""
    reads: tuple[str, ...] = ()
    """Tables of which rows are read to choose or to fill those that are written."""
    for_each: str | None = None
    """The table of which one row at most is written for each row of `works_on`."""
    size: Size | None = None
    """Of `works_on` and `reads`; None where one of them is not known."""
    transaction: int | None = None
    held_for: int = 0
    """As in `LockRow`."""
    stretched_by: Place | None = None
    """The longest later work of the same transaction: until then these locks are kept at the least."""
    rank: int = 0
    known: bool = True
    """Whether it is known what the server does; otherwise nothing else is said."""
