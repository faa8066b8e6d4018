"""Transactions, settings, maintenance."""

from __future__ import annotations

from enum import StrEnum

from rules.model.names import Name
from rules.model.operations.base import Operation


class TransactionVerb(StrEnum):
    BEGIN = "begin"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    SAVEPOINT = "savepoint"
    RELEASE = "release"
    SET = "set transaction"
    ISOLATION = "isolation level"
    """By `execution_options(isolation_level=...)` on the migration's connection: refused inside a transaction."""

    @property
    def ends(self) -> bool:
        """Whether locks, and what is set for the transaction only, end with it."""
        return self in (TransactionVerb.COMMIT, TransactionVerb.ROLLBACK)


class TransactionControl(Operation):
    verb: TransactionVerb


class Setting(Operation):
    """SET or RESET; `value` is None for RESET and DEFAULT."""

    name: str
    value: str | None = None
    local: bool = False


class Maintenance(Operation):
    """VACUUM, VACUUM FULL, ANALYZE, CLUSTER, ALTER SYSTEM ...; `verb` in upper case; `table` None for all."""

    verb: str
    table: Name | None = None


class Harmless(Operation):
    """Understood and of no consequence for any rule (NOTIFY, LISTEN, PREPARE, DISCARD ...); `verb` in upper case."""

    verb: str
