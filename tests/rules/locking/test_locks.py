"""What `locks_of` says where a server cannot be asked: unknown tables, merged facts, other databases."""

from __future__ import annotations

import psycopg
import pytest

from rules.locks import LockFact, locks_of
from rules.model.locks import Blocks
from rules.model.names import Name
from rules.model.operations import Operation, Statement
from rules.model.place import Place
from rules.postgres.lock_modes import CONFLICTS, LockMode
from rules.reading.sql import operations_of
from rules.schema import Schema
from tests.databases import fresh_database, second_connection, versions


def _read(sql: str) -> tuple[Operation, ...]:
    return operations_of(Statement(sql, Place("m.py", 1)))


def _locks(sql: str, setup: str = "", version: int = 15, **options: bool) -> tuple[LockFact, ...]:
    schema = Schema.empty()
    for operation in _read(setup):
        schema = schema.after(operation)
    (operation,) = _read(sql)
    return locks_of(operation, schema, version, **options)


_USERS = Name("users")
_AE = LockMode.ACCESS_EXCLUSIVE


def test_a_table_never_seen_is_locked_all_the_same() -> None:
    assert _locks("ALTER TABLE users ADD COLUMN a INT") == (LockFact(_AE, (_USERS,)),)
    assert _locks("CREATE INDEX i ON users (a)") == (LockFact(LockMode.SHARE, (_USERS,), scans=True, builds=True),)


def test_an_index_of_an_unknown_table_stands_for_it() -> None:
    assert _locks("DROP INDEX i") == (LockFact(_AE, (Name("i"),)),)


def test_a_key_never_seen_may_take_foreign_keys_along() -> None:
    orders = "CREATE TABLE orders (user_id int REFERENCES users (id))"
    assert _locks("ALTER TABLE users DROP CONSTRAINT k CASCADE", orders) == (LockFact(_AE, (_USERS, Name("orders"))),)
    assert _locks("ALTER TABLE users DROP CONSTRAINT k", orders) == (LockFact(_AE, (_USERS,)),)
    known = f"CREATE TABLE users (id int PRIMARY KEY); {orders}"
    assert _locks("ALTER TABLE users DROP CONSTRAINT IF EXISTS k CASCADE", known) == (LockFact(_AE, (_USERS,)),)


def test_a_type_change_from_an_unknown_type_counts_as_a_rewrite() -> None:
    (fact,) = _locks("ALTER TABLE users ALTER COLUMN a TYPE text")
    assert fact.rewrites


def test_a_table_stands_under_its_strongest_lock_only() -> None:
    facts = _locks("INSERT INTO users SELECT * FROM users, orders")
    assert [(fact.mode, fact.tables) for fact in facts] == [
        (LockMode.ROW_EXCLUSIVE, (_USERS,)),
        (LockMode.ACCESS_SHARE, (Name("orders"),)),
    ]


def test_a_user_function_is_as_volatile_as_it_was_declared() -> None:
    add = "ALTER TABLE users ADD COLUMN a INT DEFAULT f()"
    assert _locks(add)[0].rewrites
    assert not _locks(add, "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql STABLE AS ''")[0].rewrites
    assert _locks(add, "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS ''")[0].rewrites


def test_the_session_in_utc_keeps_the_table_of_a_time_stamp() -> None:
    change = "ALTER TABLE users ALTER COLUMN a TYPE timestamptz"
    assert _locks(change, "CREATE TABLE users (a timestamp)")[0].rewrites
    assert not _locks(change, "CREATE TABLE users (a timestamp)", utc=True)[0].rewrites
    (fact,) = _locks(change, "CREATE TABLE users (a timestamp); CREATE INDEX i ON users (a)", utc=True)
    assert (fact.rewrites, fact.scans) == (False, True)


def test_other_databases_have_no_such_locks() -> None:
    (operation,) = _read("ALTER TABLE users ADD COLUMN a INT")
    assert locks_of(operation, Schema.empty("mysql")) == ()


def test_what_is_unread_or_harmless_locks_nothing() -> None:
    assert _locks("FROBNICATE users") == ()
    assert _locks("NOTIFY x") == ()


def test_who_waits_follows_from_the_mode() -> None:
    assert [mode.blocks for mode in LockMode] == [
        *[Blocks.NOTHING] * 3,
        Blocks.SCHEMA_CHANGES,
        *[Blocks.WRITES] * 3,
        Blocks.READS_AND_WRITES,
    ]


@pytest.mark.parametrize("version", versions())
def test_two_modes_exclude_each_other_as_the_server_has_it(version: int) -> None:
    with fresh_database(version) as one, second_connection(one, version) as two:
        one.execute("CREATE TABLE t (id int)")
        for held in LockMode:
            one.execute("BEGIN")
            one.execute(f"LOCK TABLE t IN {held} MODE".encode())
            refused = set()
            for asked in LockMode:
                two.execute("BEGIN")
                try:
                    two.execute(f"LOCK TABLE t IN {asked} MODE NOWAIT".encode())
                except psycopg.errors.LockNotAvailable:
                    refused.add(asked)
                two.execute("ROLLBACK")
            one.execute("ROLLBACK")
            assert refused == CONFLICTS[held]
            assert all(held.excludes(mode) and mode.excludes(held) for mode in refused)
