"""What tells two schemas apart: exact for generated changes, and equal to what a real server's catalogs say."""

from __future__ import annotations

import random
import re

import pytest

from rules.model.operations import Direction, Operation, Statement
from rules.model.place import Place
from rules.reading.sql import operations_of
from rules.schema import Schema
from rules.schema.differences import Difference, Left, Missing, Thing, differences
from tests.databases import catalog_of, fresh_database, run_all

START = (
    "CREATE TYPE mood AS ENUM ('ok', 'bad')",
    "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(320), age integer DEFAULT 1, m mood)",
    "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, status text NOT NULL DEFAULT 'open')",
    "ALTER TABLE orders ADD COLUMN total numeric(12,2)",
    "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0)",
    "ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id)",
    "ALTER TABLE users ADD CONSTRAINT one_email UNIQUE (email)",
    "CREATE INDEX ix_status ON orders (status)",
    "CREATE VIEW adults AS SELECT id FROM users WHERE age > 17",
    "CREATE SEQUENCE numbers",
    "ALTER TABLE users ADD COLUMN active boolean DEFAULT false",
)
PAIRS = (
    ("ALTER TABLE users ADD COLUMN phone text", "ALTER TABLE users DROP COLUMN phone"),
    ("CREATE INDEX ix_age ON users (age)", "DROP INDEX ix_age"),
    ("CREATE UNIQUE INDEX ux ON orders (status) WHERE total > 1", "DROP INDEX ux"),
    ("ALTER TABLE users ALTER COLUMN age SET DEFAULT 2", "ALTER TABLE users ALTER COLUMN age SET DEFAULT 1"),
    ("ALTER TABLE users ALTER COLUMN age DROP DEFAULT", "ALTER TABLE users ALTER COLUMN age SET DEFAULT 1"),
    ("ALTER TABLE orders ALTER COLUMN status DROP NOT NULL", "ALTER TABLE orders ALTER COLUMN status SET NOT NULL"),
    ("ALTER TABLE users ALTER COLUMN email TYPE text", "ALTER TABLE users ALTER COLUMN email TYPE varchar(320)"),
    (
        "ALTER TABLE orders ALTER COLUMN total TYPE numeric(14,2)",
        "ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,2)",
    ),
    ("ALTER TABLE orders DROP CONSTRAINT positive", "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0)"),
    (
        "ALTER TABLE orders DROP CONSTRAINT of_user",
        "ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id)",
    ),
    ("ALTER TABLE users DROP CONSTRAINT one_email", "ALTER TABLE users ADD CONSTRAINT one_email UNIQUE (email)"),
    ("DROP INDEX ix_status", "CREATE INDEX ix_status ON orders (status)"),
    ("CREATE TABLE notes (id bigint PRIMARY KEY, body text)", "DROP TABLE notes"),
    ("CREATE TYPE size AS ENUM ('s', 'l')", "DROP TYPE size"),
    ("CREATE SEQUENCE others", "DROP SEQUENCE others"),
    ("DROP SEQUENCE numbers", "CREATE SEQUENCE numbers"),
    ("CREATE VIEW v AS SELECT status FROM orders", "DROP VIEW v"),
    ("ALTER TABLE users RENAME COLUMN email TO mail", "ALTER TABLE users RENAME COLUMN mail TO email"),
    ("ALTER TABLE orders RENAME TO purchases", "ALTER TABLE purchases RENAME TO orders"),
    ("ALTER INDEX ix_status RENAME TO ix_state", "ALTER INDEX ix_state RENAME TO ix_status"),
    (
        "ALTER TABLE users RENAME CONSTRAINT one_email TO each_email",
        "ALTER TABLE users RENAME CONSTRAINT each_email TO one_email",
    ),
    (
        "ALTER TABLE users ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY",
        "ALTER TABLE users ALTER COLUMN id DROP IDENTITY",
    ),
    ("ALTER TYPE mood RENAME VALUE 'bad' TO 'sad'", "ALTER TYPE mood RENAME VALUE 'sad' TO 'bad'"),
    (
        "ALTER TABLE orders ADD CONSTRAINT known CHECK (status <> '') NOT VALID",
        "ALTER TABLE orders DROP CONSTRAINT known",
    ),
    ("CREATE DOMAIN code AS text", "DROP DOMAIN code"),
    (
        'ALTER TABLE orders ALTER COLUMN status TYPE text COLLATE "C"',
        "ALTER TABLE orders ALTER COLUMN status TYPE text",
    ),
    ("ALTER TABLE users DROP COLUMN active", "ALTER TABLE users ADD COLUMN active boolean DEFAULT 'FALSE'"),
)
OTHERWISE = (
    ("ALTER TABLE users DROP COLUMN age CASCADE", "ALTER TABLE users ADD COLUMN age integer DEFAULT 1"),
    ("ALTER TABLE users DROP COLUMN email", "ALTER TABLE users ADD COLUMN email varchar(100)"),
    ("ALTER TABLE orders DROP COLUMN status", "ALTER TABLE orders ADD COLUMN status text"),
    ("ALTER TABLE orders DROP CONSTRAINT positive", "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 1)"),
    (
        "ALTER TABLE orders DROP CONSTRAINT positive",
        "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0) NOT VALID",
    ),
    ("DROP INDEX ix_status", "CREATE UNIQUE INDEX ix_status ON orders (status)"),
    ("DROP INDEX ix_status", "CREATE INDEX ix_state ON orders (status)"),
    (
        "ALTER TABLE orders DROP CONSTRAINT of_user",
        "ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE",
    ),
    ("ALTER TABLE users RENAME COLUMN email TO mail", "ALTER TABLE users RENAME COLUMN mail TO e_mail"),
)


def parsed(sql: str) -> list[Operation]:
    return list(operations_of(Statement(sql, Place("x.py", 1), Direction.UPGRADE)))


def folded(schema: Schema, statements: tuple[str, ...], revision: str) -> Schema:
    for sql in statements:
        for operation in parsed(sql):
            schema = schema.after(operation, revision=revision)
    return schema


def found(ups: tuple[str, ...], downs: tuple[str, ...]) -> tuple[Difference, ...]:
    start = folded(Schema.empty(), START, "start")
    return differences(start, folded(folded(start, ups, "up"), downs, "down"))


def names_in(lines: set[str]) -> set[str]:
    return {word for line in lines for word in re.findall(r"\w+", line)}


@pytest.mark.parametrize(("up", "down"), [*PAIRS, *OTHERWISE, *((up, "SELECT 1") for up, _ in PAIRS)])
def test_the_model_differs_where_the_catalogs_of_a_server_differ(up: str, down: str) -> None:
    with fresh_database() as connection:
        run_all(connection, START)
        before = {*catalog_of(connection)}
        run_all(connection, (up, down))
        after = {*catalog_of(connection)}
    said = found((up,), (down,))
    assert bool(said) == (before != after), (said, before ^ after)
    for each in said:
        assert each.name.split(".")[-1] in names_in(before ^ after)
    gone = {each.name for each in said if isinstance(each, Left | Missing) and each.thing is Thing.COLUMN}
    assert all(any(name in line for line in before ^ after) for name in gone)


@pytest.mark.parametrize("seed", range(60))
def test_true_inverses_leave_nothing_and_each_one_left_out_is_named(seed: int) -> None:
    chosen = apart(random.Random(seed))
    ups = tuple(up for up, _ in chosen)
    downs = tuple(down for _, down in reversed(chosen))
    assert len(chosen) > 3
    assert found(ups, downs) == ()
    for left_out in range(len(downs)):
        rest = downs[:left_out] + downs[left_out + 1 :]
        assert found(ups, rest) != (), downs[left_out]


def apart(chance: random.Random) -> list[tuple[str, str]]:
    """Pairs of which none names what another one changes."""
    chosen: list[tuple[str, str]] = []
    named: set[str] = set()
    for up, down in chance.sample(PAIRS, len(PAIRS)):
        names = set(re.findall(r"\b[a-z_]{3,}\b", f"{up} {down}")) - {"users", "text", "varchar", "numeric", "bigint"}
        if not names & named:
            chosen.append((up, down))
            named |= names
    return chosen
