"""One statement that a fact is measured by."""

from __future__ import annotations

from dataclasses import dataclass

from rules.locking.setups import BASE


@dataclass(frozen=True, slots=True)
class Sample:
    """`since` is the first server version that takes the statement. `alone`: it is refused inside a transaction.

    `last` is a table and a mode that another session holds to see the statement's last lock.
    """

    sql: str
    setup: tuple[str, ...] = BASE
    since: int = 12
    alone: bool = False
    last: str = ""
