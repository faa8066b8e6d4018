"""Strings with several statements are named only where asyncpg sends them."""

from __future__ import annotations

import pytest

from rules.catalogue.transactions.several_statements_at_once import ASYNCPG
from tests.rules.catalogue.judged import assert_judged, repaired

RULE = "several-statements-at-once"


@pytest.mark.parametrize(
    "call", ["op.execute({})", "op.execute(sa.text({}))", "op.get_bind().execute(sa.text({}))",
             "op.get_bind().exec_driver_sql({})"],
)  # fmt: skip
def test_two_statements_are_named_in_each_spelling(call: str) -> None:
    assert_judged(RULE, f"{call.format(repr('SELECT 1; SELECT 2'))}  # finding", env=ASYNCPG)
    assert_judged(RULE, call.format(repr("SELECT 1; SELECT 2")))
    assert_judged(RULE, call.format(repr("SELECT 1; SELECT 2")), env=ASYNCPG.replace("+asyncpg", ""))


def test_a_downgrade_is_judged_one_level_lower() -> None:
    (found,) = assert_judged(RULE, "pass", 'op.execute("SELECT 1; SELECT 2")  # finding', env=ASYNCPG)
    assert found.severity == "warning"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1;",
        "SELECT 1; -- done",
        "SELECT ';'",
        "/* a; */ SELECT 1",
        "DO $$ BEGIN PERFORM 1; PERFORM 2; END $$",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; SELECT 2; $$",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
    ],
)
def test_a_semicolon_that_ends_nothing_does_not_count(sql: str) -> None:
    assert_judged(RULE, f'op.execute("{sql}")', env=ASYNCPG)


def test_two_calls_are_two_strings() -> None:
    assert_judged(RULE, 'op.execute("SELECT 1")\nop.execute("SELECT 2")', env=ASYNCPG)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('op.execute("SELECT 1; SELECT 2;")', 'op.execute("SELECT 1")\nop.execute("SELECT 2")'),
        ("op.execute(sa.text('TABLE a; TABLE b'))", "op.execute(sa.text('TABLE a'))\nop.execute(sa.text('TABLE b'))"),
        (
            'op.execute(\n    """\n    SELECT 1;\n    SELECT 2,\n        3;\n    """\n)',
            'op.execute("SELECT 1")\nop.execute("""SELECT 2,\n        3""")',
        ),
        ('if 1:\n    op.execute("TABLE a; TABLE b")', 'if 1:\n    op.execute("TABLE a")\n    op.execute("TABLE b")'),
    ],
)  # fmt: skip
def test_each_statement_gets_its_own_call(before: str, after: str) -> None:
    assert repaired(RULE, before, env=ASYNCPG) == after


@pytest.mark.parametrize(
    "call",
    [
        'op.execute("SELECT 1; -- why\\nSELECT 2")',
        'op.execute("SELECT 1; "\n    "SELECT 2")',
        "op.execute(f'SELECT 1; SELECT {2}')",
        'op.execute(\n    # why\n    "SELECT 1; SELECT 2"\n)',
        'x = op.execute("SELECT 1; SELECT 2")',
    ],
)
def test_nothing_is_suggested_where_something_would_be_lost(call: str) -> None:
    assert repaired(RULE, call, env=ASYNCPG) is None
