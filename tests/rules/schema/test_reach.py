"""A condition that holds a whole key to a few values reaches few rows, whatever the key's columns are called."""

from __future__ import annotations

import pytest

from rules.model.operations import Delete, Rows, Statement, Update
from rules.model.place import Place
from rules.reading.sql import operations_of
from rules.schema import Schema

_SETUP = (
    "CREATE TABLE users (key INT PRIMARY KEY, email TEXT UNIQUE, tenant INT, code TEXT, name TEXT, note TEXT,"
    " UNIQUE (tenant, code))",
    "CREATE UNIQUE INDEX ON users (name) WHERE note IS NULL",
    "CREATE UNIQUE INDEX ON users (lower(note))",
    "CREATE INDEX ON users (note)",
)


def _rows(sql: str, setup: tuple[str, ...] = _SETUP) -> Rows:
    schema = Schema.empty()
    for text in setup:
        for operation in operations_of(Statement(text, Place("m.py", 1))):
            schema = schema.after(operation)
    (operation,) = operations_of(Statement(sql, Place("m.py", 1)))
    assert isinstance(operation, Update | Delete)
    return schema.rows_of(operation)


@pytest.mark.parametrize(
    "condition",
    [
        "key = 1",
        "7 = users.key",
        "email = :email",
        "email = 'a' AND note <> 'b'",
        "email IN ('a', 'b', 'c')",
        "email = ANY(:emails)",
        "tenant = 1 AND code = 'x'",
        "code IN ('x', 'y') AND (tenant = 1 OR tenant = 2)",
        "email = 'a' OR email = 'b'",
        "email = 'a' OR key = 2 AND email = 'c'",
        "key IN (SELECT key FROM users WHERE note IS NULL LIMIT 1000)",
        "email = (SELECT max(email) FROM users)",
        "(tenant = 1 AND note = 'x') AND code = 'y'",
    ],
)
def test_a_key_held_to_a_few_values_bounds_the_rows(condition: str) -> None:
    for sql in (f"UPDATE users SET note = 'x' WHERE {condition}", f"DELETE FROM users WHERE {condition}"):
        assert _rows(sql) == Rows.BOUNDED


@pytest.mark.parametrize(
    "condition",
    [
        "tenant = 1",
        "code = 'x' AND name = 'y'",
        "name = 'x'",
        "note = 'x'",
        "lower(note) = 'x'",
        "email <> 'a'",
        "email = note",
        "email = lower(note)",
        "email LIKE 'a%'",
        "email = 'a' OR note = 'b'",
        "email = 'a' OR tenant = 1 AND code = 'b' OR tenant = 3",
        "NOT (email = 'a')",
        "email IN (SELECT note FROM users)",
        "email IS NULL",
        "tenant = 1 AND code > 'x'",
        "key > 1",
    ],
)
def test_anything_less_does_not(condition: str) -> None:
    for sql in (f"UPDATE users SET note = 'x' WHERE {condition}", f"DELETE FROM users WHERE {condition}"):
        assert _rows(sql) == Rows.UNBOUNDED


def test_a_key_counts_as_long_as_it_stands() -> None:
    update = "UPDATE users SET note = 'x' WHERE email = 'a'"
    assert _rows(update, (*_SETUP, "ALTER TABLE users DROP CONSTRAINT users_email_key")) == Rows.UNBOUNDED
    assert _rows(update, ()) == Rows.UNBOUNDED
    assert _rows(update, ("ALTER TABLE users ADD UNIQUE (email)",)) == Rows.BOUNDED
    assert _rows("UPDATE users SET note = 'x'") == Rows.ALL


def test_a_joined_table_s_column_is_not_the_target_s() -> None:
    assert _rows("UPDATE users SET note = 'x' FROM t WHERE t.email = 'a'") == Rows.JOINED
    assert _rows("UPDATE users u SET note = 'x' FROM t WHERE u.email = 'a' AND t.x = u.tenant") == Rows.BOUNDED
    assert _rows("DELETE FROM users USING t WHERE email = 'a'") == Rows.JOINED
