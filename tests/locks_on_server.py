"""The locks of public histories against `pg_locks` of a real server, statement by statement.

    python -m tests.locks_on_server [--folder DIR] [--show N] [NAME ...]

Each statement runs in a transaction of its own, on tables without rows; compared is every table, view and materialized
view that was there before, with its strongest lock above ACCESS SHARE. What the server refuses is left out and counted.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import psycopg

from rules.locks import locks_of
from rules.model.location import ScriptLocation
from rules.model.operations import Operation
from rules.postgres.lock_modes import LockMode
from rules.reading import read_location
from rules.schema import Schema
from tests.corpora import FOLDER, chosen, fetch, texts_of
from tests.databases import NEWEST, fresh_database, stop_servers
from tests.folding import ordered, statements
from tests.projects import Project

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


def measure(project: Project, folder: Path, show: int) -> None:
    root = fetch(project, folder)
    where = ScriptLocation(project.versions[0].rpartition("/")[0], project.versions)
    scripts = ordered(read_location(where, texts_of(root)).scripts)
    schema = Schema.empty()
    counts: Counter[str] = Counter()
    differences: list[str] = []
    with fresh_database() as connection:
        connection.execute("SET client_min_messages = error")
        for sql, operations in statements(scripts):
            if not sql:
                continue
            ours, after = said(operations, schema)
            try:
                theirs, before = taken(connection, sql)
            except psycopg.Error:
                counts["refused"] += 1
                continue
            schema = after
            weak = LockMode.ACCESS_SHARE
            real = {key: mode for key, mode in theirs.items() if mode is not weak}
            known = {key: mode for key, mode in ours.items() if mode is not weak and key in before}
            counts["same" if real == known else "other"] += 1
            counts["locks"] += len(real)
            if real != known:
                differences.append(
                    f"{' '.join(sql.split())[:110]}\n        server {_shown(real)}\n        said   {_shown(known)}"
                )
    total = counts["same"] + counts["other"]
    print(
        f"{project.name:12} {len(scripts):4} revisions  {total:5} statements measured, {counts['refused']} refused: "
        f"{counts['same']} lock as said ({100 * counts['same'] / max(1, total):.2f} %), {counts['locks']} locks"
    )
    for line in differences[:show]:
        print(f"    {line}")


def _shown(locks: Locks) -> str:
    return ", ".join(f"{mode} on {key[1]}" for key, mode in sorted(locks.items())) or "nothing"


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare the locks that are said with those that a server takes.")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--show", type=int, default=5)
    options = parser.parse_args()
    for project in chosen(options.names):
        measure(project, options.folder, options.show)
    stop_servers()


if __name__ == "__main__":
    main()
