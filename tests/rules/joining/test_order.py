"""Two lines of revisions: whether the order is free. Where it is said to be, a real server agrees."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from random import Random

import psycopg
import pytest

from rules.joining import what_ties
from rules.model.operations import Statement
from rules.model.place import Place
from rules.model.script import MigrationScript
from rules.reading.sql import operations_of
from rules.schema import Schema
from tests.databases import catalog_of, fresh_database, run_all

SHOP = (
    "CREATE TYPE mood AS ENUM ('calm', 'busy')",
    "CREATE TABLE users (id bigint PRIMARY KEY, email text, age integer, city varchar(20))",
    "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, status text DEFAULT 'open', total integer)",
    "CREATE INDEX ix_users_city ON users (city)",
    "ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0)",
    "CREATE VIEW grown_ups AS SELECT id, age FROM users WHERE age > 17",
    "INSERT INTO users VALUES (1, 'a@example.com', 20, 'Rome'), (2, NULL, 10, 'Oslo')",
    "INSERT INTO orders VALUES (1, 1, 'open', 5), (2, 2, 'paid', 7)",
)
STEPS = (
    "ALTER TABLE users ADD COLUMN phone text",
    "ALTER TABLE users ADD COLUMN fax text NOT NULL DEFAULT ''",
    "ALTER TABLE users ADD COLUMN boss bigint REFERENCES users (id)",
    "ALTER TABLE users ADD COLUMN mood mood",
    "ALTER TABLE users DROP COLUMN city",
    "ALTER TABLE users RENAME COLUMN city TO town",
    "ALTER TABLE users ALTER COLUMN age TYPE bigint",
    "ALTER TABLE users ALTER COLUMN city SET DEFAULT 'Rome'",
    "ALTER TABLE users ALTER COLUMN city SET DEFAULT 'Oslo'",
    "ALTER TABLE users ALTER COLUMN email SET NOT NULL",
    "UPDATE users SET email = 'nobody@example.com' WHERE email IS NULL",
    "CREATE INDEX ix_users_email ON users (email)",
    "CREATE UNIQUE INDEX ux_users_email ON users (email)",
    "DROP INDEX ix_users_city",
    "ALTER INDEX ix_users_city RENAME TO ix_city",
    "CREATE TABLE cities (name text PRIMARY KEY, mood mood)",
    "INSERT INTO users (id, email) VALUES (3, 'a@example.com')",
    "DELETE FROM users WHERE age < 18",
    "ALTER TABLE orders ADD CONSTRAINT fk_user FOREIGN KEY (user_id) REFERENCES users (id)",
    "ALTER TABLE orders ADD CONSTRAINT status_known CHECK (status IN ('open', 'paid'))",
    "ALTER TABLE orders DROP CONSTRAINT total_positive",
    "ALTER TABLE orders RENAME COLUMN total TO amount",
    "ALTER TABLE orders ADD COLUMN note text",
    "ALTER TABLE orders DROP COLUMN total",
    "ALTER TABLE orders ADD CHECK (total > 0 AND status <> '')",
    "ALTER TABLE orders ADD CHECK (total > 0 AND id > 0)",
    "CREATE INDEX ix_orders_status ON orders (status)",
    "CREATE INDEX ON orders (status, total)",
    "CREATE INDEX ON orders (total, status)",
    "DROP TABLE orders",
    "ALTER TABLE orders RENAME TO purchases",
    "DROP VIEW grown_ups",
    "CREATE VIEW emails AS SELECT email FROM users",
    "CREATE SEQUENCE cities",
    "CREATE TYPE size AS ENUM ('s', 'm')",
    "ALTER TYPE mood ADD VALUE 'merry'",
    "ALTER TYPE mood RENAME VALUE 'calm' TO 'quiet'",
    "COMMENT ON COLUMN users.city IS 'where they live'",
    "SET lock_timeout = '4s'",
)


def line(name: str, *statements: str) -> list[MigrationScript]:
    upgrade = tuple(one for sql in statements for one in operations_of(Statement(sql, Place("m.py", 1))))
    return [MigrationScript(f"versions/{name}.py", "", name, ("base",), upgrade=upgrade)]


def shop() -> Schema:
    schema = Schema.empty()
    for script in line("base", *SHOP):
        for operation in script.upgrade:
            schema = schema.after(operation)
    return schema


def ties(ours: str | Sequence[str], theirs: str | Sequence[str]) -> str:
    one, other = ((each,) if isinstance(each, str) else each for each in (ours, theirs))
    return what_ties(shop(), line("ours", *one), line("theirs", *other))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("ALTER TABLE users ADD COLUMN phone text", "ALTER TABLE users ADD COLUMN fax text"),
        ("ALTER TABLE users ADD COLUMN phone text", "CREATE INDEX ix_orders_status ON orders (status)"),
        ("CREATE TABLE a (id int)", "CREATE TABLE b (id int)"),
        ("CREATE INDEX ix_a ON users (email)", "CREATE INDEX ix_b ON users (email)"),
        ("UPDATE orders SET status = 'paid'", "ALTER TABLE users ADD COLUMN phone text"),
        ("SET lock_timeout = '4s'", "ALTER TABLE users DROP COLUMN city"),
        ("ALTER TABLE users ADD COLUMN boss bigint REFERENCES users (id)", "ALTER TABLE users ADD COLUMN phone text"),
    ],
)
def test_lines_that_touch_nothing_in_common_may_run_in_either_order(ours: str, theirs: str) -> None:
    assert ties(ours, theirs) == ""
    assert ties(theirs, ours) == ""


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [
        ("ALTER TABLE users ADD COLUMN phone text", "ALTER TABLE users ADD COLUMN phone int", "both change column"),
        ("CREATE INDEX ix_a ON users (city)", "ALTER TABLE users DROP COLUMN city", "`users.city`, which `ours` uses"),
        ("ALTER TABLE users DROP COLUMN city", "CREATE INDEX ix_a ON users (city)", "`users.city`, which `theirs` use"),
        ("CREATE INDEX ix ON users (age)", "CREATE INDEX ix ON orders (total)", "both change `ix`"),
        ("UPDATE users SET age = 1", "ALTER TABLE users ADD COLUMN phone text", "column `users.phone`"),
        ("UPDATE users SET age = 1", "UPDATE users SET age = 2", "both change the rows of `users`"),
        ("INSERT INTO orders SELECT id FROM users", "DELETE FROM users", "the rows of `users`"),
        ("ALTER TABLE users ALTER COLUMN email SET NOT NULL", "UPDATE users SET email = ''", "`users.email`"),
        ("DROP INDEX ix_users_city", "ALTER TABLE users DROP COLUMN city", "`users.city`"),
        ("ALTER TYPE mood ADD VALUE 'a'", "ALTER TYPE mood ADD VALUE 'b'", "both change type `mood`"),
        ("CREATE TABLE x (id int)", "CREATE VIEW x AS SELECT 1", "`x`"),
        (
            "ALTER TABLE users ALTER COLUMN age TYPE bigint USING length(email)",
            "ALTER TABLE users DROP COLUMN email",
            "`users.email`, which `ours` uses",
        ),
        (
            "ALTER TABLE orders ADD CHECK (total > 0 AND status <> '')",
            "ALTER TABLE orders ADD CHECK (total > 0 AND id > 0)",
            "the two orders end in different schemas",
        ),
        ("ALTER TABLE orders RENAME TO o", "ALTER TABLE orders ADD COLUMN n int", "`orders.n`"),
        ("COMMENT ON TABLE users IS 'a'", "COMMENT ON TABLE users IS 'b'", "the comment of `users`"),
        ("ALTER TABLE orders DROP CONSTRAINT total_positive", "ALTER TABLE orders RENAME total TO t", "orders.total"),
    ],
)
def test_what_both_touch_is_named(ours: str, theirs: str, words: str) -> None:
    assert words in ties(ours, theirs)
    assert ties(theirs, ours)


@pytest.mark.parametrize(
    "sql",
    [
        "DO $$ BEGIN EXECUTE 'DROP TABLE users'; END $$",
        "SELECT setval('s', 5)",
        "SET search_path = other",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1 FROM users'",
        "DROP TABLE orders CASCADE",
        "DROP INDEX made_by_hand",
        "CREATE TABLE t AS SELECT * FROM users",
        "WHATEVER users",
        "COMMIT",
    ],
)
def test_what_cannot_be_known_ties(sql: str) -> None:
    assert ties(sql, "CREATE TABLE a (id int)")
    assert ties("CREATE TABLE a (id int)", sql)


def test_a_line_may_use_what_it_made_itself() -> None:
    made = ("CREATE TABLE t (id int)", "CREATE INDEX ix_t ON t (id)", "DROP INDEX ix_t", "INSERT INTO t VALUES (1)")
    assert ties(made, "ALTER TABLE users ADD COLUMN phone text") == ""


def left_by(connection: psycopg.Connection, statements: Sequence[str]) -> object:
    """The catalog and the rows, or the error; everything is undone."""
    try:
        with connection.transaction(force_rollback=True):
            run_all(connection, statements)
            names = connection.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200")
            rows = {
                name: sorted(str(row) for row in connection.execute(f'SELECT to_jsonb(t) FROM "{name}" t'))
                for (name,) in names.fetchall()
            }
            return catalog_of(connection), rows
    except psycopg.Error as error:
        return type(error).__name__


def agree_on_a_server(pairs: Sequence[tuple[str, str]]) -> int:
    """How many of them ran; the others fail in either order alike."""
    ran = 0
    with fresh_database() as connection:
        run_all(connection, SHOP)
        for one, other in pairs:
            first, last = left_by(connection, (one, other)), left_by(connection, (other, one))
            assert first == last, (one, other)
            ran += isinstance(first, tuple)
    return ran


def free_pairs() -> list[tuple[str, str]]:
    start = shop()
    lines = {sql: line("it", sql) for sql in STEPS}
    return [pair for pair in combinations(STEPS, 2) if not what_ties(start, lines[pair[0]], lines[pair[1]])]


def test_a_server_agrees_on_forty_pairs_whose_order_is_said_to_be_free() -> None:
    pairs = free_pairs()
    assert len(pairs) > 200
    assert agree_on_a_server(Random(6).sample(pairs, 40)) > 30


@pytest.mark.slow
def test_a_server_agrees_on_every_pair_whose_order_is_said_to_be_free() -> None:
    pairs = free_pairs()
    print(f"{len(pairs)} of {len(list(combinations(STEPS, 2)))} pairs are free; {agree_on_a_server(pairs)} ran")
