"""The forms of MySQL, MariaDB and SQLite become the operations written under them, and real servers know them."""

from __future__ import annotations

import sqlite3

import pymysql
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.model.operations import Opaque, Statement
from rules.model.place import Place
from rules.reading.sql import operations_of
from rules.schema import Schema
from tests.mysql_servers import fresh_mariadb, needs_mariadb
from tests.rules.sql.compact import compact
from tests.rules.sql.forms import Form, read_forms

OF_MYSQL = read_forms("forms_of_mysql.txt")
OF_SQLITE = read_forms("forms_of_sqlite.txt")
SYNTAX_ERROR = 1064


def _read(sql: str, dialect: str) -> tuple[str, ...]:
    return tuple(compact(operation) for operation in operations_of(Statement(sql, Place("m.py", 1)), dialect))


@pytest.mark.parametrize("form", OF_MYSQL, ids=lambda form: form.sql[:60])
@pytest.mark.parametrize("dialect", ["mysql", "mariadb"])
def test_a_form_of_mysql_becomes_its_operations(form: Form, dialect: str) -> None:
    assert _read(form.sql, dialect) == form.operations
    assert "Opaque" not in str(form.operations)


@pytest.mark.parametrize("form", OF_SQLITE, ids=lambda form: form.sql[:60])
def test_a_form_of_sqlite_becomes_its_operations(form: Form) -> None:
    assert _read(form.sql, "sqlite") == form.operations
    assert "Opaque" not in str(form.operations)


@needs_mariadb
def test_a_real_mariadb_knows_the_grammar_of_every_form() -> None:
    refused = []
    with fresh_mariadb() as connection, connection.cursor() as cursor:
        for form in OF_MYSQL:
            try:
                cursor.execute(form.sql)
            except pymysql.Error as error:  # anything else: an object is missing, the grammar was right
                refused += [(form.sql, error)] if error.args[0] == SYNTAX_ERROR else []
            cursor.execute("UNLOCK TABLES")
    assert refused == []


def test_a_real_sqlite_knows_the_grammar_of_every_form() -> None:
    refused = []
    for form in OF_SQLITE:
        try:
            sqlite3.connect(":memory:").execute(form.sql)
        except sqlite3.OperationalError as error:
            refused += [(form.sql, error)] if "syntax error" in str(error) else []
    assert refused == []


@pytest.mark.parametrize("dialect", ["mysql", "mariadb", "sqlite", "oracle", "mssql"])
@pytest.mark.parametrize(
    "text", ["", ";", "'", '"a', "`a", "/*", "[", "ALTER TABLE", "CREATE TABLE t (", "INSERT OR", "ALTER TABLE t ADD ("]
)
def test_a_broken_text_is_answered_too(text: str, dialect: str) -> None:
    assert operations_of(Statement(text, Place("m.py", 1)), dialect)


@pytest.mark.parametrize("dialect", ["mysql", "mariadb", "sqlite"])
def test_a_form_that_nobody_knows_is_named_and_not_guessed(dialect: str) -> None:
    (found,) = operations_of(Statement("FROBNICATE TABLE users", Place("m.py", 1)), dialect)
    assert isinstance(found, Opaque)
    assert found.reason == "this form of `FROBNICATE` is not known"
    assert [str(name) for name in found.tables] == ["users"]


def test_a_mysql_comment_and_string_end_where_the_server_ends_them() -> None:
    (one,) = operations_of(Statement("INSERT INTO t (a) VALUES ('\\'; DROP TABLE x; --')", Place("m.py", 1)), "mysql")
    assert type(one).__name__ == "Insert"
    two = operations_of(Statement("DROP TABLE a; # DROP TABLE b;\nDROP TABLE c", Place("m.py", 1)), "mysql")
    assert [str(op.table) for op in two] == ["a", "c"]


_BIG = 40_000
_WORDS = sorted({word for form in (*OF_MYSQL, *OF_SQLITE) for word in form.sql.replace("(", " ( ").split()})


@pytest.mark.parametrize("dialect", ["mysql", "sqlite"])
@pytest.mark.parametrize(
    "text",
    [
        "(" * _BIG,
        "/*" * _BIG,
        "/*!1" * _BIG,
        "`" * (_BIG + 1),
        "[" * _BIG,
        '"\\' * _BIG,
        "CREATE TABLE t (" + "a int, " * 20_000 + "b int)",
        "ALTER TABLE t " + ", ".join(["MODIFY a int"] * 5_000),
        "CREATE TRIGGER " + "BEGIN " * _BIG,
    ],
    ids=lambda text: ascii(text[:24]),
)
def test_a_hostile_text_is_read_within_its_bounds(text: str, dialect: str) -> None:
    assert operations_of(Statement(text, Place("m.py", 1)), dialect)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_WORDS), max_size=20), st.sampled_from(["mysql", "mariadb", "sqlite"]))
def test_no_words_make_the_reading_raise(words: list[str], dialect: str) -> None:
    for operation in operations_of(Statement(" ".join(words), Place("m.py", 1)), dialect):
        Schema.empty(dialect).after(operation)
