"""What one ALTER TABLE with several actions spares, as servers say at DEBUG1."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.databases import fresh_database, versions

PASSES = ("verifying table", "rewriting table", "building index", "validating foreign key")
Server = tuple[psycopg.Connection, list[str]]


@pytest.fixture(params=versions())
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with fresh_database(request.param) as connection:
        notices: list[str] = []
        connection.add_notice_handler(lambda said: notices.append(said.message_primary or ""))
        connection.execute("SET client_min_messages = debug1")
        yield connection, notices


def passes(server: Server, statements: list[str]) -> int:
    connection, notices = server
    connection.execute("DROP TABLE IF EXISTS t, u")
    connection.execute("CREATE TABLE u (id int PRIMARY KEY)")
    connection.execute("CREATE TABLE t (a int, b int, c int NOT NULL)")
    notices.clear()
    for statement in statements:
        connection.execute(f"ALTER TABLE t {statement}".encode())
    return sum(notice.startswith(PASSES) for notice in notices)


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("ALTER a SET NOT NULL", "ALTER b SET NOT NULL", 1),
        ("ADD CHECK (a > 0)", "ALTER b TYPE bigint", 1),
        ("ADD n int DEFAULT 1 CHECK (n > 0)", "ALTER a SET NOT NULL", 1),
        ("ALTER a SET NOT NULL", "ADD UNIQUE (b)", 2),
        ("ADD UNIQUE (b)", "ALTER a SET NOT NULL", 2),
        ("ALTER a TYPE bigint", "ADD UNIQUE (b)", 2),
        ("ALTER a SET NOT NULL", "ADD PRIMARY KEY (c)", 2),
        ("ALTER a SET NOT NULL", "ADD n int UNIQUE", 2),
        ("ALTER a SET NOT NULL", "ADD n int DEFAULT 1 REFERENCES u", 2),
    ],
)
def test_checks_share_a_pass_and_indexes_and_foreign_keys_do_not(
    first: str, second: str, joined: int, server: Server
) -> None:
    assert passes(server, [first, second]) == 2
    assert passes(server, [f"{first}, {second}"]) == joined
