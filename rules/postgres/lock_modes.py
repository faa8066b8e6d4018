"""The eight lock modes of tables: which exclude each other, and who waits for which.

Source: https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
"""

from __future__ import annotations

from enum import StrEnum

from rules.model.locks import Blocks


class LockMode(StrEnum):
    """Weakest first; the value is PostgreSQL's spelling."""

    ACCESS_SHARE = "ACCESS SHARE"
    ROW_SHARE = "ROW SHARE"
    ROW_EXCLUSIVE = "ROW EXCLUSIVE"
    SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
    SHARE = "SHARE"
    SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
    EXCLUSIVE = "EXCLUSIVE"
    ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"

    @property
    def rank(self) -> int:
        """0 is the weakest."""
        return _ORDER[self]

    @property
    def blocks(self) -> Blocks:
        """Who waits while it is held."""
        return _BLOCKS.get(self, Blocks.NOTHING)

    def excludes(self, other: LockMode) -> bool:
        """Whether two transactions cannot hold the two at the same time on one table."""
        return other in CONFLICTS[self]


_ORDER = {mode: rank for rank, mode in enumerate(LockMode)}
_BLOCKS = {
    LockMode.SHARE_UPDATE_EXCLUSIVE: Blocks.SCHEMA_CHANGES,
    LockMode.SHARE: Blocks.WRITES,
    LockMode.SHARE_ROW_EXCLUSIVE: Blocks.WRITES,
    LockMode.EXCLUSIVE: Blocks.WRITES,
    LockMode.ACCESS_EXCLUSIVE: Blocks.READS_AND_WRITES,
}

_AS, _RS, _RE, _SUE, _S, _SRE, _E, _AE = LockMode
CONFLICTS: dict[LockMode, frozenset[LockMode]] = {
    _AS: frozenset({_AE}),
    _RS: frozenset({_E, _AE}),
    _RE: frozenset({_S, _SRE, _E, _AE}),
    _SUE: frozenset({_SUE, _S, _SRE, _E, _AE}),
    _S: frozenset({_RE, _SUE, _SRE, _E, _AE}),
    _SRE: frozenset({_RE, _SUE, _S, _SRE, _E, _AE}),
    _E: frozenset(LockMode) - {_AS},
    _AE: frozenset(LockMode),
}
"""Mode -> the modes that wait for it. Symmetric."""
