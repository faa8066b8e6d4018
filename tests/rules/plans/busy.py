"""An application that writes while migrations run, over tables that count as big: each row that is read takes time."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event

from tests.databases import fresh_database, second_connection
from tests.rules.plans.served import base_of, fill, lay_out
from tests.rules.test_catalogue_on_server import Migrations

VERSION = 16
LOCK_NOT_AVAILABLE = "55P03"
LONGEST_WAIT = "2s"
"""A writer that waits longer for a lock fails."""
ROWS = 300
SECONDS_OF_A_ROW = 0.008
"""What reading one takes a migration: a look at the whole table lasts longer than a writer waits."""
PAUSE = 0.01
"""Seconds between what a writer does; it leaves row versions behind, which a build of an index reads."""
_ALTERS = re.compile(r"\s*ALTER\s+TABLE\b(?!.*\bCONCURRENTLY\b)", re.IGNORECASE | re.DOTALL)
_ROWS_READ = (
    "SELECT coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0)::int FROM pg_stat_xact_user_tables"
)


@dataclass
class Book:
    """A table that the application writes, and what it has committed there. `row` is what a new row holds in its turn;
    old rows get the same, but for `fixed` columns."""

    table: str
    key: str
    row: Callable[[int], Mapping[str, object]]
    fixed: tuple[str, ...] = ()
    written: dict[object, dict[str, object]] = field(default_factory=dict)
    gone: set[object] = field(default_factory=set)

    def turn(self, number: int, old: Sequence[object], connection: psycopg.Connection) -> None:
        """A row comes, two rows change in one column each, every third time a row goes."""
        values = dict(self.row(number))
        names, places = ", ".join(values), ", ".join(["%s"] * len(values))
        insert = f"INSERT INTO {self.table} ({names}) VALUES ({places}) RETURNING {self.key}"
        added = connection.execute(insert, tuple(values.values())).fetchone()
        assert added is not None
        self.written[added[0]] = values
        for at, name in enumerate(name for name in values if name not in self.fixed):
            row = old[(number * 37 + at * 53) % len(old)]
            connection.execute(f"UPDATE {self.table} SET {name} = %s WHERE {self.key} = %s", (values[name], row))
            self.written.setdefault(row, {})[name] = values[name]
        if number % 3 == 0:
            connection.execute(f"DELETE FROM {self.table} WHERE {self.key} = %s", (added[0],))
            del self.written[added[0]]
            self.gone.add(added[0])

    def assert_nothing_lost(self, connection: psycopg.Connection) -> None:
        assert len(self.written) > 10
        columns = tuple(dict(self.row(0)))
        found = {
            key: dict(zip(columns, values, strict=True))
            for key, *values in connection.execute(f"SELECT {self.key}, {', '.join(columns)} FROM {self.table}")
        }
        assert {key: {name: found[key][name] for name in row} for key, row in self.written.items()} == self.written
        assert not self.gone & found.keys()


def users() -> Book:
    return Book("users", "id", lambda turn: {"email": f"{turn}@new", "age": turn})


def orders() -> Book:
    return Book("orders", "id", lambda turn: {"user_id": turn % ROWS + 1, "status": f"sent {turn}"})


class Application:
    """Writes into its tables until it is stopped."""

    def __init__(self, connection: psycopg.Connection, books: Sequence[Book]) -> None:
        self.connection = connection
        self.books = books
        self.refused: list[str] = []
        self._stop = threading.Event()
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._write)

    def _write(self) -> None:
        self.connection.execute(f"SET lock_timeout = '{LONGEST_WAIT}'")
        keys = [[key for (key,) in self.connection.execute(f"SELECT {b.key} FROM {b.table}")] for b in self.books]
        number = 0
        try:
            while not self._stop.wait(PAUSE):
                number += 1
                for book, old in zip(self.books, keys, strict=True):
                    book.turn(number, old, self.connection)
                if number == 12:
                    self._begun.set()
        except psycopg.Error as error:
            self.refused.append(f"{error.sqlstate} {error}")
        self._begun.set()

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        self._thread.start()
        self._begun.wait()
        try:
            yield
        finally:
            self._stop.set()
            self._thread.join()


@contextlib.contextmanager
def big_tables() -> Iterator[None]:
    """Every statement of a migration keeps its locks for as long as the rows that it has read ask for.

    An ALTER TABLE outside a transaction gets one for that time. Batches are left alone: over a few hundred rows the
    server reads all of them for each.
    """
    read: dict[int, int] = {}

    def rows_read(raw: psycopg.Connection) -> int:
        found = raw.execute(_ROWS_READ).fetchone()
        return int(found[0]) if found else 0

    def before(_: Any, cursor: Any, statement: str, *__: Any) -> None:
        raw = cursor.connection
        if raw.autocommit and _ALTERS.match(statement):
            raw.execute("BEGIN")
        read[id(raw)] = rows_read(raw)

    def after(_: Any, cursor: Any, *__: Any) -> None:
        raw = cursor.connection
        if raw.info.transaction_status == TransactionStatus.INTRANS:
            rows = rows_read(raw) - read[id(raw)]
            if rows > 0:
                raw.execute("SELECT pg_sleep(%s)", (rows * SECONDS_OF_A_ROW,))
            if raw.autocommit:
                raw.execute("COMMIT")

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", before)
        event.remove(Engine, "after_cursor_execute", after)


@dataclass
class Shop:
    connection: psycopg.Connection
    migrations: Migrations
    application: Application


@contextlib.contextmanager
def busy_shop(
    folder: Path, texts: dict[str, str], books: Sequence[Book], more: tuple[str, ...] = (), version: int = VERSION
) -> Iterator[Shop]:
    """A shop with a few hundred users and orders; `more` fills what else there is."""
    folder.mkdir()
    with fresh_database(version) as connection, second_connection(connection, version) as other:
        migrations = lay_out(folder, connection, texts)
        assert migrations.upgrade(base_of(texts)) == ""
        fill(connection, more, rows=ROWS)
        connection.execute("ANALYZE")
        other.prepare_threshold = None  # one prepared before a type change, that returns the column, is refused once
        yield Shop(connection, migrations, Application(other, books))
