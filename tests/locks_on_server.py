"""The locks of public histories against `pg_locks` of a real server, statement by statement.

    python -m tests.locks_on_server [--folder DIR] [--show N] [--root DIR ...] [NAME ...]

Each statement runs in a transaction of its own, on tables without rows; compared is every table, view and materialized
view that was there before, with its strongest lock above ACCESS SHARE. What the history takes for granted is
made before, as for the fold; what the server refuses all the same is left out and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import psycopg

from rules.locks import locks_of
from rules.model.location import Location
from rules.model.operations import Operation
from rules.postgres.lock_modes import LockMode
from rules.schema import Schema
from tests.databases import NEWEST, fresh_database, stop_servers
from tests.folding import Fold, begun, ordered, run, sized, statements

_BEFORE = """
SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'm', 'v') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""
_HELD = "SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation = ANY(%s)"
_MODES = {mode.title().replace(" ", "") + "Lock": mode for mode in LockMode}

Locks = dict[tuple[str, str], LockMode]


def said(operations: Sequence[Operation], schema: Schema) -> tuple[Locks, Schema]:
    found: Locks = {}
    for operation in operations:
        for fact in locks_of(operation, schema, NEWEST):
            for name in fact.tables:
                _keep(found, name.key, fact.mode)
        schema = schema.after(operation)
    return found, schema


def taken(connection: psycopg.Connection, sql: str) -> tuple[Locks, set[tuple[str, str]]]:
    """The locks that one statement takes, and what there was to lock before. Raises what the server says."""
    before = {oid: (schema, name) for oid, schema, name in connection.execute(_BEFORE).fetchall()}
    found: Locks = {}
    with connection.transaction():
        connection.execute(sql.encode())
        for oid, mode in connection.execute(_HELD, (list(before),)).fetchall():
            _keep(found, before[oid], _MODES[mode])
    return found, set(before.values())


def _keep(locks: Locks, key: tuple[str, str], mode: LockMode) -> None:
    held = locks.get(key)
    if held is None or mode.rank > held.rank:
        locks[key] = mode


class Measured(Fold):
    """Compares the locks of each statement that the server takes."""

    def __init__(self, connection: psycopg.Connection, start: Schema) -> None:
        super().__init__(connection, start)
        self.counts: Counter[str] = Counter()
        self.differences: list[str] = []

    def taken(self, sql: str, operations: Sequence[Operation]) -> psycopg.Error | None:
        ours, _ = said(operations, self.schema)
        try:
            theirs, before = taken(self.connection, sql)
        except psycopg.Error as error:
            return error
        real: Locks = {key: mode for key, mode in theirs.items() if mode is not LockMode.ACCESS_SHARE}
        known: Locks = {key: mode for key, mode in ours.items() if mode is not LockMode.ACCESS_SHARE and key in before}
        self.counts["same" if real == known else "other"] += 1
        self.counts["locks"] += len(real)
        if real != known:
            self.differences.append(
                f"{' '.join(sql.split())[:110]}\n        server {_shown(real)}\n        said   {_shown(known)}"
            )
        return None


def measure(name: str, location: Location, show: int) -> tuple[int, int]:
    """How many statements were measured, and how many lock as said."""
    scripts = ordered(location.scripts)
    with fresh_database() as connection:
        connection.execute("SET client_min_messages = error")
        measured = Measured(connection, begun(connection, location))
        for sql, operations in statements(scripts):
            if sql:
                measured.send(*sized(sql, operations))
    counts = measured.counts
    total, refused = counts["same"] + counts["other"], sum(measured.refused.values())
    print(
        f"{name:12} {len(scripts):4} revisions  {total:5} statements measured, {refused} refused: "
        f"{counts['same']} lock as said ({100 * counts['same'] / max(1, total):.2f} %), {counts['locks']} locks"
    )
    for line in measured.differences[:show]:
        print(f"    {line}")
    return total, counts["same"]


def _shown(locks: Locks) -> str:
    return ", ".join(f"{mode} on {key[1]}" for key, mode in sorted(locks.items())) or "nothing"


def main() -> None:
    total, same = run("Compare the locks that are said with those that a server takes.", measure)
    print(f"{same} of {total} statements lock as said ({100 * same / max(1, total):.3f} %)")
    stop_servers()


if __name__ == "__main__":
    main()
