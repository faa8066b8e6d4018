"""Constraints without a name, created and dropped."""

from __future__ import annotations

import pytest

from tests import databases
from tests.rules.catalogue.judged import assert_judged, repaired

RULE = "unnamed-constraint"
DROP = "drop-of-unnamed-constraint"
UNIQUE = 'def upgrade():\n    op.create_unique_constraint("users_email_key", "users", ["email"])\n'
CONVENTION = """from alembic import context
from sqlalchemy import MetaData, create_engine

target_metadata = MetaData(naming_convention={"fk": "fk_%(table_name)s_%(column_0_name)s"})
with create_engine("postgresql+psycopg://localhost/shop").connect() as connection:
    context.configure(connection=connection, target_metadata=target_metadata)
    with context.begin_transaction():
        context.run_migrations()
"""


@pytest.mark.parametrize(
    "line",
    [
        'op.create_foreign_key(None, "orders", "users", ["user_id"], ["id"])',
        'op.create_unique_constraint(None, "users", ["email"])',
        'op.execute("ALTER TABLE users ADD CHECK (age > 0)")',
    ],
)
def test_a_constraint_without_a_name_is_seen(line: str) -> None:
    assert_judged(RULE, f"{line}  # finding")


def test_a_naming_convention_names_it() -> None:
    line = 'op.create_foreign_key(None, "orders", "users", ["user_id"], ["id"])'
    assert_judged(RULE, line, env=CONVENTION)


@pytest.mark.parametrize(
    "line",
    [
        'op.create_unique_constraint("u", "users", ["email"])',
        'op.create_table("t", sa.Column("a", sa.Text(), unique=True))',
        'op.add_column("users", sa.Column("a", sa.Text(), unique=True))',
    ],
)
def test_other_constraints_are_not(line: str) -> None:
    assert_judged(RULE, line)


def test_the_servers_own_name_is_suggested() -> None:
    line = "op.create_unique_constraint(None, 'users', ['email', 'name'])"
    assert repaired(RULE, line) == line.replace("None", "'users_email_name_key'")
    line = 'op.create_unique_constraint(None, "users", ["email"])'
    assert repaired(RULE, line, before=UNIQUE) == line.replace("None", '"users_email_key1"')


def test_a_check_is_named_by_its_column_where_all_columns_are_known() -> None:
    line = "op.create_check_constraint(None, '{}', '{}')"
    one, two = line.format("orders", "total > 0"), line.format("orders", "total > id")
    assert repaired(RULE, one) == one.replace("None", "'orders_total_check'")
    assert repaired(RULE, two) == two.replace("None", "'orders_check'")
    assert repaired(RULE, line.format("elsewhere", "total > 0")) is None
    assert repaired(RULE, "op.execute('ALTER TABLE orders ADD CHECK (total > 0)')") is None


def test_a_long_name_is_shortened_as_the_server_does_it() -> None:
    table, column = "project_template_background_file_link", "preview_background_file_id"
    create = f"CREATE TABLE {table} ({column} bigint)"
    line = f"op.create_unique_constraint(None, '{table}', ['{column}'])"
    with databases.fresh_database() as connection:
        databases.run_all(connection, [create, f"ALTER TABLE {table} ADD UNIQUE ({column})"])
        query = "SELECT conname FROM pg_constraint WHERE conrelid = to_regclass(%s)"
        (name,) = connection.execute(query, (table,)).fetchone() or ("",)
    assert len(name) == 63
    before = f"def upgrade():\n    op.execute('{create}')\n"
    assert f"    '{name}',\n" in (repaired(RULE, line, before=before) or "")


def test_a_drop_without_a_name_is_seen_up_and_down_and_named_where_there_is_one_choice() -> None:
    line = 'op.drop_constraint(None, "users", type_="unique")'
    assert_judged(DROP, f"{line}  # finding", before=UNIQUE)
    assert_judged(DROP, "pass", f"{line}  # finding", before=UNIQUE)
    assert_judged(DROP, 'op.drop_constraint("u", "users", type_="unique")')
    assert repaired(DROP, line, before=UNIQUE) == line.replace("None", '"users_email_key"')
    two = UNIQUE + '    op.create_unique_constraint("other", "users", ["name"])\n'
    assert repaired(DROP, line, before=two) is None
    assert_judged("unreadable-operation", line, before=UNIQUE)


def test_a_convention_cannot_name_a_drop_by_columns_that_nobody_says() -> None:
    by_table = CONVENTION.replace("_%(column_0_name)s", "")
    before = 'def upgrade():\n    op.create_foreign_key(None, "orders", "users", ["user_id"], ["id"])\n'
    line = 'op.drop_constraint(None, "orders", type_="foreignkey")'
    (finding,) = assert_judged(DROP, f"{line}  # finding", before=before, env=CONVENTION)
    assert "`fk_orders_`" in finding.message
    assert repaired(DROP, line, before=before, env=CONVENTION) == line.replace("None", '"fk_orders_user_id"')
    assert_judged(DROP, line, before=before, env=by_table)
    looped = f"for _ in (1,):\n    {line}"
    assert_judged(DROP, looped, before=before, env=CONVENTION)
    assert_judged(DROP, line.replace("orders", "elsewhere"), env=CONVENTION)
    assert_judged(DROP, line.replace("None", '"fk_orders_"'), before=before, env=CONVENTION)
    assert_judged(DROP, line.replace(")", ", if_exists=True)"), before=before, env=CONVENTION)


def test_metadata_that_cannot_be_read_may_name_what_alembic_sends_and_not_what_is_text() -> None:
    unread = CONVENTION.replace("target_metadata=target_metadata", "target_metadata=current_app.db.metadata")
    unnamed = 'op.create_foreign_key(None, "orders", "users", ["user_id"], ["id"])'
    assert_judged(RULE, unnamed, env=unread)
    text = 'op.execute("ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id)")'
    assert_judged(RULE, f"{text}  # finding", env=unread)


def test_in_batch_mode_the_call_is_named_and_not_the_block() -> None:
    inside = 'b.drop_column("age")\n    b.drop_constraint(None, type_="unique")'
    batch = f'with op.batch_alter_table("users") as b:\n    {inside}'
    (finding,) = assert_judged(DROP, f"{batch}  # finding", before=UNIQUE)
    assert "not named" in finding.message
    assert_judged("unreadable-operation", batch, before=UNIQUE)


def test_a_batch_is_not_rewritten_and_an_unknown_table_may_get_a_name() -> None:
    assert (
        repaired(RULE, 'with op.batch_alter_table("users") as b:\n    b.create_unique_constraint(None, ["email"])')
        is None
    )
    line = 'op.create_unique_constraint(None, "elsewhere", ["email"])'
    assert repaired(RULE, line) == line.replace("None", '"elsewhere_email_key"')


@pytest.mark.parametrize(
    ("upgrade", "before"),
    [
        ("op.create_check_constraint(None, 'orders', 'total > 0')  # finding", ""),
        ("op.create_check_constraint('c', 'orders', 'total > 0')", ""),
        ("op.execute('ALTER TABLE orders ADD CHECK (total > 0)')  # finding", ""),
        ("op.execute('ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0)')", ""),
        ("with op.batch_alter_table('orders') as b:\n    b.create_check_constraint(None, 'total > 0')  # finding", ""),
        ("with op.batch_alter_table('orders') as b:\n    b.create_check_constraint('c', 'total > 0')", ""),
        (
            "op.create_table('t', sa.Column('n', sa.Integer()))\nop.execute('ALTER TABLE t ADD CHECK (n > 0)')",
            "",
        ),
        ("op.create_table('t', sa.Column('n', sa.Integer(), sa.CheckConstraint('n > 0')))", ""),
    ],
)
def test_a_check_without_a_name(upgrade: str, before: str) -> None:
    assert_judged("unnamed-constraint", upgrade, before=before)


def test_an_unnamed_drop_takes_the_only_constraint_of_its_kind() -> None:
    rule, before = (
        "drop-of-unnamed-constraint",
        "def upgrade():\n    op.create_unique_constraint('u', 'orders', ['total'])\n",
    )
    assert repaired(rule, "op.drop_constraint(None, 'orders', type_='unique')", before=before) == (
        "op.drop_constraint('u', 'orders', type_='unique')"
    )
    assert repaired(rule, "op.drop_constraint(None, 'orders')", before=before) is None
    assert repaired(rule, "op.drop_constraint(None, 'orders', type_='check')", before=before) is None
    assert repaired(rule, "op.drop_constraint(None, 'orders', type_=3)", before=before) is None
    assert repaired(rule, "op.drop_constraint(None, 'elsewhere', type_='unique')", before=before) is None
    assert repaired(rule, "op.drop_constraint(None, 3, type_='unique')", before=before) is None
    assert repaired(rule, "op.drop_constraint(None, 'orders', type_='unique', schema='shop')", before=before) is None
    assert (
        repaired(rule, "S = 'public'\nop.drop_constraint(None, 'orders', type_='unique', schema=S)", before=before)
        is None
    )
    assert repaired(rule, "table = 'orders'\nop.drop_constraint(None, table, type_='unique')", before=before) is None
    public = "op.drop_constraint({}, 'orders', type_='unique', schema='public')"
    assert repaired(rule, public.format(None), before=before) == public.format("'u'")
    like = before.replace("op.", "op.execute('CREATE TABLE orders2 (LIKE elsewhere INCLUDING ALL)')\n    op.")
    unread = "op.drop_constraint(None, 'orders2', type_='unique')"
    assert repaired(rule, unread, before=like.replace("'orders'", "'orders2'")) is None
    more = f"{before}    op.create_unique_constraint('v', 'orders', ['status'])\n"
    assert repaired(rule, "op.drop_constraint(None, 'orders', type_='unique')", before=more) is None


def test_an_unnamed_drop_that_stands_in_a_loop_gets_no_name() -> None:
    rule = "drop-of-unnamed-constraint"
    loop = "for table in ('users', 'orders'):\n    op.drop_constraint(None, table, type_='unique')"
    assert repaired(rule, loop) is None
    unknown = "import os\nop.drop_constraint(os.environ['NAME'], 'users', type_='unique')"
    assert_judged(rule, unknown)
