"""Type changes and defaults against what each server does."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import psycopg
import pytest

from rules.locking.pairs import DEFAULTS, IN_UTC, TYPE_CHANGES
from rules.model.columns import DataType
from rules.postgres import volatility
from rules.postgres.type_changes import BUILT_IN, TypeChange, type_change
from rules.postgres.volatility import Volatility, volatility_of
from rules.reading.sql.cursor import Cursor
from tests.databases import fresh_database, versions


@pytest.fixture(scope="module", params=versions())
def server(request: pytest.FixtureRequest) -> Iterator[tuple[int, psycopg.Connection]]:
    with fresh_database(request.param) as connection:
        connection.execute(
            "CREATE TYPE mood AS ENUM ('a'); CREATE SEQUENCE counter;"
            "CREATE FUNCTION own_volatile() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';"
            "CREATE FUNCTION lower(text, integer DEFAULT 1) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';"
        )
        yield request.param, connection


def _type(text: str) -> DataType:
    return Cursor(text).type()


def _files(connection: psycopg.Connection) -> tuple[int, int]:
    """The table's file and its index's."""
    row = connection.execute(
        "SELECT (SELECT relfilenode FROM pg_class WHERE relname = 't'),"
        " (SELECT relfilenode FROM pg_class WHERE relname = 'i')"
    ).fetchone()
    assert row is not None
    return row[0], row[1]


_NO_INDEX = ("json", "xml")


def _measured_change(connection: psycopg.Connection, old: str, new: str, using: str = "") -> TypeChange:
    """In a transaction that is rolled back, on a table with one row of NULL and an index where the type has one."""
    connection.execute("BEGIN")
    try:
        connection.execute(f"CREATE TABLE t (id integer, c {old})".encode())
        if old not in _NO_INDEX and new not in _NO_INDEX:
            connection.execute("CREATE INDEX i ON t (c)")
        connection.execute("INSERT INTO t VALUES (1)")
        before = _files(connection)
        connection.execute(f"ALTER TABLE t ALTER COLUMN c TYPE {new} {using}".encode())
        after = _files(connection)
    except psycopg.errors.DatatypeMismatch:
        return TypeChange.FAILS
    finally:
        connection.execute("ROLLBACK")
    if after[0] != before[0]:
        return TypeChange.REWRITE
    return TypeChange.FREE if after[1] == before[1] else TypeChange.INDEXES


@pytest.mark.parametrize(("old", "new", "cost"), TYPE_CHANGES, ids=[f"{old} to {new}" for old, new, _ in TYPE_CHANGES])
def test_a_type_change_costs_what_the_table_says(
    old: str, new: str, cost: TypeChange, server: tuple[int, psycopg.Connection]
) -> None:
    _, connection = server
    connection.execute("SET TimeZone = 'Europe/Berlin'")
    assert _measured_change(connection, old, new) == cost
    assert type_change(_type(old), _type(new)) == cost


def test_each_change_between_its_own_types_fails_where_the_server_has_no_cast(
    server: tuple[int, psycopg.Connection],
) -> None:
    """To texts every type is converted by itself; the server's other casts stand in its catalogs."""
    _, connection = server
    query = "SELECT castsource::regtype::text, casttarget::regtype::text FROM pg_cast WHERE castcontext IN ('a', 'i')"
    there = set(connection.execute(query).fetchall())
    types = BUILT_IN - {"citext"}
    texts = {"text", "character varying", "character", "name", "bpchar"}
    for old, new in product(sorted(types), sorted(types - texts)):
        plain = ("character" if old == "bpchar" else old, new)
        fails = type_change(DataType(old), DataType(new)) is TypeChange.FAILS
        assert fails == (old != new and plain not in there), (old, new)


@pytest.mark.parametrize(("old", "new", "cost"), IN_UTC, ids=[f"{old} to {new}" for old, new, _ in IN_UTC])
def test_a_type_change_in_utc_costs_what_the_table_says(
    old: str, new: str, cost: TypeChange, server: tuple[int, psycopg.Connection]
) -> None:
    _, connection = server
    connection.execute("SET TimeZone = 'UTC'")
    assert _measured_change(connection, old, new) == cost
    assert type_change(_type(old), _type(new), utc=True) == cost


@pytest.mark.parametrize(
    ("old", "new", "using"),
    [
        ("varchar(10)", "text", "USING c::text"),
        ("varchar(10)", "varchar(20)", "USING c::varchar(20)"),
        ("integer", "bigint", "USING c::bigint"),
        ("text", "integer", "USING c::integer"),
        ("integer", "boolean", "USING CAST(c AS boolean)"),
        ("integer", "integer", "USING c::integer"),
    ],
)
def test_using_that_only_casts_costs_what_the_cast_costs(
    old: str, new: str, using: str, server: tuple[int, psycopg.Connection]
) -> None:
    _, connection = server
    assert _measured_change(connection, old, new, using) == type_change(_type(old), _type(new), cast=True)


_ALL_DEFAULTS = (
    *DEFAULTS,
    ("timestamptz", "CURRENT_TIMESTAMP(3)", Volatility.STABLE, 12),
    ("timestamp", "localtimestamp(0)", Volatility.STABLE, 12),
    ("timestamptz", "date_trunc('day', now())", Volatility.STABLE, 12),
    ("timestamptz", "pg_catalog.now()", Volatility.STABLE, 12),
    ("character varying", "'x'::pg_catalog.varchar(3)", Volatility.IMMUTABLE, 12),
    ("integer", "public.own_volatile()", Volatility.VOLATILE, 12),
    ("text", "public.lower('x')", Volatility.VOLATILE, 12),
)


@pytest.mark.parametrize(
    ("kind", "default", "expected", "since"), _ALL_DEFAULTS, ids=[default for _, default, *_ in _ALL_DEFAULTS]
)
def test_a_volatile_default_rewrites_and_no_other_does(
    kind: str, default: str, expected: Volatility, since: int, server: tuple[int, psycopg.Connection]
) -> None:
    version, connection = server
    assert volatility_of(default) == expected
    if version < since:
        pytest.skip(f"since {since}")
    connection.execute("BEGIN")
    try:
        connection.execute("CREATE TABLE t (id integer); INSERT INTO t VALUES (1)")
        before = _files(connection)[0]
        connection.execute(f"ALTER TABLE t ADD COLUMN c {kind} DEFAULT {default}".encode())
        rewrites = _files(connection)[0] != before
    finally:
        connection.execute("ROLLBACK")
    assert rewrites == (expected is Volatility.VOLATILE)


@pytest.mark.parametrize(
    ("expression", "immutable"),
    [
        ("at > '2026-01-01'::timestamptz", True),
        ("at > CAST('2026-01-01' AS timestamptz)", True),
        ("at > '2026-01-01'::text::timestamptz", False),
        ("at > '2026-01-01'::timestamp::pg_catalog.timestamptz", False),
        ("at > now()", False),
    ],
)
def test_an_index_takes_as_predicate_what_is_immutable(
    expression: str, immutable: bool, server: tuple[int, psycopg.Connection]
) -> None:
    _, connection = server
    connection.execute("BEGIN")
    try:
        connection.execute("CREATE TABLE t (at timestamptz)")
        connection.execute(f"CREATE INDEX ON t (at) WHERE {expression}".encode())
        taken = True
    except psycopg.errors.InvalidObjectDefinition:
        taken = False
    finally:
        connection.execute("ROLLBACK")
    assert taken == immutable
    assert (volatility_of(expression) is Volatility.IMMUTABLE) == immutable


@pytest.mark.parametrize(
    ("names", "letter"),
    [(volatility.IMMUTABLE, "i"), (volatility.STABLE, "s"), (volatility.VOLATILE, "v")],
    ids=["immutable", "stable", "volatile"],
)
def test_the_server_declares_each_listed_function_so(
    names: frozenset[str], letter: str, server: tuple[int, psycopg.Connection]
) -> None:
    """Of overloaded ones at least one is as listed, and none of a harmless name is volatile."""
    version, connection = server
    rows = connection.execute(
        "SELECT proname, array_agg(DISTINCT provolatile::text) FROM pg_proc WHERE proname = ANY(%s) AND"
        " pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' GROUP BY proname",
        (list(names),),
    ).fetchall()
    assert len(rows) > 8
    wrong = {name for name, found in rows if letter not in found or (letter != "v" and "v" in found)}
    assert wrong == ({"timezone"} if version < 15 and letter == "i" else set())  # of a time with time zone, until 14
