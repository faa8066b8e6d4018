"""Columns made NOT NULL, keys, indexes and defaults in several revisions: same end, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.model.columns import DataType
from rules.model.names import Name
from rules.plans.retyped import Pair
from tests.databases import fresh_database
from tests.rules.catalogue.judged import migration
from tests.rules.plans.served import assert_same_end, base_of, ends, fill, finding_of, id_of, lay_out, planned

FILLED = """
op.execute("UPDATE users SET email = lower(name) || '@x:y' WHERE email IS NULL")
op.alter_column("users", "email", nullable=False)
"""
NULLABLE = 'op.alter_column("users", "email", nullable=True)'
EMPTIED = ("UPDATE users SET email = NULL WHERE id % 3 = 0",)
EVENTS = """def upgrade() -> None:
    op.execute("CREATE TABLE events (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at)")
    op.execute("CREATE TABLE events_old PARTITION OF events FOR VALUES FROM ('2000-01-01') TO ('2025-01-01')")
    op.execute('CREATE TABLE "Events new" PARTITION OF events FOR VALUES FROM (\\'2025-01-01\\') TO (\\'2050-01-01\\')')


def downgrade() -> None:
    op.drop_table("events")
"""


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


def test_the_files_are_named_and_numbered_the_same_each_time() -> None:
    text = migration(FILLED, NULLABLE)
    assert planned("blocking-not-null", text).plan == planned("blocking-not-null", text).plan


def test_revisions_above_keep_their_parent(tmp_path: Path) -> None:
    above = migration('op.add_column("orders", sa.Column("note", sa.Text()))', 'op.drop_column("orders", "note")')
    one = planned("blocking-not-null", migration(FILLED, NULLABLE), also=(above,))
    assert 'revision = "0003"' in one.plan.revisions[-1].text
    assert_same_end(one, tmp_path)


@pytest.mark.parametrize("nullable", [True, False])
@pytest.mark.parametrize("new", ["BigInteger", "Text", "Numeric"])
def test_a_type_is_changed_beside_the_column(new: str, nullable: bool, tmp_path: Path) -> None:
    before = migration(f'op.execute("ALTER TABLE users ALTER COLUMN age {"DROP" if nullable else "SET"} NOT NULL")')
    text = migration(
        f'op.alter_column("users", "age", type_=sa.{new}())',
        'op.execute("ALTER TABLE users ALTER COLUMN age TYPE integer USING age::integer")',
    )
    one = planned("rewriting-type-change", text, before=before)
    assert [step.path.rpartition("example_")[2] for step in one.plan.revisions] == [
        "expand.py",
        "fill.py",
        *([] if nullable else ["check.py", "not_null.py"]),
        "switch.py",
    ]
    assert_same_end(one, tmp_path)


def test_whichever_column_is_written_while_both_are_there_the_other_one_follows(tmp_path: Path) -> None:
    one = planned("rewriting-type-change", migration('op.alter_column("users", "age", type_=sa.BigInteger())'))
    expand = one.plan.revisions[0].text.split("Revision ID: ")[1].split()[0]
    with fresh_database(16) as connection:
        migrations = lay_out(tmp_path, connection, one.texts)
        assert migrations.upgrade(expand) == ""
        for statement, ages in (
            ("INSERT INTO users (id, age) OVERRIDING SYSTEM VALUE VALUES (1, 30)", (30, 30)),
            ("UPDATE users SET age = 31", (31, 31)),
            ("UPDATE users SET age_new = 32", (32, 32)),
            ("UPDATE users SET name = 'x'", (32, 32)),
            ("UPDATE users SET age = NULL", (None, None)),
            ("UPDATE users SET age_new = 33", (33, 33)),
            ("UPDATE users SET age_new = NULL", (None, None)),
            ("UPDATE users SET age = 1, age_new = 1", (1, 1)),
        ):
            connection.execute(statement)
            assert connection.execute("SELECT age, age_new FROM users").fetchone() == ages, statement
        connection.execute("DELETE FROM users")
        connection.execute("INSERT INTO users (age_new) VALUES (40)")
        assert connection.execute("SELECT age, age_new FROM users").fetchone() == (40, 40)


def test_values_written_after_the_switch_survive_the_way_back(tmp_path: Path) -> None:
    one = planned("rewriting-type-change", migration('op.alter_column("users", "age", type_=sa.BigInteger())'))
    with fresh_database(16) as connection:
        migrations = lay_out(tmp_path, connection, one.texts)
        assert migrations.upgrade("0001") == ""
        fill(connection)
        before = connection.execute("SELECT id, age FROM users ORDER BY id").fetchall()
        assert migrations.upgrade() == ""
        assert connection.execute("SELECT id, age FROM users ORDER BY id").fetchall() == before
        connection.execute("INSERT INTO users (name, age) VALUES ('LATE', 99)")
        assert migrations.downgrade("0001") == ""
        after = connection.execute("SELECT id, age FROM users WHERE name <> 'LATE' ORDER BY id").fetchall()
        assert after == before
        assert connection.execute("SELECT age FROM users WHERE name = 'LATE'").fetchone() == (99,)


def test_an_index_that_a_later_statement_names_gets_no_plan() -> None:
    text = migration(
        """
        op.create_index("ix_users_email", "users", ["email"])
        op.execute("COMMENT ON INDEX ix_users_email IS 'for the search'")
        """
    )
    found, _ = finding_of("blocking-index-creation", text)
    assert found.plan is None


def test_filling_a_column_of_less_precision_leaves_the_old_one_as_it_is() -> None:
    pair = Pair(Name("visits"), "at", "at_new", DataType("timestamp without time zone"), DataType("date"))
    with fresh_database(16) as connection:
        connection.execute("CREATE TABLE visits (at timestamp)")
        connection.execute("INSERT INTO visits VALUES ('2026-01-02 03:04')")
        connection.execute("ALTER TABLE visits ADD COLUMN at_new date")
        for statement in pair.kept_equal():
            connection.execute(statement)
        connection.execute("UPDATE visits SET at_new = CAST(at AS date)")
        assert connection.execute("SELECT at::text, at_new::text FROM visits").fetchone() == (
            "2026-01-02 03:04:00",
            "2026-01-02",
        )


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


def test_numbers_go_on_whenever_the_sequence_and_the_identity_change_places(tmp_path: Path) -> None:
    column = 'sa.Column("number", sa.BigInteger(), sa.Identity(always=True))'
    text = migration(f'op.add_column("users", {column})', 'op.drop_column("users", "number")')
    one = planned("auto-incrementing-column-addition", text)
    with fresh_database(16) as connection:
        migrations = lay_out(tmp_path, connection, one.texts)
        assert migrations.upgrade("0001") == ""
        fill(connection, rows=20)
        for _ in range(3):
            assert migrations.upgrade() == ""
            connection.execute("INSERT INTO users (email) VALUES ('x')")
            assert migrations.downgrade(id_of(one.plan.revisions[-2])) == ""
            connection.execute("INSERT INTO users (email) VALUES ('x')")
        numbers = "SELECT count(*), count(DISTINCT number) FROM users"
        assert connection.execute(numbers).fetchone() == (26, 26)


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
