"""Concurrent statements that are not sent alone are named, inside the block too, and by this rule alone."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, repaired

RULE = "concurrently-inside-another-statement"
ALONE = "concurrently-inside-transaction"
BUILD = "CREATE INDEX CONCURRENTLY i ON users (name)"
BODY = "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {}; END $$"


@pytest.mark.parametrize(
    "sql",
    [
        f"{BUILD}; SELECT 1",
        f"DROP INDEX CONCURRENTLY IF EXISTS i; {BUILD};",
        "SELECT 1; DROP INDEX CONCURRENTLY i",
        "SELECT 1; REINDEX TABLE CONCURRENTLY users",
        "SELECT 1; ALTER TABLE p DETACH PARTITION q CONCURRENTLY",
        f"DO $$ BEGIN {BUILD}; END $$",
        f"DO $$ BEGIN IF true THEN EXECUTE '{BUILD}'; END IF; END $$",
    ],
)
def test_it_is_named_once_inside_the_block_and_outside(sql: str) -> None:
    inside = f'with op.get_context().autocommit_block():\n    op.execute("{sql}")'
    assert_judged(RULE, f"{inside}  # finding")
    assert_judged(RULE, f'op.get_bind().execute(sa.text("{sql}"))  # finding')
    assert_judged(ALONE, f'op.execute("{sql}")')


@pytest.mark.parametrize(
    "statement",
    [
        BUILD,
        "REINDEX TABLE CONCURRENTLY users",
        "DROP INDEX CONCURRENTLY i",
        "ALTER TABLE p DETACH PARTITION q CONCURRENTLY",
        f"EXECUTE '{BUILD}'",
        f"EXECUTE text; {BUILD}",
    ],
)
def test_a_function_that_will_fail_is_named(statement: str) -> None:
    body = BODY.format(statement.replace("'", "''"))
    assert_judged(RULE, f"op.execute(sa.DDL({body.replace(chr(39) * 2, chr(39))!r}))  # finding")


@pytest.mark.parametrize(
    "sql",
    [
        BUILD,
        f"{BUILD}; ",
        f"-- a; b\n{BUILD}; /* c; */",
        "CREATE INDEX i ON users (name); SELECT 1",
        "DO $$ BEGIN REFRESH MATERIALIZED VIEW CONCURRENTLY v; END $$",
        BODY.format("REFRESH MATERIALIZED VIEW CONCURRENTLY v"),
        BODY.format("RAISE NOTICE 'CREATE INDEX CONCURRENTLY'"),
        BODY.format("EXECUTE text"),
        BODY.format("EXECUTE format('CREATE INDEX CONCURRENTLY %I ON users (name)', name)"),
        "SELECT 1; REFRESH MATERIALIZED VIEW CONCURRENTLY v",
    ],
)
def test_near_misses_are_not_named(sql: str) -> None:
    assert_judged(RULE, f"with op.get_context().autocommit_block():\n    op.execute({sql!r})")


def test_a_downgrade_is_judged_one_level_lower() -> None:
    (found,) = assert_judged(RULE, "pass", f'op.execute("{BUILD}; SELECT 1")  # finding')
    assert found.severity == "warning"


def test_each_statement_gets_its_own_call_inside_the_block() -> None:
    head = "with op.get_context().autocommit_block():\n"
    assert repaired(RULE, f'{head}    op.execute("SELECT 1; {BUILD}")') == (
        f'{head}    op.execute("SELECT 1")\n    op.execute("{BUILD}")'
    )
    drop = "DROP INDEX CONCURRENTLY IF EXISTS i"
    assert repaired(RULE, f'{head}    op.execute("{drop}; {BUILD}")') == (
        f'{head}    op.execute("{drop}")\n    op.execute("{BUILD}")'
    )
    assert repaired(RULE, f'{head}    op.execute("DO $$ BEGIN {BUILD}; END $$")') is None
    assert repaired(RULE, f'op.execute("SELECT 1; {BUILD}")') is None


def test_a_string_is_named_once_and_a_plain_index_never() -> None:
    two = "CREATE INDEX CONCURRENTLY i ON users (name); CREATE INDEX CONCURRENTLY j ON users (age)"
    block = "with op.get_context().autocommit_block():\n    op.execute({!r})"
    assert_judged(RULE, block.format(two) + "  # finding")
    assert_judged(
        RULE, block.format(two) + "  # finding\n    op.execute({!r})  # finding".format(two.replace(" i ", " k "))
    )
    body = "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ CREATE INDEX{} i ON users (name) $$"
    assert_judged(RULE, f"op.execute({body.format(' CONCURRENTLY')!r})  # finding")
    assert_judged(RULE, f"op.execute({body.format('')!r})")
