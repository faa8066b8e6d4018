"""Copies of whole tables are named, unless the table is so already."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, statistics

RULE = "storage-rewrite"
UNLOGGED = 'def upgrade():\n    op.execute("ALTER TABLE users SET UNLOGGED")\n'


@pytest.mark.parametrize("target", ["UNLOGGED", "TABLESPACE fast", "ACCESS METHOD columnar", "unlogged"])
def test_each_kind_of_storage_is_named(target: str) -> None:
    assert_judged(RULE, f'op.execute("ALTER TABLE users SET {target}")  # finding')


def test_logged_is_a_copy_only_where_it_was_not() -> None:
    assert_judged(RULE, 'op.execute("ALTER TABLE users SET LOGGED")  # finding', before=UNLOGGED)
    assert_judged(RULE, 'op.execute("ALTER TABLE users SET LOGGED")')
    assert_judged(RULE, 'op.execute("ALTER TABLE unseen SET LOGGED")  # finding')


def test_the_same_tablespace_again_copies_nothing() -> None:
    assert_judged(
        RULE,
        """
        op.execute("ALTER TABLE users SET TABLESPACE fast")  # finding
        op.execute("ALTER TABLE users SET TABLESPACE fast")
        op.execute("ALTER TABLE orders SET TABLESPACE fast")  # finding
        op.execute("ALTER TABLE users SET TABLESPACE slow")  # finding
        op.execute("ALTER TABLE users SET TABLESPACE fast")  # finding
        """,
    )


@pytest.mark.parametrize("action", ["SET (fillfactor = 90)", "SET SCHEMA other", "ALTER COLUMN name SET STORAGE MAIN"])
def test_other_settings_copy_nothing(action: str) -> None:
    assert_judged(RULE, f'op.execute("ALTER TABLE users {action}")')


def test_new_and_small_tables_are_soon_copied() -> None:
    assert_judged(RULE, 'op.execute("CREATE TABLE f (i int)")\nop.execute("ALTER TABLE f SET UNLOGGED")')
    assert_judged(RULE, 'op.execute("ALTER TABLE users SET UNLOGGED")', statistics=statistics(users=10))
