"""Settings that later revisions would suffer from are named unless they end with the transaction or are reset."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, repaired

RULE = "setting-left-behind"
CONTAGIOUS = [
    "SET statement_timeout = 0",
    "SET SESSION lock_timeout TO '0'",
    "SET lock_timeout = '0s'",
    "SET search_path TO shop, public",
    "SET session_replication_role = replica",
    "SET SCHEMA 'shop'",
    "SET row_security = off",
    "SET default_transaction_isolation = 'serializable'",
]


@pytest.mark.parametrize("sql", CONTAGIOUS)
def test_a_contagious_setting_is_named(sql: str) -> None:
    assert_judged(RULE, f'op.execute("{sql}")  # finding')
    assert_judged(RULE, f'with op.get_context().autocommit_block():\n    op.execute(sa.text("{sql}"))  # finding')
    assert_judged(RULE, f'op.execute("{sql.replace("SESSION ", "").replace("SET ", "SET LOCAL ", 1)}")')


@pytest.mark.parametrize("function", ["set_config", "pg_catalog.set_config"])
def test_the_function_is_set_by_another_name(function: str) -> None:
    line = f"op.execute(\"SELECT {function}('search_path', '', {{}})\")"
    assert_judged(RULE, line.format("false") + "  # finding")
    assert_judged(RULE, line.format("true"))
    assert_judged(RULE, line.format("false") + '\nop.execute("RESET search_path")')
    assert_judged(RULE, line.replace("search_path", "work_mem").format("false"))


@pytest.mark.parametrize(
    "sql",
    ["SET lock_timeout = '4s'", "SET statement_timeout = 60000", "SET work_mem = '1GB'", "RESET search_path",
     "SET search_path TO DEFAULT", "SET timezone = 'UTC'"],
)  # fmt: skip
def test_a_harmless_setting_is_not(sql: str) -> None:
    assert_judged(RULE, f'op.execute("{sql}")')


def test_what_is_taken_back_in_the_function_is_not_named() -> None:
    assert_judged(RULE, 'op.execute("SET lock_timeout = 0")\nop.execute("RESET lock_timeout")')
    assert_judged(RULE, 'op.execute("SET search_path TO a")\nop.execute("RESET ALL")')
    assert_judged(RULE, 'op.execute("SET lock_timeout = 0")\nop.execute("SET lock_timeout = \'4s\'")')
    assert_judged(RULE, 'op.execute("SET lock_timeout = 0")  # finding\nop.execute("RESET statement_timeout")')
    assert_judged(RULE, 'op.execute("SET lock_timeout = 0")  # finding\nop.execute("SET LOCAL lock_timeout = 5")')
    assert_judged(RULE, 'op.execute("SET search_path TO a")\nop.execute("SET SCHEMA DEFAULT")')
    assert_judged(RULE, 'op.execute("RESET lock_timeout")\nop.execute("SET lock_timeout = 0")  # finding')


@pytest.mark.parametrize(
    ("setting", "value", "by_itself"),
    [
        ("session_replication_role", "replica", "origin"),
        ("row_security", "off", "'ON'"),
        ("default_transaction_isolation", "'repeatable read'", "'read committed'"),
        ("default_transaction_read_only", "on", "off"),
        ("default_transaction_deferrable", "on", "off"),
    ],
)
def test_what_the_server_has_by_itself_takes_another_value_back(setting: str, value: str, by_itself: str) -> None:
    there, back = (f'op.execute("SET {setting} = {each}")' for each in (value, by_itself))
    assert_judged(RULE, f"{there}\n{back}")
    assert_judged(RULE, f"{back}\n{there}  # finding")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('op.execute("SET lock_timeout = 0")', 'op.execute("SET LOCAL lock_timeout = 0")'),
        ("op.execute(sa.text('set session search_path to a'))", "op.execute(sa.text('SET LOCAL search_path to a'))"),
    ],
)
def test_local_ends_it_with_the_transaction(before: str, after: str) -> None:
    assert repaired(RULE, before) == after


def test_local_is_not_suggested_where_a_block_would_lose_it() -> None:
    block = 'with op.get_context().autocommit_block():\n    op.execute("VACUUM users")'
    assert repaired(RULE, f'op.execute("SET lock_timeout = 0")\n{block}') is None
