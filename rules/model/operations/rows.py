"""Rows: written, read, copied; procedures called."""

from __future__ import annotations

from enum import StrEnum

from rules.model.frozen import Frozen
from rules.model.names import Name
from rules.model.operations.base import Operation


class Rows(StrEnum):
    """How many rows a statement can reach, as far as its text tells."""

    ALL = "all"
    """No condition."""
    UNBOUNDED = "unbounded"
    """A condition, that does not bound the number."""
    JOINED = "joined"
    """A condition by which rows of another table choose. Each row is changed once at most, whatever they multiply."""
    BOUNDED = "bounded"
    """By a key, a constant list, or LIMIT."""
    CONSTANT = "constant"
    """VALUES: the rows stand in the statement."""

    @property
    def few(self) -> bool:
        """Whether the number does not grow with a table."""
        return self in (Rows.BOUNDED, Rows.CONSTANT)


class Match(Frozen):
    """Columns of the target that equal values out of one row of another table: each row of it has one for them.

    `held` are columns of that table that the condition holds to a few values. `unsure` are those that the values come
    from if the table has them; else their names mean something else.
    """

    table: Name
    columns: tuple[str, ...]
    held: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()


class Insert(Operation):
    table: Name
    columns: tuple[str, ...] = ()
    rows: Rows = Rows.CONSTANT
    sources: tuple[Name, ...] = ()
    """The tables that it reads."""
    locked: tuple[Name, ...] = ()
    """Those of them of which it locks rows: FOR UPDATE and kin in a query of its own."""
    updates: tuple[str, ...] = ()
    """The columns that it writes where a row is there already: ON CONFLICT DO UPDATE. Each row of it one at most."""


class Update(Operation):
    table: Name
    columns: tuple[str, ...] = ()
    condition: str | None = None
    rows: Rows = Rows.ALL
    sources: tuple[Name, ...] = ()
    pinned: tuple[str, ...] = ()
    """The columns that the condition holds to a few values: whether they are a key, the schema knows."""
    matches: tuple[Match, ...] = ()
    locked: tuple[Name, ...] = ()
    """As of an `Insert`."""


class Delete(Operation):
    table: Name
    condition: str | None = None
    rows: Rows = Rows.ALL
    sources: tuple[Name, ...] = ()
    pinned: tuple[str, ...] = ()
    """As of an `Update`."""
    matches: tuple[Match, ...] = ()
    locked: tuple[Name, ...] = ()
    """As of an `Insert`."""


class Copy(Operation):
    table: Name
    into: bool = True
    """COPY table FROM; False for COPY TO."""


class Select(Operation):
    """A query sent for its rows or its effect (`SELECT setval(...)`)."""

    sources: tuple[Name, ...] = ()
    functions: tuple[str, ...] = ()
    """Names of the functions called, lower case."""
    locking: bool = False
    """FOR UPDATE and kin."""
    settings: tuple[tuple[str, str | None, bool], ...] = ()
    """What `set_config(...)` sets: name, value (None where it is computed), whether until the commit only."""


class Call(Operation):
    """CALL procedure(...)."""

    procedure: Name


class Do(Operation):
    """An anonymous block; the statements found in its body follow as operations of their own."""

    body: str
    language: str = "plpgsql"
