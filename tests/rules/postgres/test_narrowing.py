"""Which changes lose values: each pair tried on a real server, with a value at the edge of the old type."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from rules.model.columns import DataType
from rules.postgres.narrowing import narrows
from rules.postgres.types import normalised
from tests.databases import fresh_database

LOST = [
    ("varchar(5)", "varchar(4)", "'abcde'"),
    ("text", "varchar(4)", "'abcde'"),
    ("text", "char(4)", "'abcde'"),
    ("text", "name", "repeat('a', 64)"),
    ("bigint", "integer", "3000000000"),
    ("integer", "smallint", "40000"),
    ("bigint", "real", "9007199254740993"),
    ("bigint", "double precision", "9007199254740993"),
    ("integer", "real", "16777217"),
    ("double precision", "real", "0.1"),
    ("double precision", "integer", "0.7"),
    ("numeric(10,2)", "numeric(9,2)", "12345678.12"),
    ("numeric(10,2)", "numeric(10,1)", "1.25"),
    ("numeric", "numeric(10,2)", "1.255"),
    ("numeric(10,2)", "integer", "1.25"),
    ("integer", "numeric(9,0)", "2000000000"),
    ("numeric(12,4)", "money", "1.2345"),
    ("timestamp", "date", "'2020-01-02 03:04'"),
    ("timestamp", "timestamp(0)", "'2020-01-02 03:04:05.6'"),
    ("timestamptz(3)", "timestamptz(1)", "'2020-01-02 03:04:05.678'"),
    ("timestamp", "time", "'2020-01-02 03:04'"),
    ("timetz", "time", "'03:04+05'"),
    ("interval", "interval(0)", "'1.5 seconds'"),
    ("varbit(5)", "varbit(4)", "'10101'"),
    ("inet", "cidr", "'10.0.0.1/8'"),
    ("varchar(5)[]", "varchar(4)[]", "'{abcde}'"),
    ("bigint[]", "integer[]", "'{3000000000}'"),
]
KEPT = [
    ("varchar(5)", "varchar(6)", "'abcde'"),
    ("varchar(5)", "text", "'abcde'"),
    ("varchar(5)", "name", "'abcde'"),
    ("integer", "bigint", "2147483647"),
    ("integer", "double precision", "2147483647"),
    ("smallint", "real", "32767"),
    ("integer", "numeric(10,0)", "2147483647"),
    ("integer", "numeric", "2147483647"),
    ("numeric(10,2)", "numeric(11,2)", "12345678.12"),
    ("numeric(10,2)", "numeric(12,4)", "12345678.12"),
    ("real", "double precision", "0.1"),
    ("timestamp(3)", "timestamp", "'2020-01-02 03:04:05.678'"),
    ("date", "timestamp", "'2020-01-02'"),
    ("time", "interval", "'03:04'"),
    ("cidr", "inet", "'10.0.0.0/8'"),
    ("varbit(4)", "varbit(5)", "'1010'"),
    ("varchar(5)[]", "varchar(6)[]", "'{abcde}'"),
]


def read(text: str) -> DataType:
    name, _, rest = text.removesuffix("[]").partition("(")
    arguments = tuple(rest.rstrip(")").split(",")) if rest else ()
    return normalised(name, arguments, int(text.endswith("[]")))


@pytest.fixture(scope="module")
def connection() -> Iterator[psycopg.Connection]:
    with fresh_database() as opened:
        yield opened


def survives(connection: psycopg.Connection, old: str, new: str, value: str) -> bool:
    connection.execute(f"CREATE TEMP TABLE t (c {old})")
    try:
        connection.execute(f"INSERT INTO t VALUES (({value})::{old})")
        before = connection.execute(f"SELECT c::{old}::text FROM t").fetchone()
        connection.execute(f"ALTER TABLE t ALTER COLUMN c TYPE {new}")
        after = connection.execute(f"SELECT c::{old}::text FROM t").fetchone()
        return before == after
    except (psycopg.errors.DataError, psycopg.errors.CannotCoerce):
        return False
    finally:
        connection.execute("DROP TABLE t")


@pytest.mark.parametrize(("old", "new", "value"), LOST)
def test_a_narrower_type_loses_a_value(connection: psycopg.Connection, old: str, new: str, value: str) -> None:
    assert narrows(read(old), read(new))
    assert not survives(connection, old, new, value)


@pytest.mark.parametrize(("old", "new", "value"), KEPT)
def test_a_type_that_is_wide_enough_keeps_the_edge(
    connection: psycopg.Connection, old: str, new: str, value: str
) -> None:
    assert not narrows(read(old), read(new))
    assert survives(connection, old, new, value)
