"""What servers refuse, skip or read of constraints, where the rules rest on it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.databases import fresh_database, run_all, versions

Notices = list[str]
Server = tuple[int, psycopg.Connection, Notices]


@pytest.fixture(params=versions())
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with fresh_database(request.param) as connection:
        notices: Notices = []
        connection.add_notice_handler(lambda said: notices.append(said.message_primary or ""))
        connection.execute("SET client_min_messages = debug1")
        yield request.param, connection, notices


def refusal(connection: psycopg.Connection, statement: str) -> str | None:
    """The SQLSTATE; None where the statement passes."""
    try:
        connection.execute(statement.encode())
    except psycopg.Error as error:
        return error.sqlstate
    return None


@pytest.mark.parametrize(
    ("key", "refused"), [("UNIQUE (b)", None), ("UNIQUE (b) DEFERRABLE", "55000"), ("CHECK (b > 0)", "42830")]
)
def test_a_foreign_key_wants_a_key_that_is_not_deferrable(key: str, refused: str | None, server: Server) -> None:
    _, connection, _ = server
    connection.execute(f"CREATE TABLE a (b int, {key})".encode())
    assert refusal(connection, "CREATE TABLE c (d int REFERENCES a (b))") == refused


@pytest.mark.parametrize(
    ("partition_by", "statement", "refused"),
    [
        ("RANGE (at)", "CREATE UNIQUE INDEX ON ONLY e (id)", "0A000"),
        ("RANGE (at)", "CREATE UNIQUE INDEX ON e (id, at)", None),
        ("RANGE (at)", "ALTER TABLE e ADD COLUMN n int UNIQUE", "0A000"),
        ("RANGE (at)", "ALTER TABLE e ADD COLUMN n int PRIMARY KEY", "0A000"),
        ("LIST (lower(id))", "CREATE UNIQUE INDEX ON e (id, at)", "0A000"),
        ("LIST (lower(id))", "CREATE UNIQUE INDEX ON e (id, lower(id))", "0A000"),
    ],
)
def test_a_unique_index_of_a_partitioned_table(
    partition_by: str, statement: str, refused: str | None, server: Server
) -> None:
    _, connection, _ = server
    connection.execute(f"CREATE TABLE e (id text, at date) PARTITION BY {partition_by}".encode())
    assert refusal(connection, statement) == refused


@pytest.mark.parametrize(("key", "refused"), [("id", "0A000"), ("at", None)])
def test_a_partition_that_is_divided_again_has_the_keys_of_its_parent(
    key: str, refused: str | None, server: Server
) -> None:
    _, connection, _ = server
    connection.execute("CREATE TABLE e (id int, at date PRIMARY KEY) PARTITION BY RANGE (at)")
    statement = f"CREATE TABLE f PARTITION OF e FOR VALUES FROM ('2026-01-01') TO (MAXVALUE) PARTITION BY LIST ({key})"
    assert refusal(connection, statement) == refused


def test_a_constraint_of_a_domain_is_checked_in_columns_of_the_domains_over_it(server: Server) -> None:
    _, connection, _ = server
    run_all(
        connection,
        ["CREATE DOMAIN a AS text", "CREATE DOMAIN b AS a", "CREATE TABLE c (d b)", "INSERT INTO c VALUES ('')"],
    )
    assert refusal(connection, "ALTER DOMAIN a ADD CHECK (VALUE <> '')") == "23514"


@pytest.mark.parametrize(
    ("before", "statement", "reads"),
    [
        ((), "ADD CONSTRAINT n NOT NULL b", True),
        (("ADD CHECK (b IS NOT NULL)",), "ADD CONSTRAINT n NOT NULL b", False),
        (("ALTER b SET NOT NULL",), "ADD NOT NULL b", False),
        (("ADD CONSTRAINT n NOT NULL b NOT VALID",), "ALTER b SET NOT NULL", True),
        (("ADD CONSTRAINT n NOT NULL b NOT VALID", "ADD CHECK (b IS NOT NULL)"), "ALTER b SET NOT NULL", True),
        (("ADD CONSTRAINT n NOT NULL b NOT VALID", "VALIDATE CONSTRAINT n"), "ALTER b SET NOT NULL", False),
    ],
)
def test_which_not_null_reads_the_table(before: tuple[str, ...], statement: str, reads: bool, server: Server) -> None:
    version, connection, notices = server
    if version < 18:
        pytest.skip("a NOT NULL constraint has a name since 18")
    run_all(connection, ["CREATE TABLE a (b int)", *(f"ALTER TABLE a {action}" for action in before)])
    notices.clear()
    connection.execute(f"ALTER TABLE a {statement}".encode())
    assert any("verifying table" in notice for notice in notices) == reads


def test_a_row_that_was_left_empty_cannot_be_changed_under_a_constraint_that_is_not_valid(server: Server) -> None:
    version, connection, _ = server
    run_all(connection, ["CREATE TABLE a (b int, c int)", "INSERT INTO a VALUES (1)"])
    constraint = "NOT NULL c" if version >= 18 else "CHECK (c IS NOT NULL)"
    connection.execute(f"ALTER TABLE a ADD CONSTRAINT n {constraint} NOT VALID".encode())
    assert refusal(connection, "UPDATE a SET b = 2") == ("23502" if version >= 18 else "23514")
