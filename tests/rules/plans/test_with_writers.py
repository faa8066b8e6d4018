"""Plans while others write: nobody waits longer than a moment, nothing that was written is lost."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from rules.plans import filling
from tests.databases import fresh_database, second_connection
from tests.rules.catalogue.judged import migration
from tests.rules.plans.served import Planned, base_of, fill, lay_out, planned
from tests.rules.test_catalogue_on_server import Migrations

VERSION = 16
LOCK_NOT_AVAILABLE = "55P03"
LONGEST_WAIT = "500ms"
"""A writer that waits longer for a lock fails."""
PAUSE = 0.005
"""Seconds between what a writer does; they leave row versions behind, which a build of an index reads."""
BUSY_ROWS = 300
SLOW = (
    "CREATE FUNCTION slow(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE"
    " AS $$ BEGIN PERFORM pg_sleep(0.003); RETURN lower(value); END $$",
    "CREATE FUNCTION slow_token() RETURNS text LANGUAGE plpgsql VOLATILE"
    " AS $$ BEGIN PERFORM pg_sleep(0.003); RETURN random()::text; END $$",
)
"""What takes the migration far longer than a writer waits: three milliseconds a row."""


class Writers:
    """Inserts rows and changes others, as the application does, until it is stopped; knows what it has committed."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.ages: dict[int, int] = {}
        self.emails: dict[int, str] = {}
        self.refused: list[str] = []
        self._stop = threading.Event()
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._write)

    def _write(self) -> None:
        self.connection.execute(f"SET lock_timeout = '{LONGEST_WAIT}'")
        turn = 0
        while not self._stop.wait(PAUSE):
            turn += 1
            if turn == 2:
                self._begun.set()
            try:
                self._one(turn)
            except psycopg.Error as error:
                self.refused.append(f"{error.sqlstate} {error}")
                break
        self._begun.set()

    def _one(self, turn: int) -> None:
        row = turn * 37 % BUSY_ROWS + 1
        self.connection.execute("UPDATE users SET age = %s WHERE id = %s", (turn, row))
        self.ages[row] = turn
        row = turn * 53 % BUSY_ROWS + 1
        email = f"{turn}@changed"
        self.connection.execute("UPDATE users SET email = %s WHERE id = %s", (email, row))
        self.emails[row] = email
        added = self.connection.execute(
            "INSERT INTO users (email, name, age) VALUES (%s, %s, %s) RETURNING id",
            (f"{turn}@new", f"New {turn}", turn),
        ).fetchone()
        assert added is not None
        self.ages[added[0]], self.emails[added[0]] = turn, f"{turn}@new"

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        self._thread.start()
        self._begun.wait()
        try:
            yield
        finally:
            self._stop.set()
            self._thread.join()


@dataclass
class Shop:
    connection: psycopg.Connection
    migrations: Migrations
    writers: Writers


@contextlib.contextmanager
def busy_shop(folder: Path, texts: dict[str, str]) -> Iterator[Shop]:
    """A shop of a few hundred users without an e-mail address."""
    folder.mkdir()
    with fresh_database(VERSION) as connection, second_connection(connection, VERSION) as other:
        for statement in SLOW:
            connection.execute(statement)
        migrations = lay_out(folder, connection, texts)
        assert migrations.upgrade(base_of(texts)) == ""
        fill(connection, rows=BUSY_ROWS)
        connection.execute("UPDATE users SET email = NULL")
        yield Shop(connection, migrations, Writers(other))


def assert_writers_pass(one: Planned, folder: Path, filled: str | None = None) -> None:
    """The plan lets those pass that the migration itself stops; `filled` is the column without NULL at its end."""
    with busy_shop(folder / "migration", one.laid_out.texts) as shop:
        with shop.writers.at_work():
            shop.migrations.upgrade()
        assert [refused[:5] for refused in shop.writers.refused] == [LOCK_NOT_AVAILABLE]
    with busy_shop(folder / "plan", one.texts) as shop:
        with shop.writers.at_work():
            assert shop.migrations.upgrade() == ""
        assert shop.writers.refused == []
        assert_nothing_lost(shop)
        if filled:
            query = f"SELECT count(*), count({filled}) FROM users"
            rows, values = shop.connection.execute(query).fetchone() or (0, 0)
            assert rows == values > BUSY_ROWS


def assert_nothing_lost(shop: Shop) -> None:
    for column, written in (("age", shop.writers.ages), ("email", shop.writers.emails)):
        found = dict(shop.connection.execute(f"SELECT id, {column} FROM users").fetchall())
        assert len(written) > 10
        assert {row: found[row] for row in written} == written


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "BATCH_ROWS", 40)


def test_a_column_is_filled_and_made_not_null(tmp_path: Path) -> None:
    text = migration(
        """
        op.execute("UPDATE users SET email = slow(name) WHERE email IS NULL")
        op.alter_column("users", "email", nullable=False)
        """
    )
    assert_writers_pass(planned("blocking-not-null", text), tmp_path, filled="email")


def test_a_column_with_a_volatile_default_is_added(tmp_path: Path) -> None:
    column = 'sa.Column("token", sa.Text(), server_default=sa.text("slow_token()"), nullable=False)'
    one = planned("volatile-column-default", migration(f'op.add_column("users", {column})'))
    assert_writers_pass(one, tmp_path, filled="token")


def test_a_check_is_added(tmp_path: Path) -> None:
    text = migration('op.create_check_constraint("users_named", "users", "length(slow(name)) > 0")')
    assert_writers_pass(planned("blocking-check", text), tmp_path)


def test_an_index_is_built(tmp_path: Path) -> None:
    text = migration(
        """
        op.add_column("orders", sa.Column("note", sa.Text()))
        op.create_index("ix_users_name", "users", [sa.text("slow(name)")])
        """
    )
    assert_writers_pass(planned("blocking-index-creation", text), tmp_path)


def test_a_type_is_changed(tmp_path: Path) -> None:
    slow_to_rebuild = migration('op.execute("CREATE INDEX ix_users_name ON users (slow(name))")')
    text = migration('op.alter_column("users", "age", type_=sa.BigInteger())')
    assert_writers_pass(planned("rewriting-type-change", text, before=slow_to_rebuild), tmp_path)
