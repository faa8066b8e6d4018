"""What the reader met but cannot tell the effect of."""

from __future__ import annotations

from enum import StrEnum

from rules.model.names import Name
from rules.model.operations.base import Operation


class Raises(Operation):
    """The function ends here with an error of its own (`raise NotImplementedError(...)`); nothing after it runs."""

    error: str
    message: str = ""


class OpaqueKind(StrEnum):
    CALL = "call"
    """A call that could not be followed."""
    SQL = "sql"
    """SQL text that is not known before the migration runs."""
    STATEMENT = "statement"
    """SQL text that is known, of a kind that is not."""


class Opaque(Operation):
    """What could not be read. `reason` is a phrase for people; `tables` what is known of its reach."""

    kind: OpaqueKind
    reason: str
    tables: tuple[Name, ...] = ()
