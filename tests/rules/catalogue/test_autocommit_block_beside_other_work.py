"""A block and other work in one revision are named, unless what a failure leaves may run twice."""

from __future__ import annotations

import pytest

from rules.examples import ENV
from tests.rules.catalogue.judged import assert_judged

RULE = "autocommit-block-beside-other-work"
BUILD = 'op.create_index("i", "users", ["name"], postgresql_concurrently=True)'


def block(*calls: str, mark: str = "") -> str:
    first, *others = calls
    return "with op.get_context().autocommit_block():\n    " + "\n    ".join([first + mark, *others]) + "\n"


@pytest.mark.parametrize(
    "work",
    [
        'op.add_column("users", sa.Column("c", sa.Text()))',
        "op.execute(\"INSERT INTO users (name) VALUES ('a')\")",
        "op.execute(\"SELECT setval('s', 5)\")",
        'op.execute("DROP TABLE orders")',
    ],
)
def test_work_above_or_below_is_named_at_the_block(work: str) -> None:
    assert_judged(RULE, f"{work}\n" + block(BUILD, mark="  # finding"))
    assert_judged(RULE, block(BUILD, mark="  # finding") + work)


def test_without_a_block_nothing_is_beside_one() -> None:
    assert_judged(RULE, 'op.drop_table("orders")\nop.execute("VACUUM users")')


def test_only_an_engine_in_autocommit_makes_it_common() -> None:
    below = block(BUILD, mark="{mark}") + 'op.add_column("users", sa.Column("c", sa.Text()))'
    without = ENV.replace("transaction_per_migration=True", "transactional_ddl=False")
    assert_judged(RULE, below.format(mark="  # finding"), env=without)
    assert_judged(
        RULE, below.format(mark=""), env=ENV.replace("connect_args", 'isolation_level="AUTOCOMMIT", connect_args')
    )


def test_several_blocks_are_named_once() -> None:
    assert_judged(
        RULE, block(BUILD, mark="  # finding") + 'op.drop_table("orders")\n' + block('op.execute("VACUUM users")')
    )


@pytest.mark.parametrize(
    "quiet",
    [
        "op.execute(\"SET lock_timeout = '2s'\")",
        'op.execute("SET LOCAL statement_timeout = 0")',
        'op.execute("SELECT 1")',
        'op.execute("LOCK TABLE users IN SHARE MODE")',
        "print(1)",
    ],
)
def test_what_leaves_nothing_behind_does_not_count(quiet: str) -> None:
    assert_judged(RULE, f"{quiet}\n" + block(BUILD) + quiet)


@pytest.mark.parametrize(
    "work",
    [
        'op.execute("ALTER TABLE users ADD COLUMN IF NOT EXISTS c text")',
        'op.execute("DROP TABLE IF EXISTS orders")',
        'op.execute("CREATE OR REPLACE VIEW v AS SELECT 1 AS one")',
        'op.alter_column("users", "name", nullable=False)',
        'op.execute("UPDATE users SET name = email WHERE name IS NULL")',
    ],
)
def test_work_above_that_may_run_twice_is_fine(work: str) -> None:
    assert_judged(RULE, f"{work}\n" + block(BUILD))


def test_work_below_is_fine_where_the_block_may_run_twice() -> None:
    work = 'op.add_column("users", sa.Column("c", sa.Text()))'
    assert_judged(RULE, block("op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'odd'\")") + work)
    assert_judged(RULE, block('op.execute("DROP INDEX CONCURRENTLY IF EXISTS i")', BUILD) + work)
    assert_judged(RULE, block("op.execute(\"ALTER TYPE mood ADD VALUE 'odd'\")", mark="  # finding") + work)


def test_everything_inside_the_block_is_fine() -> None:
    assert_judged(RULE, block(BUILD, 'op.add_column("users", sa.Column("c", sa.Text()))'))


def test_the_other_direction_is_another_function() -> None:
    assert_judged(RULE, block(BUILD), 'op.drop_column("users", "name")')
