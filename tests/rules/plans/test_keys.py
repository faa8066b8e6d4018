"""Keys that take over an index built before."""

from __future__ import annotations

from pathlib import Path

from tests.rules.catalogue.judged import migration
from tests.rules.plans.served import assert_same_end, planned


def test_a_unique_constraint_takes_over_an_index_built_before(tmp_path: Path) -> None:
    text = migration(
        'op.create_unique_constraint(None, "users", ["email", "name"], deferrable=True, initially="DEFERRED")',
        'op.drop_constraint("users_email_name_key", "users")',
    )
    one = planned("blocking-unique-constraint", text)
    assert "CONCURRENTLY users_email_name_key" in one.plan.revisions[0].text
    assert_same_end(one, tmp_path)


def test_a_unique_constraint_hidden_in_a_column_follows_the_column(tmp_path: Path) -> None:
    column = 'sa.Column("phone", sa.Text(), unique=True)'
    text = migration(f'op.add_column("users", {column})', 'op.drop_column("users", "phone")')
    one = planned("blocking-unique-constraint", text)
    assert len(one.plan.revisions) == 3
    assert_same_end(one, tmp_path)


def test_a_primary_key_takes_over_an_index_built_before(tmp_path: Path) -> None:
    before = migration(
        'op.create_table("tags", sa.Column("order", sa.Text(), nullable=False))', 'op.drop_table("tags")'
    )
    text = migration('op.create_primary_key("tags_pkey", "tags", ["order"])', 'op.drop_constraint("tags_pkey", "tags")')
    one = planned("blocking-primary-key", text, before=before)
    assert 'ON tags ("order")' in one.plan.revisions[0].text
    assert_same_end(one, tmp_path)


def test_a_primary_key_over_a_nullable_column_proves_first_that_it_holds_no_null(tmp_path: Path) -> None:
    before = migration('op.create_table("tags", sa.Column("name", sa.Text()))', 'op.drop_table("tags")')
    text = migration('op.create_primary_key("tags_pkey", "tags", ["name"])', 'op.drop_constraint("tags_pkey", "tags")')
    one = planned("blocking-primary-key", text, before=before)
    assert "CHECK (name IS NOT NULL) NOT VALID" in " ".join(one.plan.revisions[0].text.split())
    assert_same_end(one, tmp_path)
