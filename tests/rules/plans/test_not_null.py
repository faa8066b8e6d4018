"""Columns made NOT NULL and filled, defaults that would rewrite, in several revisions: same end, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import fresh_database
from tests.rules.catalogue.judged import migration
from tests.rules.plans.served import assert_same_end, fill, finding_of, lay_out, planned

FILLED = """
op.execute("UPDATE users SET email = lower(name) || '@x:y' WHERE email IS NULL")
op.alter_column("users", "email", nullable=False)
"""


NULLABLE = 'op.alter_column("users", "email", nullable=True)'


EMPTIED = ("UPDATE users SET email = NULL WHERE id % 3 = 0",)


@pytest.mark.parametrize("version", [16, 18])
def test_a_filled_column_becomes_not_null_in_three_steps(version: int, tmp_path: Path) -> None:
    one = planned("blocking-not-null", migration(FILLED, NULLABLE), server_version=version)
    assert [revision.path.rpartition("example_")[2] for revision in one.plan.revisions] == [
        "fill.py",
        "check.py",
        "not_null.py",
    ]
    assert ("NOT NULL email NOT VALID" in one.plan.revisions[1].text) == (version == 18)
    assert_same_end(one, tmp_path, EMPTIED, server_version=version)


def test_rows_written_between_the_steps_are_filled_too(tmp_path: Path) -> None:
    one = planned("blocking-not-null", migration(FILLED, NULLABLE))
    ids = [revision.text.split("Revision ID: ")[1].split()[0] for revision in one.plan.revisions]
    with fresh_database(16) as connection:
        migrations = lay_out(tmp_path, connection, one.texts)
        assert migrations.upgrade("0001") == ""
        fill(connection, EMPTIED)
        assert migrations.upgrade(ids[0]) == ""
        assert connection.execute("SELECT count(*) FROM users WHERE email IS NULL").fetchone() == (0,)
        connection.execute("INSERT INTO users (name) VALUES ('LATE')")
        assert migrations.upgrade(ids[1]) == ""
        assert migrations.upgrade() == ""
        assert connection.execute("SELECT email FROM users WHERE name = 'LATE'").fetchone() == ("late@x:y",)


def test_without_a_value_the_plan_only_proves_that_the_rows_are_filled(tmp_path: Path) -> None:
    text = migration('op.alter_column("users", "email", nullable=False)', NULLABLE)
    one = planned("blocking-not-null", text)
    assert len(one.plan.revisions) == 2
    assert_same_end(one, tmp_path)


def test_the_columns_own_default_fills_old_rows(tmp_path: Path) -> None:
    before = migration("op.execute(\"ALTER TABLE users ALTER COLUMN email SET DEFAULT 'none'\")")
    text = migration('op.alter_column("users", "email", nullable=False)', NULLABLE)
    one = planned("blocking-not-null", text, before=before)
    assert "SET email = 'none'" in one.plan.revisions[0].text
    assert_same_end(one, tmp_path, EMPTIED[:0])


def test_a_column_added_and_filled_in_the_same_revision_is_filled_by_the_plan(tmp_path: Path) -> None:
    text = migration(
        """
        op.add_column("users", sa.Column("phone", sa.Text()))
        op.execute("UPDATE users SET phone = ''")
        op.alter_column("users", "phone", nullable=False)
        """,
        'op.drop_column("users", "phone")',
    )
    one = planned("blocking-not-null", text)
    assert len(one.plan.revisions) == 4
    assert "UPDATE" not in one.plan.revisions[0].text
    assert_same_end(one, tmp_path)


def test_no_filling_is_planned_from_an_update_that_does_more() -> None:
    for update in (
        "UPDATE users SET email = '' WHERE age > 3",
        "UPDATE users SET email = ''",
        "UPDATE users SET email = '', name = '' WHERE email IS NULL",
        "UPDATE users SET email = orders.status FROM orders WHERE email IS NULL",
        "UPDATE users SET email = (SELECT status FROM orders LIMIT 1) WHERE email IS NULL",
    ):
        text = migration(f'op.execute("{update}")\nop.alter_column("users", "email", nullable=False)', NULLABLE)
        found, _ = finding_of("blocking-not-null", text)
        assert found.plan is None, update


def test_a_check_before_the_rows_are_filled_is_not_planned() -> None:
    before = migration('op.add_column("users", sa.Column("phone", sa.Text()))')
    found, _ = finding_of(
        "blocking-not-null", migration('op.alter_column("users", "phone", nullable=False)'), before=before
    )
    assert found.plan is None


@pytest.mark.parametrize("nullable", [True, False])
def test_a_volatile_default_holds_for_new_rows_and_old_ones_are_filled(nullable: bool, tmp_path: Path) -> None:
    column = f'sa.Column("token", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable={nullable})'
    text = migration(f'op.add_column("users", {column})', 'op.drop_column("users", "token")')
    one = planned("volatile-column-default", text)
    assert len(one.plan.revisions) == (2 if nullable else 4)
    assert_same_end(one, tmp_path)


def test_the_volatile_default_of_a_domain_gets_no_plan() -> None:
    before = migration("op.execute('CREATE DOMAIN drawn AS float DEFAULT random()')", "op.execute('DROP DOMAIN drawn')")
    text = migration("op.execute('ALTER TABLE users ADD COLUMN token drawn')", 'op.drop_column("users", "token")')
    found, _ = finding_of("volatile-column-default", text, before=before)
    assert found.plan is None
    assert found.no_plan.startswith("The default is that of the type drawn:")


def test_the_files_are_named_and_numbered_the_same_each_time() -> None:
    text = migration(FILLED, NULLABLE)
    assert planned("blocking-not-null", text).plan == planned("blocking-not-null", text).plan


def test_revisions_above_keep_their_parent(tmp_path: Path) -> None:
    above = migration('op.add_column("orders", sa.Column("note", sa.Text()))', 'op.drop_column("orders", "note")')
    one = planned("blocking-not-null", migration(FILLED, NULLABLE), also=(above,))
    assert 'revision = "0003"' in one.plan.revisions[-1].text
    assert_same_end(one, tmp_path)
