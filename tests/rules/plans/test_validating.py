"""Constraints added NOT VALID in one revision and validated in the next."""

from __future__ import annotations

from pathlib import Path

from tests.rules.catalogue.judged import migration
from tests.rules.plans.served import assert_same_end, finding_of, planned

KEY = 'op.create_foreign_key("orders_user_id_fkey", "orders", "users", ["user_id"], ["id"], ondelete="CASCADE")'
NO_KEY = 'op.drop_constraint("orders_user_id_fkey", "orders", type_="foreignkey")'
CHECK = 'op.create_check_constraint("orders_total_positive", "orders", "total >= 0")'
NO_CHECK = 'op.drop_constraint("orders_total_positive", "orders", type_="check")'
ONE_TRANSACTION = """from alembic import context
from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg://localhost/shop")
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


def test_a_foreign_key_is_added_not_valid_and_validated_in_the_next_revision(tmp_path: Path) -> None:
    one = planned("blocking-foreign-key", migration(KEY, NO_KEY))
    first, second = one.plan.revisions
    assert KEY.replace(")", ", postgresql_not_valid=True)") in first.text
    assert "VALIDATE CONSTRAINT orders_user_id_fkey" in second.text
    assert 'down_revision = "0001"' in first.text
    assert_same_end(one, tmp_path)


def test_a_key_without_a_name_is_validated_by_the_name_that_the_server_gives_it(tmp_path: Path) -> None:
    text = migration('op.create_foreign_key(None, "orders", "users", ["user_id"], ["id"])', NO_KEY)
    one = planned("blocking-foreign-key", text)
    assert "VALIDATE CONSTRAINT orders_user_id_fkey" in one.plan.revisions[1].text
    assert_same_end(one, tmp_path)


def test_a_check_written_as_sql_becomes_not_valid_as_sql(tmp_path: Path) -> None:
    sql = "ALTER TABLE orders ADD CHECK (total >= 0 AND status <> ':x' AND status NOT LIKE 'a%');"
    text = migration(f'op.execute("{sql}".replace(":x", "-x"))', "op.drop_constraint('orders_check', 'orders')")
    one = planned("blocking-check", text)
    assert "ADD CONSTRAINT orders_check CHECK" in one.plan.revisions[0].text
    assert_same_end(one, tmp_path)


def test_the_other_operations_of_the_revision_stay_where_they_are(tmp_path: Path) -> None:
    text = migration(
        f"""
        op.add_column("users", sa.Column("phone", sa.Text()))  # asked for by the shop
        {CHECK}
        """,
        f"""
        {NO_CHECK}
        op.drop_column("users", "phone")
        """,
    )
    one = planned("blocking-check", text)
    first = one.plan.revisions[0].text
    assert "# asked for by the shop" in first
    assert "Step 1 of 2 in place of revision 0003: the same, with orders_total_positive added NOT VALID." in first
    assert "of which one operation is replaced" in one.plan.title
    assert_same_end(one, tmp_path)


def test_in_one_transaction_for_all_revisions_the_validation_has_one_of_its_own(tmp_path: Path) -> None:
    one = planned("blocking-check", migration(CHECK, NO_CHECK), env=ONE_TRANSACTION)
    assert "autocommit_block()" in one.plan.revisions[1].text
    assert_same_end(one, tmp_path, env=ONE_TRANSACTION)


def test_a_validation_beside_its_constraint_moves_into_the_next_revision(tmp_path: Path) -> None:
    text = migration(
        f"""
        {CHECK[:-1]}, postgresql_not_valid=True)
        op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_total_positive")
        """,
        NO_CHECK,
    )
    one = planned("validation-under-lock", text)
    assert "VALIDATE" not in one.plan.revisions[0].text
    assert_same_end(one, tmp_path)


def test_a_key_with_on_delete_on_a_new_column_is_taken_out_of_the_column(tmp_path: Path) -> None:
    column = 'sa.Column("seller_id", sa.BigInteger(), sa.ForeignKey("users.id", ondelete="SET NULL"))'
    text = migration(f'op.add_column("orders", {column})', 'op.drop_column("orders", "seller_id")')
    one = planned("blocking-foreign-key-on-new-column", text)
    first = one.plan.revisions[0].text
    assert "ADD COLUMN seller_id BIGINT" in first
    assert "NOT VALID" in first
    assert_same_end(one, tmp_path)


def test_a_domain_constraint_is_validated_in_the_next_revision(tmp_path: Path) -> None:
    before = migration(
        """
        op.execute("CREATE DOMAIN amount AS numeric")
        op.execute("ALTER TABLE orders ADD COLUMN paid amount")
        """
    )
    text = migration(
        'op.execute("ALTER DOMAIN amount ADD CONSTRAINT amount_positive CHECK (VALUE >= 0)")',
        'op.execute("ALTER DOMAIN amount DROP CONSTRAINT amount_positive")',
    )
    one = planned("blocking-domain-constraint", text, before=before)
    assert "ALTER DOMAIN amount VALIDATE CONSTRAINT amount_positive" in one.plan.revisions[1].text
    assert_same_end(one, tmp_path)


def test_no_plan_validates_what_the_server_refuses_to_validate() -> None:
    before = migration(
        """
        op.execute("CREATE DOMAIN amount AS numeric")
        op.execute("CREATE TABLE bills (fees amount[])")
        """
    )
    text = migration('op.execute("ALTER DOMAIN amount ADD CONSTRAINT amount_positive CHECK (VALUE >= 0)")')
    found, _ = finding_of("blocking-domain-constraint", text, before=before)
    assert found.plan is None


def test_a_constraint_under_a_condition_or_in_a_loop_or_a_helper_gets_no_plan() -> None:
    for body in (
        f"if op.get_bind().execute(sa.text('SELECT 1')).scalar():\n    {CHECK}",
        f"if op.get_bind().execute(sa.text('SELECT 1')).scalar():\n    return\n{CHECK}",
        f"for _ in (1,):\n    {CHECK}",
        f"def add():\n    {CHECK}\nadd()",
        f"op.f('x'); {CHECK}",
    ):
        found, _ = finding_of("blocking-check", migration(body, NO_CHECK))
        assert found.plan is None, body


def test_where_the_servers_name_is_not_sure_the_constraint_gets_one(tmp_path: Path) -> None:
    before = migration('op.execute(os.environ.get("MORE", "SELECT 1"))').replace("def up", "import os\n\n\ndef up", 1)
    text = migration('op.create_foreign_key(None, "orders", "users", ["user_id"], ["id"])', NO_KEY)
    one = planned("blocking-foreign-key", text, before=before)
    assert "ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY" in one.plan.revisions[0].text
    assert_same_end(one, tmp_path)
