"""Indexes that are built, dropped or rebuilt in a revision of their own: same end, and the way back."""

from __future__ import annotations

from pathlib import Path

from tests.rules.catalogue.judged import migration
from tests.rules.plans.served import assert_same_end, base_of, ends, finding_of, id_of, planned

EVENTS = """def upgrade() -> None:
    op.execute("CREATE TABLE events (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at)")
    op.execute("CREATE TABLE events_old PARTITION OF events FOR VALUES FROM ('2000-01-01') TO ('2025-01-01')")
    op.execute('CREATE TABLE "Events new" PARTITION OF events FOR VALUES FROM (\\'2025-01-01\\') TO (\\'2050-01-01\\')')


def downgrade() -> None:
    op.drop_table("events")
"""


def test_indexes_among_other_work_get_a_revision_of_their_own(tmp_path: Path) -> None:
    text = migration(
        """
        op.add_column("users", sa.Column("phone", sa.Text(), index=True))
        """,
        """
        op.drop_index("ix_users_phone", table_name="users")
        op.drop_column("users", "phone")
        """,
    )
    one = planned("blocking-index-creation", text)
    first, second = one.plan.revisions
    assert "drop_index" not in first.text
    assert "CREATE INDEX CONCURRENTLY ix_users_phone ON users (phone)" in second.text
    assert_same_end(one, tmp_path)


def test_an_index_in_batch_mode_leaves_its_block(tmp_path: Path) -> None:
    text = migration(
        """
        op.add_column("orders", sa.Column("note", sa.Text()))
        with op.batch_alter_table("users") as batch_op:
            batch_op.create_index("ix_users_name", ["name"], unique=False)
        """,
        """
        with op.batch_alter_table("users") as batch_op:
            batch_op.drop_index("ix_users_name")
        op.drop_column("orders", "note")
        """,
    )
    one = planned("blocking-index-creation", text)
    assert "batch_op" not in one.plan.revisions[0].text
    assert_same_end(one, tmp_path)


def test_a_concurrent_index_beside_other_work_gets_a_revision_of_its_own() -> None:
    text = migration(
        """
        op.add_column("users", sa.Column("phone", sa.Text()))
        op.create_index("ix_users_name", "users", ["name"], postgresql_concurrently=True)
        """,
        'op.drop_index("ix_users_name")\nop.drop_column("users", "phone")',
    )
    one = planned("concurrently-inside-transaction", text)
    assert "create_index" not in one.plan.revisions[0].text
    assert "autocommit_block" in one.plan.revisions[1].text


def test_an_index_dropped_among_other_work_is_dropped_apart(tmp_path: Path) -> None:
    before = migration('op.create_index("ix_users_name", "users", ["name"])')
    text = migration(
        """
        op.add_column("orders", sa.Column("note", sa.Text()))
        op.drop_index("ix_users_name", table_name="users", postgresql_concurrently=True)
        """,
        """
        op.create_index("ix_users_name", "users", ["name"])
        op.drop_column("orders", "note")
        """,
    )
    one = planned("concurrently-inside-transaction", text, before=before)
    bad = {path: text.replace(", postgresql_concurrently=True", "") for path, text in one.laid_out.texts.items()}
    (tmp_path / "bad").mkdir()
    (tmp_path / "plan").mkdir()
    assert ends(tmp_path / "plan", one.texts) == ends(tmp_path / "bad", bad)


def test_an_index_rebuilt_concurrently_gets_a_revision_of_its_own(tmp_path: Path) -> None:
    text = migration(
        """
        op.add_column("orders", sa.Column("note", sa.Text()))
        op.execute("REINDEX INDEX CONCURRENTLY users_pkey")
        """,
        'op.drop_column("orders", "note")',
    )
    one = planned("concurrently-inside-transaction", text)
    assert "REINDEX" not in one.plan.revisions[0].text
    ends(tmp_path, one.texts)


def test_a_unique_index_that_a_later_statement_needs_gets_no_plan() -> None:
    text = migration(
        """
        op.create_index("ix_users_email", "users", ["email"], unique=True)
        op.execute("INSERT INTO users (email) VALUES ('a') ON CONFLICT (email) DO NOTHING")
        """
    )
    found, _ = finding_of("blocking-index-creation", text)
    assert found.plan is None


def test_an_index_of_a_partitioned_table_is_built_partition_by_partition(tmp_path: Path) -> None:
    text = migration('op.create_index("ix_events_at", "events", ["at"])', 'op.drop_index("ix_events_at")')
    one = planned("blocking-partitioned-index", text, before=EVENTS)
    assert len(one.plan.revisions) == 3
    assert_same_end(one, tmp_path)
    assert base_of(one.texts) == "0002"


def test_an_index_that_a_later_statement_names_gets_no_plan() -> None:
    text = migration(
        """
        op.create_index("ix_users_email", "users", ["email"])
        op.execute("COMMENT ON INDEX ix_users_email IS 'for the search'")
        """
    )
    found, _ = finding_of("blocking-index-creation", text)
    assert found.plan is None


def test_the_rest_of_a_revision_that_others_stand_on_has_a_file_of_its_own(tmp_path: Path) -> None:
    before = migration(
        """
        op.create_table("notes", sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
            sa.Column("user_id", sa.BigInteger(), sa.ForeignKey("users.id")))
        """,
        'op.drop_table("notes")',
    )
    text = migration('op.drop_table("notes")', before.partition("def upgrade():\n")[2].partition("\n\n\ndef")[0])
    above = migration('op.add_column("orders", sa.Column("note", sa.Text()))', 'op.drop_column("orders", "note")')
    one = planned("wide-lock-by-table-drop", text, before=before, also=(above,))
    first, last = one.plan.revisions
    assert "DROP CONSTRAINT notes_user_id_fkey" in first.text
    assert last.path.endswith("0003_example_rest.py")
    assert 'revision = "0003"' in last.text
    assert f'down_revision = "{id_of(first)}"' in last.text
    assert f"Revises: {id_of(first)}" in last.text
    assert_same_end(one, tmp_path)


SETTING_ENV = """from alembic import context
from sqlalchemy import create_engine, text

engine = create_engine("postgresql+psycopg://localhost/shop")
with engine.connect() as connection:
    connection.execute(text("SET lock_timeout = '4s'"))
    connection.commit()
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""


def test_a_timeout_that_env_py_has_set_is_set_again_after_a_build() -> None:
    text = migration(
        'op.create_index("ix_users_age", "users", ["age"])\nop.add_column("users", sa.Column("phone", sa.Text()))',
        'op.drop_column("users", "phone")\nop.drop_index("ix_users_age")',
    )
    built = planned("blocking-index-creation", text, env=SETTING_ENV).plan.revisions[-1].text
    assert "SET lock_timeout = '4s'" in built
    assert "RESET" not in built
    assert "RESET" in planned("blocking-index-creation", text).plan.revisions[-1].text
