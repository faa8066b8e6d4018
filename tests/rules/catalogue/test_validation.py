"""NOT VALID and VALIDATE: in which transaction, in which order, and forgotten."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, findings, migration, statistics

RULE = "validation-under-lock"
ADD = 'op.create_check_constraint("c", "orders", "total > 0", postgresql_not_valid=True)'
VALIDATE = 'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT c")'
ONE_TRANSACTION = """from alembic import context
from sqlalchemy import create_engine

with create_engine("postgresql+psycopg://localhost/shop").connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


def test_one_transaction_holds_the_lock_during_the_validation() -> None:
    assert_judged(RULE, f"{ADD}\n{VALIDATE}  # finding")
    assert_judged(RULE, f'op.add_column("orders", sa.Column("n", sa.Text()))\n{VALIDATE}  # finding')
    assert_judged(RULE, f"{ADD}\nwith op.get_context().autocommit_block():\n    {VALIDATE}")
    assert_judged(RULE, f"{ADD}\n{VALIDATE}", statistics=statistics(orders=5))


def test_only_what_locks_that_table_so_much_holds_it() -> None:
    assert_judged(RULE, f'op.create_index("i", "orders", ["total"])\n{VALIDATE}')
    assert_judged(RULE, f'op.execute("UPDATE orders SET total = 1 WHERE id = 1")\n{VALIDATE}')
    key = 'op.create_foreign_key("f", "users", "users", ["id"], ["id"], postgresql_not_valid=True)'
    assert_judged(RULE, f"{key}\n{VALIDATE}")
    assert_judged(RULE, f"{key.replace('users', 'orders')}\n{VALIDATE}  # finding")
    assert_judged(RULE, f"{ADD}\nwith op.get_context().autocommit_block():\n    {VALIDATE}")


def test_another_tables_lock_is_another_rules_business() -> None:
    assert_judged(RULE, f'op.add_column("users", sa.Column("n", sa.Text()))\n{VALIDATE}')


def test_the_last_steps_of_not_null_may_share_a_transaction() -> None:
    assert_judged(
        RULE, f'{VALIDATE}\nop.alter_column("orders", "total", nullable=False)\nop.drop_constraint("c", "orders")'
    )


def test_in_autocommit_no_lock_is_held_that_long() -> None:
    env = ONE_TRANSACTION.replace('shop")', 'shop", isolation_level="AUTOCOMMIT")')
    assert_judged(RULE, f"{ADD}\n{VALIDATE}", env=env)
    assert findings(RULE, migration(ADD), also=(migration(VALIDATE),), env=env) == ()


def test_two_revisions_are_one_transaction_without_the_setting() -> None:
    above = migration(VALIDATE)
    assert findings(RULE, migration(ADD), also=(above,)) == ()
    (finding,) = findings(RULE, migration(ADD), also=(above,), env=ONE_TRANSACTION)
    assert finding.revision == "0004"
    assert "of `0003`" in finding.message


def test_a_check_before_the_backfill_makes_updates_fail() -> None:
    rule = "not-valid-before-backfill"
    check = 'op.create_check_constraint("c", "users", "phone IS NOT NULL", postgresql_not_valid=True)'
    added = 'def upgrade():\n    op.add_column("users", sa.Column("phone", sa.Text(){default}))\n'
    empty = added.format(default="")
    assert_judged(rule, f"{check}  # finding", before=empty)
    assert_judged(rule, check, before=added.format(default=', server_default=""'))
    assert_judged(rule, check, before=empty + '    op.execute("UPDATE users SET phone = 0")\n')
    assert_judged(rule, f'op.execute("UPDATE users SET phone = 0")\n{check}', before=empty)
    assert_judged(rule, f'op.execute("UPDATE users SET name = 0")\n{check}  # finding', before=empty)
    assert_judged(rule, check, before=added.format(default=", nullable=False"))
    assert_judged(rule, check.replace("users", "elsewhere"), before=empty)
    assert_judged(rule, check.replace("phone IS NOT NULL", "email IS NOT NULL"), before=empty)
    assert_judged(rule, check.replace("phone IS NOT NULL", "length(phone) > 3"), before=empty)


def test_a_constraint_left_not_valid_is_remembered_when_its_table_changes() -> None:
    rule = "forgotten-validation"
    before = f"def upgrade():\n    {ADD}\n"
    change = 'op.add_column("orders", sa.Column("n", sa.Text()))'
    assert_judged(rule, f"{change}  # finding", before=before)
    assert_judged(rule, f"{change}\n{VALIDATE}", before=before)
    assert_judged(rule, change, before=f"{before}    {VALIDATE}\n")
    assert_judged(rule, change.replace("orders", "users"), before=before)
    assert_judged(rule, f"{ADD}\n{change}")


LEFT = "def upgrade():\n    op.create_check_constraint('c', 'orders', 'total > 0', postgresql_not_valid=True)\n"


def test_a_validation_that_was_forgotten() -> None:
    rule, change = "forgotten-validation", "op.add_column('orders', sa.Column('n', sa.Text()))"
    assert_judged(rule, f"{change}  # finding", before=LEFT)
    (once,) = assert_judged(rule, f"{change}  # finding\nop.drop_column('orders', 'status')", before=LEFT)
    assert once.message.endswith("and never validated.")
    assert_judged(rule, "op.create_index('i', 'orders', ['total'])", before=LEFT)
    assert_judged(rule, f"{change}\nop.execute('ALTER TABLE orders VALIDATE CONSTRAINT c')", before=LEFT)
    assert_judged(rule, f"{LEFT.partition(chr(10))[2].strip()}\n{change}")
    assert_judged(rule, f"{change}\nop.drop_constraint('c', 'orders')", before=LEFT)
    assert_judged(rule, f"{change}  # finding\nop.execute('ALTER TABLE orders VALIDATE CONSTRAINT d')", before=LEFT)
    assert_judged(rule, f"{change}  # finding\nop.execute('ALTER TABLE users VALIDATE CONSTRAINT c')", before=LEFT)
    assert_judged(rule, change, before=LEFT.replace(", postgresql_not_valid=True", ""))
    assert_judged(rule, change.replace("orders", "elsewhere"), before=LEFT)


@pytest.mark.parametrize(
    ("change", "alters"),
    [
        ("op.add_column('orders', sa.Column('n', sa.Text()))", True),
        ("op.drop_column('orders', 'status')", True),
        ("op.alter_column('orders', 'total', type_=sa.Numeric(14, 2))", True),
        ("op.alter_column('orders', 'total', nullable=False)", True),
        ("op.alter_column('orders', 'total', server_default='0')", True),
        ("op.create_check_constraint('d', 'orders', 'total < 9', postgresql_not_valid=True)", True),
        ("op.create_foreign_key('f', 'orders', 'users', ['user_id'], ['id'], postgresql_not_valid=True)", True),
        ("op.execute('UPDATE orders SET total = 1 WHERE id = 1')", False),
        ("op.create_index('i', 'users', ['name'])", False),
    ],
)
def test_who_alters_the_table_is_reminded(change: str, alters: bool) -> None:
    assert_judged("forgotten-validation", f"{change}  # finding" if alters else change, before=LEFT)


def test_a_constraint_of_this_pull_request_is_not_forgotten() -> None:
    change = migration("op.add_column('orders', sa.Column('n', sa.Text()))")
    assert findings("forgotten-validation", LEFT, also=(change,)) == ()
