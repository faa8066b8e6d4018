"""The locks of one operation at one moment of the schema."""

from __future__ import annotations

from rules.locking import columns, constraints, indexes, others, tables  # noqa: F401  each registers its functions
from rules.locking.facts import LockFact, Moment, facts_of, merged
from rules.model.names import Name
from rules.model.operations import DropIndex, Operation, Reindex
from rules.schema import Schema

__all__ = ["LockFact", "locks_of", "stands_for_itself"]


def locks_of(
    operation: Operation, schema: Schema, server_version: int = 15, *, utc: bool = False
) -> tuple[LockFact, ...]:
    """One fact for each lock mode, the strongest first; none for what locks no table, and for what is unread.

    `schema` is the one before the operation. `server_version` is the major one, 12 to 18. `utc` says that the
    session's time zone is known to be UTC. The table that an operation creates is left out: nobody waits for it.
    """
    if schema.dialect != "postgresql":
        return ()
    return merged(facts_of(operation, Moment(schema, server_version, utc)))


def stands_for_itself(operation: Operation, name: Name) -> bool:
    """Whether that name among the locked tables is an index whose table was never seen."""
    match operation:
        case DropIndex(index=index):
            return index.key == name.key
        case Reindex(name=rebuilt, kind="INDEX"):
            return rebuilt.key == name.key
    return False
