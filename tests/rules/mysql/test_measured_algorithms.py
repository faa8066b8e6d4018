"""What is said of ALTER TABLE, against real servers that are asked for each algorithm and each lock."""

from __future__ import annotations

import pymysql
import pytest

from rules.model.names import Name
from rules.mysql.algorithms import Algorithm, Lock, Online
from rules.mysql.sample_keys import ASKED
from rules.mysql.sample_tables import ROWS
from rules.mysql.samples import SENT, is_refused, operations_in, said_of, statements_for
from rules.mysql.server import Server
from rules.schema import Schema
from tests.mysql_servers import Program, fresh, on_every_server

REFUSED = (1845, 1846)
"""ALGORITHM or LOCK is not supported."""
NO_COPY = "NOCOPY"
"""Of MariaDB: in place without writing the table anew."""


class Sample:
    """A statement that is sent again and again, each time to a table made anew."""

    def __init__(self, cursor: pymysql.cursors.Cursor, altered: str, mariadb: bool, checks: bool) -> None:
        self.cursor = cursor
        self.altered = altered
        self.checks = checks
        self.catalog = "innodb_sys_tables" if mariadb else "innodb_tables"
        self.names = ("INSTANT", *((NO_COPY,) if mariadb else ()), "INPLACE", "COPY")
        self.table = altered.partition(" ")[0]
        self.is_fresh = False

    def measured(self) -> Online:
        """As the server does it by itself: what it accepts with ALGORITHM may be less than it does without."""
        copied, rebuilt = self.done()
        accepted = next(name for name in self.names if self.takes(f", ALGORITHM={name}"))
        algorithm = Algorithm.INPLACE if accepted == NO_COPY else Algorithm(accepted)
        if copied:
            algorithm = Algorithm.COPY
        with_name = "" if algorithm is Algorithm.INSTANT or copied else f", ALGORITHM={accepted}"
        lock = next(lock for lock in Lock if self.takes(f"{with_name}, LOCK={lock}"))
        return Online(algorithm, lock, rebuilt)

    def done(self) -> tuple[bool, bool]:
        """Whether rows were taken over, and whether the table was written anew."""
        self.make()
        before = self.tables()
        copied = self.send("") > 0
        return copied, not before <= self.tables()

    def make(self) -> None:
        if self.is_fresh:
            return
        self.cursor.execute("SET foreign_key_checks = 0")
        self.cursor.execute("SHOW TABLES")
        for (name,) in self.cursor.fetchall():
            self.cursor.execute(f"DROP TABLE {name}")
        for statement in statements_for(self.table):
            self.cursor.execute(statement)
        if self.table in ROWS:
            self.cursor.execute(ROWS[self.table])
        self.cursor.execute(f"SET foreign_key_checks = {int(self.checks)}")
        self.is_fresh = True

    def tables(self) -> set[int]:
        """Their numbers in InnoDB's own catalog: a table that is written anew has another."""
        self.cursor.execute(
            f"SELECT table_id FROM information_schema.{self.catalog} WHERE name LIKE 'shop/%' AND name NOT LIKE '%fts%'"
        )
        return {number for (number,) in self.cursor.fetchall()}

    def send(self, options: str) -> int:
        """How many rows were taken over. A table that is parted takes its options before that, without commas."""
        text = f"ALTER TABLE {self.altered}{options}"
        if "PARTITION" in self.altered and options:
            text = text.replace(options, "").replace(self.table, f"{self.table} {options[2:]}", 1)
        self.is_fresh = False
        return int(self.cursor.execute(text))

    def takes(self, options: str) -> bool:
        self.make()
        try:
            self.send(options)
        except pymysql.Error as error:
            if error.args[0] not in REFUSED:
                raise
            self.is_fresh = True
            return False
        return True


@on_every_server
def test_a_server_does_what_is_said(program: Program) -> None:
    server = Server(program.dialect == "mariadb", program.version[0])
    said, found = {}, {}
    with fresh(program) as connection, connection.cursor() as cursor:
        for altered, checks in SENT:
            one = said_of(altered, server, checks=checks)
            if one is None or is_refused(altered, server):
                continue
            said[altered, checks] = one
            found[altered, checks] = Sample(cursor, altered, server.mariadb, checks).measured()
    assert said == found
    assert len(found) > 180


@on_every_server
@pytest.mark.parametrize("altered", ASKED)
def test_a_server_does_as_it_is_asked(program: Program, altered: str) -> None:
    server = Server(program.dialect == "mariadb", program.version[0])
    said = said_of(altered, server)
    assert said is not None
    with fresh(program) as connection, connection.cursor() as cursor:
        done = Sample(cursor, altered, server.mariadb, checks=True).done()
    assert done == (said.algorithm is Algorithm.COPY, said.rebuilds)


@on_every_server
def test_a_server_refuses_what_is_said_to_be_refused(program: Program) -> None:
    server = Server(program.dialect == "mariadb", program.version[0])
    refused = [altered for altered, _ in SENT if is_refused(altered, server)]
    with fresh(program) as connection, connection.cursor() as cursor:
        for altered in refused:
            sample = Sample(cursor, altered, server.mariadb, checks=True)
            sample.make()
            with pytest.raises(pymysql.Error):
                sample.send("")
    assert refused


@on_every_server
def test_every_statement_about_the_schema_commits(program: Program) -> None:
    with fresh(program) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t (a INT)")
        cursor.execute("START TRANSACTION")
        cursor.execute("INSERT INTO t VALUES (1)")
        cursor.execute("CREATE TABLE u (a INT)")
        cursor.execute("ROLLBACK")
        cursor.execute("SELECT count(*) FROM t")
        assert cursor.fetchall() == ((1,),)
        cursor.execute("SHOW TABLES")
        assert cursor.fetchall() == (("t",), ("u",))


@on_every_server
def test_keys_and_checks_get_the_names_that_the_schema_gives_them(program: Program) -> None:
    tables = (
        "CREATE TABLE p (id INT PRIMARY KEY)",
        "CREATE TABLE t (a INT, b INT, UNIQUE (a, b), UNIQUE (a), FOREIGN KEY (a) REFERENCES p (id), CHECK (b > 0))",
        "ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES p (id), ADD CHECK (a > 0), ADD UNIQUE (b)",
    )
    with fresh(program) as connection, connection.cursor() as cursor:
        for statement in tables:
            cursor.execute(statement)
        cursor.execute("SELECT constraint_name FROM information_schema.table_constraints WHERE table_name = 't'")
        found = sorted(name for (name,) in cursor.fetchall())
    assert names_in_the_schema(tables, program.dialect) == found


def names_in_the_schema(statements: tuple[str, ...], dialect: str) -> list[str]:
    schema = Schema.empty(dialect)
    for statement in statements:
        for operation in operations_in(statement, dialect):
            schema = schema.after(operation)
    table = schema.table(Name("t"))
    assert table is not None
    return sorted(constraint.name for constraint in table.constraints)


def test_of_a_version_that_nobody_measured_nothing_is_said() -> None:
    for server in (Server(mariadb=False, major=7), Server(mariadb=False, major=26), Server(mariadb=True, major=12)):
        assert said_of("t ADD COLUMN z INT", server) is None
