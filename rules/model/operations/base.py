"""What every operation shares: the statement behind it and the call that caused it."""

from __future__ import annotations

from enum import StrEnum

from rules.model.frozen import Frozen, OneOf
from rules.model.place import Place


class Direction(StrEnum):
    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"


class Statement(Frozen):
    """One statement in the text that Alembic would send, and the call that causes it.

    `sql` is empty for what has no text (a commit through the connection, a call that could not be read).
    """

    sql: str
    place: Place
    direction: Direction = Direction.UPGRADE
    cause: str = ""
    """The call as written, without arguments: `op.add_column`, `batch_op.create_index`, `conn.execute`."""
    transactional: bool = True
    """False inside `autocommit_block()`."""
    block: int | None = None
    """Which `autocommit_block()` of the function, counted from 0."""
    conditional: bool = False
    """Under a condition, or in a loop over rows, that the reader cannot know."""
    caught: bool = False
    """In a `try` whose handler lets the function go on."""
    unbound: tuple[str, ...] = ()
    """Names that SQLAlchemy takes for placeholders of the text (`:name`) and that get no value."""
    given: bool = False
    """Whether placeholders of the text get values: each is written as NULL."""


class Operation(OneOf):
    """The base of all; `statement` is shared by the operations of one statement."""

    statement: Statement

    @property
    def place(self) -> Place:
        return self.statement.place

    @property
    def sql(self) -> str:
        return self.statement.sql
