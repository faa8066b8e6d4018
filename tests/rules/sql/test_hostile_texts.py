"""No text makes the reading of SQL raise, recurse or take more than its size."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.model.operations import Harmless, Insert, Opaque, Statement
from rules.model.place import Place
from rules.reading.sql import operations_of
from rules.reading.sql.statements import LONGEST
from tests.rules.sql.forms import FORMS


def _read(sql: str) -> tuple[object, ...]:
    return operations_of(Statement(sql, Place("m.py", 1)))


_BIG = 40_000


@pytest.mark.parametrize(
    "text",
    [
        "(" * _BIG,
        ")" * _BIG,
        "SELECT " + "(" * _BIG + "1" + ")" * _BIG,
        "UPDATE t SET a = 1 WHERE " + "(" * _BIG + "a" + ")" * _BIG,
        "UPDATE t SET a = 1 WHERE " + "NOT " * _BIG,
        "ALTER TABLE t ADD CHECK (" + "(" * _BIG + ")" * _BIG + ")",
        "SELECT '" + "'" * (_BIG + 1),
        "/*" * _BIG,
        "$a$" * (_BIG + 1),
        "U&'" * _BIG,
        "DO $$ BEGIN " + "IF a THEN " * 20_000 + "END $$",
        "DO $$ BEGIN " + "BEGIN " * 20_000 + "END; " * 20_000 + "END $$",
        "WITH " + "a AS (SELECT 1), " * 5_000 + "b AS (SELECT 1) SELECT 1",
        "CREATE TABLE t (" + "a int, " * 20_000 + "b int)",
        "ALTER TABLE t " + ", ".join(["ADD COLUMN a int"] * 5_000),
        "a" * _BIG,
        "." * _BIG,
        ";" * _BIG,
        "SELECT " + "extract(" * 20_000,
        "\x00" * 1000,
        "ALTER TABLE \ud800 ADD COLUMN a int",
        "SELECT " + "🐘" * 1000,
    ],
    ids=lambda text: ascii(text[:24]),
)
def test_a_hostile_text_is_read_within_its_bounds(text: str) -> None:
    before = sys.getrecursionlimit()
    assert _read(text)
    assert sys.getrecursionlimit() == before


def test_a_text_beyond_the_bound_stays_unread() -> None:
    (operation,) = _read(" " * LONGEST + "SELECT 1")
    assert isinstance(operation, Opaque)
    assert "longer" in operation.reason


def test_blocks_inside_blocks_end_at_a_depth() -> None:
    sql = "DROP TABLE t"
    for level in range(8):
        sql = f"DO $a{level}$ BEGIN EXECUTE $b{level}${sql}$b{level}$; END $a{level}$"
    assert any(isinstance(it, Opaque) and "not read" in it.reason for it in _read(sql))


def test_a_long_insert_is_constant_rows() -> None:
    (operation,) = _read("INSERT INTO t VALUES " + ", ".join(["(1, 'a', NULL)"] * 20_000))
    assert isinstance(operation, Insert)
    assert operation.rows == "constant"


@pytest.mark.parametrize("text", ["", "  ", "-- nothing", ";;"])
def test_a_text_without_a_statement_is_harmless(text: str) -> None:
    (operation,) = _read(text)
    assert isinstance(operation, Harmless)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FROBNICATE users", "this form of `FROBNICATE` is not known"),
        ("ALTER TABLE users FROBNICATE", "this form of `ALTER TABLE` is not known"),
        ("ALTER TABLE users ADD COLUMN a INT FROBNICATE", "this form of `ALTER TABLE` is not known"),
        ("SELECT 'never closed", "a string, a quoted name or a comment in it has no end"),
        ("42", "it does not start with a keyword"),
    ],
)
def test_an_unknown_form_is_opaque_and_says_its_head(text: str, reason: str) -> None:
    (operation,) = _read(text)
    assert isinstance(operation, Opaque)
    assert operation.reason == reason


def test_an_unknown_form_tells_the_table_that_it_names() -> None:
    (operation,) = _read("ALTER TABLE IF EXISTS app.users FROBNICATE")
    assert isinstance(operation, Opaque)
    assert [str(name) for name in operation.tables] == ["app.users"]


@given(st.sampled_from(FORMS), st.integers(0, 300), st.text(max_size=3), st.integers(0, 40))
@settings(max_examples=2000, deadline=None)
def test_a_mangled_form_is_read_without_an_exception(form: object, at: int, inserted: str, cut: int) -> None:
    sql = getattr(form, "sql", "")
    at %= len(sql) + 1
    assert _read(sql[:at] + inserted + sql[at + cut :])
