"""Stored generated columns are named, virtual ones are not."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, statistics

RULE = "stored-generated-column-addition"
ADD = 'op.execute("ALTER TABLE users ADD COLUMN k text GENERATED ALWAYS AS (lower(email)) {}")'


def test_a_stored_column_is_named_in_each_spelling() -> None:
    column = 'sa.Column("k", sa.Text(), sa.Computed("lower(email)", persisted=True))'
    assert_judged(RULE, f'op.add_column("users", {column})  # finding')
    assert_judged(RULE, f'with op.batch_alter_table("users") as b:\n    b.add_column({column})  # finding')
    assert_judged(RULE, ADD.format("STORED") + "  # finding")


def test_a_virtual_column_writes_nothing() -> None:
    assert_judged(RULE, ADD.format("VIRTUAL"), server_version=18)


@pytest.mark.parametrize(("kind", "mark"), [("STORED", "  # finding"), ("VIRTUAL", "")])
def test_a_new_expression_is_computed_for_each_row_if_it_is_stored(kind: str, mark: str) -> None:
    before = f"def upgrade():\n    {ADD.format(kind)}\n"
    change = 'op.execute("ALTER TABLE users ALTER COLUMN k SET EXPRESSION AS (upper(email))")'
    assert_judged(RULE, change + mark, before=before, server_version=18)
    assert_judged(RULE, change.replace("users", "elsewhere") + "  # finding", server_version=18)


@pytest.mark.parametrize("action", ["DROP EXPRESSION", "SET STATISTICS 100", "SET DEFAULT 'a'"])
def test_other_changes_of_the_column_write_nothing(action: str) -> None:
    before = f"def upgrade():\n    {ADD.format('STORED')}\n"
    assert_judged(RULE, f'op.execute("ALTER TABLE users ALTER COLUMN k {action}")', before=before)


def test_only_18_is_told_of_virtual_columns() -> None:
    (old,) = assert_judged(RULE, ADD.format("STORED") + "  # finding", server_version=17)
    (new,) = assert_judged(RULE, ADD.format("STORED") + "  # finding", server_version=18)
    assert ("virtual" in old.advice, "virtual" in new.advice) == (False, True)


def test_new_and_small_tables_are_soon_written() -> None:
    assert_judged(RULE, 'op.execute("CREATE TABLE f (email text)")\n' + ADD.format("STORED").replace("users", "f"))
    assert_judged(RULE, ADD.format("STORED"), statistics=statistics(users=10))
