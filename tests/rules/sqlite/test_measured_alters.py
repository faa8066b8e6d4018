"""What is said of ALTER TABLE, and of transactions, against the SQLite of Python's `sqlite3`."""

from __future__ import annotations

import sqlite3

import pytest

from rules.model.names import Name
from rules.model.operations import Statement
from rules.model.place import Place
from rules.reading.sql import operations_of
from rules.schema import Schema
from rules.sqlite.altering import refusal

TABLES = (
    "CREATE TABLE p (id INTEGER PRIMARY KEY)",
    "CREATE TABLE t (id INTEGER PRIMARY KEY, code TEXT UNIQUE, n INT, note TEXT, p_id INT REFERENCES p (id), free INT)",
    "CREATE INDEX by_n ON t (n)",
    "CREATE INDEX by_note ON t (lower(note))",
)
ALTERS = (
    "t ADD COLUMN z INT",
    "t ADD COLUMN z INT NOT NULL",
    "t ADD COLUMN z INT NOT NULL DEFAULT 5",
    "t ADD COLUMN z TEXT NOT NULL DEFAULT 'it''s'",
    "t ADD COLUMN z INT UNIQUE",
    "t ADD COLUMN z INT PRIMARY KEY",
    "t ADD COLUMN z DATETIME DEFAULT CURRENT_TIMESTAMP",
    "t ADD COLUMN z DATETIME DEFAULT (CURRENT_TIMESTAMP)",
    "t ADD COLUMN z INT DEFAULT (1 + 1)",
    "t ADD COLUMN z INT DEFAULT -1.5",
    "t ADD COLUMN z INT DEFAULT TRUE",
    "t ADD COLUMN z INT DEFAULT NULL",
    "t ADD COLUMN z INT AS (n + 1) STORED",
    "t ADD COLUMN z INT AS (n + 1) VIRTUAL",
    "t ADD COLUMN z INT CHECK (z > 0)",
    "t ADD COLUMN z INT REFERENCES p (id)",
    "t DROP COLUMN id",
    "t DROP COLUMN code",
    "t DROP COLUMN n",
    "t DROP COLUMN note",
    "t DROP COLUMN p_id",
    "t DROP COLUMN free",
    "t RENAME COLUMN n TO m",
    "t RENAME TO u",
    "t ALTER COLUMN free SET NOT NULL",
    "t ALTER COLUMN free TYPE BIGINT",
    "t ALTER COLUMN free SET DEFAULT 5",
    "t ADD CONSTRAINT c UNIQUE (n)",
    "t ADD CONSTRAINT c FOREIGN KEY (n) REFERENCES p (id)",
    "t DROP CONSTRAINT c",
)


def refused(alter: str, rows: bool) -> bool:
    with sqlite3.connect(":memory:") as connection:
        for statement in TABLES:
            connection.execute(statement)
        if rows:
            connection.execute("INSERT INTO t (id) VALUES (1)")
        try:
            connection.execute(f"ALTER TABLE {alter}")
        except sqlite3.OperationalError:
            return True
    return False


@pytest.mark.parametrize("alter", ALTERS)
def test_sqlite_refuses_what_is_said(alter: str) -> None:
    schema = Schema.empty("sqlite")
    for statement in TABLES:
        for operation in operations_of(Statement(statement, Place("", 1)), "sqlite"):
            schema = schema.after(operation)
    (operation,) = operations_of(Statement(f"ALTER TABLE {alter}", Place("", 1)), "sqlite")
    said = refusal(operation, schema.table(Name("t")))
    assert (said is not None) == refused(alter, rows=True)
    assert (said is not None and said.when_empty) == refused(alter, rows=False)


def test_statements_about_the_schema_are_undone_where_the_transaction_is_begun_by_hand() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("BEGIN")
    connection.execute("CREATE TABLE t (a INT)")
    connection.execute("ROLLBACK")
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []


def test_the_driver_begins_no_transaction_for_them_by_itself() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (a INT)")
    assert not connection.in_transaction
    connection.rollback()
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("t",)]


@pytest.mark.parametrize(("enforced", "left"), [(False, 1), (True, 0)])
def test_dropping_a_table_deletes_what_follows_it_where_foreign_keys_are_enforced(enforced: bool, left: int) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute(f"PRAGMA foreign_keys = {enforced:d}")
    connection.execute("CREATE TABLE p (id INTEGER PRIMARY KEY)")
    connection.execute("CREATE TABLE c (p_id INT REFERENCES p (id) ON DELETE CASCADE)")
    connection.execute("INSERT INTO p VALUES (1)")
    connection.execute("INSERT INTO c VALUES (1)")
    connection.execute("DROP TABLE p")
    assert connection.execute("SELECT count(*) FROM c").fetchone() == (left,)
