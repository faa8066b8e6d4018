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
    assert_judged(RULE, 'op.execute("ALTER TABLE users SET UNLOGGED")', before=UNLOGGED)


def test_the_same_tablespace_again_copies_nothing() -> None:
    assert_judged(
        RULE,
        """
        op.execute("ALTER TABLE users SET TABLESPACE fast")  # finding
        op.execute("ALTER TABLE users SET ACCESS METHOD columnar")  # finding
        op.execute("ALTER TABLE users SET TABLESPACE fast")
        op.execute("ALTER TABLE orders SET TABLESPACE fast")  # finding
        op.execute("ALTER TABLE users SET TABLESPACE slow")  # finding
        op.execute("ALTER TABLE users SET TABLESPACE fast")  # finding
        """,
    )


def test_where_a_table_is_kept_is_known_only_if_the_history_names_it() -> None:
    line = 'op.execute("ALTER TABLE t SET {}")'
    before = "def upgrade():\n    op.execute('CREATE TABLE t (i int) {}')\n"
    here = before.format("USING heap WITH (fillfactor = 90) TABLESPACE fast")
    assert_judged(RULE, line.format("TABLESPACE fast"), before=here)
    assert_judged(RULE, line.format("TABLESPACE FAST NOWAIT"), before=here)
    assert_judged(RULE, line.format("ACCESS METHOD heap"), before=here)
    assert_judged(RULE, f"{line.format('TABLESPACE pg_default')}  # finding", before=here)
    assert_judged(RULE, f"{line.format('TABLESPACE pg_default')}  # finding", before=before.format(""))
    assert_judged(RULE, f"{line.format('ACCESS METHOD heap')}  # finding", before=before.format(""))
    moved = here + "    op.execute('ALTER TABLE t SET TABLESPACE slow')\n"
    assert_judged(RULE, line.format("TABLESPACE slow"), before=moved)
    assert_judged(RULE, line.format("ACCESS METHOD heap"), before=moved)
    assert_judged(RULE, f"{line.format('TABLESPACE fast')}  # finding", before=moved)


@pytest.mark.parametrize("action", ["SET (fillfactor = 90)", "SET SCHEMA other", "ALTER COLUMN name SET STORAGE MAIN"])
def test_other_settings_copy_nothing(action: str) -> None:
    assert_judged(RULE, f'op.execute("ALTER TABLE users {action}")')


def test_a_partitioned_table_holds_nothing_to_copy() -> None:
    before = "def upgrade():\n    op.execute('CREATE TABLE events (at date) PARTITION BY RANGE (at)')\n"
    assert_judged(RULE, 'op.execute("ALTER TABLE events SET TABLESPACE fast")', before=before)
    assert_judged(RULE, 'op.execute("ALTER TABLE events SET ACCESS METHOD columnar")', before=before)


def test_a_materialized_view_is_copied_too() -> None:
    before = "def upgrade():\n    op.execute('CREATE MATERIALIZED VIEW v AS SELECT id FROM orders')\n"
    move = 'op.execute("ALTER MATERIALIZED VIEW v SET TABLESPACE fast")'
    assert_judged(RULE, f"{move}  # finding", before=before)
    assert_judged(RULE, f'op.execute("CREATE MATERIALIZED VIEW v AS SELECT 1 AS id")\n{move}')
    assert_judged(RULE, 'op.execute("ALTER MATERIALIZED VIEW v SET (fillfactor = 90)")', before=before)


def test_other_maintenance_copies_nothing() -> None:
    assert_judged(RULE, 'op.execute("ANALYZE users")')


@pytest.mark.parametrize("kind", ["TABLE", "INDEX"])
def test_a_whole_tablespace_is_copied_too(kind: str) -> None:
    assert_judged(RULE, f'op.execute("ALTER {kind} ALL IN TABLESPACE slow SET TABLESPACE fast")  # finding')


def test_new_and_small_tables_are_soon_copied() -> None:
    assert_judged(RULE, 'op.execute("CREATE TABLE f (i int)")\nop.execute("ALTER TABLE f SET UNLOGGED")')
    assert_judged(RULE, 'op.execute("ALTER TABLE users SET UNLOGGED")', statistics=statistics(users=10))
