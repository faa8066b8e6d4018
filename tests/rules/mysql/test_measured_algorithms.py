"""What is said of ALTER TABLE, against a MariaDB that is asked for each algorithm and each lock."""

from __future__ import annotations

from itertools import chain

import pymysql
import pytest

from rules.mysql.algorithms import Algorithm, Lock, Online
from rules.mysql.samples import ALTERED, PARENT, TABLES, said_of
from rules.mysql.server import Server
from tests.mariadb import fresh_mariadb, needs_mariadb, version

REFUSED = (1845, 1846)
"""ALGORITHM or LOCK is not supported."""
SAMPLES = tuple(chain.from_iterable(ALTERED.values()))


def takes(cursor: pymysql.cursors.Cursor, altered: str, options: str) -> bool:
    """Whether the server alters a table with two rows in this way."""
    name = altered.partition(" ")[0]
    for statement in (f"DROP TABLE IF EXISTS u, {name}", *((PARENT,) if name != "p" else ()), TABLES[name]):
        cursor.execute(statement.replace("CREATE TABLE p", "CREATE TABLE IF NOT EXISTS p"))
    try:
        cursor.execute(f"ALTER TABLE {altered}, {options}")
    except pymysql.Error as error:
        if error.args[0] not in REFUSED:
            raise
        return False
    return True


def measured(cursor: pymysql.cursors.Cursor, altered: str) -> Online:
    """MariaDB knows NOCOPY too: in place without writing the table anew."""
    names = ("INSTANT", "NOCOPY", "INPLACE", "COPY")
    name = next(name for name in names if takes(cursor, altered, f"ALGORITHM={name}"))
    algorithm = Algorithm.INPLACE if name == "NOCOPY" else Algorithm(name)
    lock = next(lock for lock in Lock if takes(cursor, altered, f"ALGORITHM={name}, LOCK={lock}"))
    return Online(algorithm, lock, rebuilds=name in ("INPLACE", "COPY"))


@needs_mariadb
def test_mariadb_does_what_is_said() -> None:
    server = Server(mariadb=True, major=version()[0])
    said = {altered: said_of(altered, server) for altered in SAMPLES}
    with fresh_mariadb() as connection, connection.cursor() as cursor:
        found = {altered: measured(cursor, altered) for altered, one in said.items() if one is not None}
    assert {altered: one for altered, one in said.items() if one is not None} == found
    assert len(found) > 45


@needs_mariadb
def test_a_foreign_key_is_added_in_place_where_nobody_checks_it() -> None:
    altered = "t ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p (id)"
    with fresh_mariadb() as connection, connection.cursor() as cursor:
        cursor.execute("SET foreign_key_checks = 0")
        assert measured(cursor, altered) == said_of(altered, Server(mariadb=True, major=10), checks=False)


@needs_mariadb
def test_every_statement_about_the_schema_commits() -> None:
    with fresh_mariadb() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t (a INT)")
        cursor.execute("START TRANSACTION")
        cursor.execute("INSERT INTO t VALUES (1)")
        cursor.execute("CREATE TABLE u (a INT)")
        cursor.execute("ROLLBACK")
        cursor.execute("SELECT count(*) FROM t")
        assert cursor.fetchall() == ((1,),)
        cursor.execute("SHOW TABLES")
        assert cursor.fetchall() == (("t",), ("u",))


@needs_mariadb
def test_keys_and_checks_get_the_names_that_the_schema_gives_them() -> None:
    tables = (
        "CREATE TABLE p (id INT PRIMARY KEY)",
        "CREATE TABLE t (a INT, b INT, UNIQUE (a, b), UNIQUE (a), FOREIGN KEY (a) REFERENCES p (id), CHECK (b > 0))",
        "ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES p (id), ADD CHECK (a > 0), ADD UNIQUE (b)",
    )
    with fresh_mariadb() as connection, connection.cursor() as cursor:
        for statement in tables:
            cursor.execute(statement)
        cursor.execute("SELECT constraint_name FROM information_schema.table_constraints WHERE table_name = 't'")
        found = sorted(name for (name,) in cursor.fetchall())
    assert names_in_the_schema(tables, "mariadb") == found


def names_in_the_schema(statements: tuple[str, ...], dialect: str) -> list[str]:
    from rules.model.names import Name
    from rules.mysql.samples import operations_in
    from rules.schema import Schema

    schema = Schema.empty(dialect)
    for statement in statements:
        for operation in operations_in(statement, dialect):
            schema = schema.after(operation)
    table = schema.table(Name("t"))
    assert table is not None
    return sorted(constraint.name for constraint in table.constraints)


def test_a_check_that_is_not_enforced_is_added_in_the_catalog() -> None:
    enforced, other = "t ADD CONSTRAINT c CHECK (n > 0)", "t ADD CONSTRAINT c CHECK (n > 0) NOT ENFORCED"
    said = [said_of(altered, Server(mariadb=False, major=8)) for altered in (enforced, other)]
    assert [one and one.algorithm for one in said] == [Algorithm.COPY, Algorithm.INSTANT]


def test_of_an_old_server_nothing_is_said() -> None:
    assert said_of("t ADD COLUMN z INT", Server(mariadb=False, major=5)) is None


@pytest.mark.parametrize(
    ("altered", "said"),
    [
        ("t MODIFY n BIGINT", Online(Algorithm.COPY, Lock.NONE, rebuilds=True)),
        ("keyed DROP PRIMARY KEY", None),
        ("t ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p (id)", None),
    ],
)
def test_writes_go_on_while_mariadb_11_copies(altered: str, said: Online | None) -> None:
    assert said_of(altered, Server(mariadb=True, major=11)) == said
