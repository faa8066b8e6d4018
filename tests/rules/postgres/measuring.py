"""What a real server does with one statement: locks from pg_locks, rewrites by file number, scans by its counters."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from rules.postgres.lock_modes import LockMode
from tests.databases import run_all, second_connection

_RELATIONS = """
SELECT c.oid, c.relname, c.relfilenode, c.relkind::text FROM pg_class c
 WHERE c.relnamespace IN ('public'::regnamespace) AND c.relkind IN ('r', 'p', 'm', 'v', 'i', 'I')
"""
_LOCKS = """
SELECT relation, mode, granted FROM pg_locks WHERE pid = %s AND locktype = 'relation' AND relation = ANY(%s)
"""
_INDEXES = """
SELECT c.relname, c.relfilenode FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE c.relkind = 'i' AND i.indrelid = ANY(%s)
"""
_SCANS = "SELECT relid, seq_scan FROM pg_stat_xact_user_tables WHERE relid = ANY(%s)"
_MODES = {
    "AccessShareLock": LockMode.ACCESS_SHARE,
    "RowShareLock": LockMode.ROW_SHARE,
    "RowExclusiveLock": LockMode.ROW_EXCLUSIVE,
    "ShareUpdateExclusiveLock": LockMode.SHARE_UPDATE_EXCLUSIVE,
    "ShareLock": LockMode.SHARE,
    "ShareRowExclusiveLock": LockMode.SHARE_ROW_EXCLUSIVE,
    "ExclusiveLock": LockMode.EXCLUSIVE,
    "AccessExclusiveLock": LockMode.ACCESS_EXCLUSIVE,
}


@dataclass(frozen=True)
class Measured:
    """Of relations that existed before: the strongest mode of each, those written anew, those read through.

    `built` are their indexes that were not there before, or have another file than before.
    """

    locks: dict[str, LockMode]
    kinds: dict[str, str]
    rewritten: frozenset[str]
    scanned: frozenset[str]
    built: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Relation:
    name: str
    file: int
    kind: str


_standing: dict[str, tuple[str, ...]] = {}
"""Server and database -> the set-up that stands there: a transaction rolled back leaves it as it was."""


def prepared(connection: psycopg.Connection, setup: Sequence[str]) -> dict[int, Relation]:
    """An empty schema, then the set-up; what is there then, by its number, which no rename changes."""
    place = f"{connection.info.host}/{connection.info.dbname}"
    if _standing.get(place) != tuple(setup):
        connection.execute("DROP SCHEMA IF EXISTS public, app CASCADE; CREATE SCHEMA public")
        run_all(connection, ["; ".join(setup)])
        _standing[place] = tuple(setup)
    return _relations(connection)


def forget(connection: psycopg.Connection) -> None:
    """The set-up does not stand any more."""
    _standing.pop(f"{connection.info.host}/{connection.info.dbname}", None)


def _relations(connection: psycopg.Connection) -> dict[int, Relation]:
    return {number: Relation(*rest) for number, *rest in connection.execute(_RELATIONS).fetchall()}


def _written_anew(before: dict[int, Relation], after: dict[int, Relation]) -> frozenset[str]:
    return frozenset(
        relation.name
        for number, relation in before.items()
        if number in after and after[number].file != relation.file and relation.kind in "rpm"
    )


def measured(connection: psycopg.Connection, setup: Sequence[str], statement: str) -> Measured:
    """Inside a transaction, which is rolled back."""
    before = prepared(connection, setup)
    numbers = list(before)
    connection.execute("BEGIN")
    try:
        scans = dict(connection.execute(_SCANS, (numbers,)).fetchall())
        connection.execute(statement.encode())
        locks = connection.execute(_LOCKS, (connection.info.backend_pid, numbers)).fetchall()
        later_scans = connection.execute(_SCANS, (numbers,)).fetchall()
        after = _relations(connection)
        built = connection.execute(_INDEXES, (numbers,)).fetchall()
    finally:
        connection.execute("ROLLBACK")
    scanned = frozenset(before[number].name for number, count in later_scans if count > scans.get(number, 0))
    files = {relation.file for relation in before.values()}
    anew = frozenset(name for name, file in built if file not in files)
    return Measured(_strongest(locks, before), _kinds(before), _written_anew(before, after), scanned, anew)


def measured_alone(
    connection: psycopg.Connection, setup: Sequence[str], statement: str, version: int, held: Sequence[str] = ()
) -> Measured:
    """Of a statement that no transaction takes: what it asks for while another session keeps it waiting.

    `held` are the locks of the other session, as LOCK TABLE takes them; without it SHARE UPDATE EXCLUSIVE on all.
    """
    before = prepared(connection, setup)
    forget(connection)
    tables = [relation.name for relation in before.values() if relation.kind in "rp"]
    held = held or [f"{table} IN SHARE UPDATE EXCLUSIVE MODE" for table in tables]
    with second_connection(connection, version) as holder, second_connection(connection, version) as watcher:
        holder.execute("BEGIN")
        for lock in held:
            holder.execute(f"LOCK TABLE ONLY {lock}".encode())
        running = threading.Thread(target=connection.execute, args=(statement.encode(),))
        running.start()
        locks = _while_waiting(watcher, connection.info.backend_pid, before)
        holder.execute("ROLLBACK")
        running.join(30)
    assert not running.is_alive()
    return Measured(locks, _kinds(before), _written_anew(before, _relations(connection)), frozenset())


def _kinds(relations: dict[int, Relation]) -> dict[str, str]:
    return {relation.name: relation.kind for relation in relations.values()}


def _while_waiting(watcher: psycopg.Connection, pid: int, relations: dict[int, Relation]) -> dict[str, LockMode]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        rows = watcher.execute(_LOCKS, (pid, list(relations))).fetchall()
        if any(not granted for _, _, granted in rows):
            return _strongest(rows, relations)
    raise AssertionError("the statement waits for nothing")


def _strongest(rows: Sequence[tuple[int, str, bool]], relations: dict[int, Relation]) -> dict[str, LockMode]:
    found: dict[str, LockMode] = {}
    for number, mode, _ in rows:
        name = relations[number].name
        held = found.get(name)
        if held is None or _MODES[mode].rank > held.rank:
            found[name] = _MODES[mode]
    return found
