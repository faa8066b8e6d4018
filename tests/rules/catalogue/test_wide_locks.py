"""Locks that a statement takes on tables that it does not name."""

from __future__ import annotations

from tests.rules.catalogue.judged import assert_judged, findings, migration

NEW = "op.create_table('t', sa.Column('a', sa.Integer()))\n"
KEY = 'def upgrade():\n    op.create_foreign_key("f", "orders", "users", ["user_id"], ["id"])\n'
ADD = 'op.add_column("users", sa.Column("n", sa.Text()))'


def test_foreign_keys_at_once() -> None:
    rule, on = "several-foreign-keys-at-once", "rules:\n  several-foreign-keys-at-once: notice\n"
    key = "op.create_foreign_key('{0}', '{1}', '{2}', ['a'], ['id'])"
    users, other = key.format("f", "archive", "users"), key.format("g", "archive", "orders")
    assert_judged(rule, users, settings=on)
    assert_judged(rule, f"{users}\n{other}  # finding", settings=on)
    assert_judged(rule, f"{users}\n{users.replace('f', 'h', 1)}", settings=on)
    assert_judged(rule, f"{users}\n{NEW}{key.format('g', 'archive', 't')}", settings=on)
    column = "op.add_column('archive', sa.Column('b', sa.Integer(), sa.ForeignKey('orders.id')))"
    assert_judged(rule, f"{users}\n{column}  # finding", settings=on)
    assert_judged(rule, f"{column}\n{users}  # finding", settings=on)
    table = "op.create_table('t', sa.Column('b', sa.Integer(), sa.ForeignKey('orders.id')))"
    assert_judged(rule, f"{table}\n{users}  # finding", settings=on)
    assert_judged(rule, f"op.execute('SELECT 1')\n{users}", settings=on)
    inline = "op.execute('ALTER TABLE archive ADD b bigint REFERENCES orders')"
    assert_judged(rule, f"{users}\n{inline}  # finding", settings=on)
    (found,) = findings(rule, migration(f"{users}\n{other}\n{key.format('h', 'archive', 'users')}"), settings=on)
    assert found.message == (
        "Writes to `orders` and `users` wait until this transaction ends, because foreign keys reference them."
    )
    column = "sa.Column('{0}', sa.BigInteger(), sa.ForeignKey('{1}.id'))"
    both = f"op.create_table('t', {column.format('b', 'orders')}, {column.format('c', 'users')})"
    (found,) = findings(rule, migration(f"{users}\n{other}\n{both}"), settings=on)
    assert "The same" not in found.message
    third = key.format("h", "archive", "orders")
    assert_judged(rule, f"{users}\n{other}  # finding\n{third}", settings=on)
    own = "op.create_table('t', sa.Column('b', sa.Integer(), sa.ForeignKey('t.c')), sa.Column('c', sa.Integer()))"
    assert_judged(rule, f"{own}\n{users}", settings=on)


def test_a_foreign_key_is_dropped_alone() -> None:
    rule, drop = "wide-lock-by-foreign-key-drop", 'op.drop_constraint("f", "orders")'
    assert_judged(rule, drop, before=KEY)
    assert_judged(rule, f"{drop}  # finding\n{ADD}", before=KEY)
    assert_judged(rule, f"{ADD}\n{drop}  # finding", before=KEY)
    assert_judged(rule, f"op.execute(\"SET LOCAL lock_timeout = '4s'\")\n{drop}", before=KEY)
    block = 'with op.get_context().autocommit_block():\n    op.execute("VACUUM users")'
    assert_judged(rule, f"{drop}\n{block}", before=KEY)
    assert_judged(rule, f'{drop}\nop.execute("COMMIT")\n{ADD}', before=KEY)
    assert_judged(rule, f'{ADD}\nop.execute("COMMIT")\n{drop}', before=KEY)
    new = 'op.create_table("t", sa.Column("n", sa.Text()))\nop.execute("INSERT INTO t VALUES (1)")'
    assert_judged(rule, f"{drop}\n{new}", before=KEY)
    assert_judged(rule, f"{drop}  # finding\nop.execute(\"UPDATE users SET name = 'a' WHERE id = 1\")", before=KEY)
    assert_judged(rule, f"import os\n{drop}  # finding\nop.execute(os.environ['SQL'])", before=KEY)
    check = 'def upgrade():\n    op.create_check_constraint("f", "orders", "total > 0")\n'
    assert_judged(rule, f"{drop}\n{ADD}", before=check)
    assert_judged(rule, f"{drop}\n{ADD}")
    assert_judged(rule, f'op.drop_constraint("f", "elsewhere")\n{ADD}')
    table = 'op.create_table("t", sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id", name="k")))'
    assert_judged(rule, f'{table}\nop.drop_constraint("k", "t")\n{ADD}')
    assert_judged(rule, 'op.execute("ALTER TABLE orders DROP CONSTRAINT f, ADD n int")', before=KEY)


def test_a_dropped_table_takes_the_tables_it_references_along() -> None:
    rule, drop = "wide-lock-by-table-drop", 'op.drop_table("orders")'
    assert_judged(rule, f"{drop}  # finding", before=KEY)
    assert_judged(rule, drop)
    assert_judged(rule, f'{drop}\nop.drop_table("users")', before=KEY)
    assert_judged(rule, f'op.drop_constraint("f", "orders")\n{drop}', before=KEY)
    assert_judged(rule, 'op.drop_table("elsewhere")')
    child = 'op.create_table("t", sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id")))'
    assert_judged(rule, f'{child}\nop.drop_table("t")')
    new = 'op.create_table("kinds", sa.Column("id", sa.BigInteger(), primary_key=True))\n'
    key = 'op.create_foreign_key("k", "orders", "kinds", ["user_id"], ["id"])\n'
    assert_judged(rule, new + key + drop)


def test_several_foreign_keys_are_only_counted_where_the_settings_ask() -> None:
    rule = "several-foreign-keys-at-once"
    table = 'op.create_table("t", sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id")){more})'
    two = table.format(more=', sa.Column("o", sa.BigInteger(), sa.ForeignKey("orders.id"))')
    asked = "rules: {several-foreign-keys-at-once: notice}\n"
    assert_judged(rule, two)
    assert_judged(rule, f"{two}  # finding", settings=asked)
    assert_judged(rule, table.format(more=""), settings=asked)
    itself = (
        ', sa.Column("n", sa.BigInteger(), primary_key=True), sa.Column("p", sa.BigInteger(), sa.ForeignKey("t.n"))'
    )
    assert_judged(rule, table.format(more=itself), settings=asked)


def test_a_key_to_its_own_table_locks_one_table() -> None:
    before = 'def upgrade():\n    op.create_foreign_key("f", "users", "users", ["age"], ["id"])\n'
    assert_judged("wide-lock-by-foreign-key-drop", f'op.drop_constraint("f", "users")\n{ADD}', before=before)
    (found,) = findings(
        "blocking-foreign-key", migration('op.create_foreign_key("f", "users", "users", ["age"], ["id"])')
    )
    assert "every write to `users` wait" in found.message
