"""Rows: written, read, copied; procedures called."""

from __future__ import annotations

from enum import StrEnum

from rules.model.names import Name
from rules.model.operations.base import Operation


class Rows(StrEnum):
    """How many rows a statement can reach, as far as its text tells."""

    ALL = "all"
    """No condition."""
    UNBOUNDED = "unbounded"
    """A condition, that does not bound the number."""
    BOUNDED = "bounded"
    """By a key, a constant list, or LIMIT."""
    CONSTANT = "constant"
    """VALUES: the rows stand in the statement."""


class Insert(Operation):
    table: Name
    columns: tuple[str, ...] = ()
    rows: Rows = Rows.CONSTANT
    sources: tuple[Name, ...] = ()
    """The tables that it reads."""


class Update(Operation):
    table: Name
    columns: tuple[str, ...] = ()
    condition: str | None = None
    rows: Rows = Rows.ALL
    sources: tuple[Name, ...] = ()
    pinned: tuple[str, ...] = ()
    """The columns that the condition holds to a few values: whether they are a key, the schema knows."""


class Delete(Operation):
    table: Name
    condition: str | None = None
    rows: Rows = Rows.ALL
    sources: tuple[Name, ...] = ()
    pinned: tuple[str, ...] = ()
    """As of an `Update`."""


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
