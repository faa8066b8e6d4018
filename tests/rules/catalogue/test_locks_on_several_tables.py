"""Locks of several tables that are held together."""

from __future__ import annotations

from tests.rules.catalogue.judged import assert_judged, findings, migration, statistics

ADD = 'op.add_column("users", sa.Column("n", sa.Text()))'
TOTAL = 'op.alter_column("orders", "total", nullable=False)'
NOTE = 'op.add_column("orders", sa.Column("n", sa.Text()))'
LARGE = statistics(users=2_000_000, orders=2_000_000)


def test_only_a_lock_that_others_wait_for_is_company() -> None:
    rule = "locks-on-several-tables"
    assert_judged(rule, f"{ADD}\n{TOTAL}  # finding")
    assert_judged(rule, f'op.create_table("t", sa.Column("n", sa.Text()))\n{TOTAL}')
    assert_judged(rule, f'op.create_table("t", sa.Column("n", sa.Text()))\n{ADD.replace("users", "t")}\n{TOTAL}')
    assert_judged(rule, f'op.drop_index("ix_elsewhere")\n{TOTAL}')
    assert_judged(rule, f"{ADD}\n{TOTAL}", statistics=statistics(orders=5))
    valid = 'def upgrade():\n    op.create_check_constraint("c", "orders", "total > 0", postgresql_not_valid=True)\n'
    assert_judged(rule, f'{ADD}\nop.execute("ALTER TABLE orders VALIDATE CONSTRAINT c")', before=valid)
    volatile = 'op.add_column("orders", sa.Column("r", sa.Float(), server_default=sa.func.random()))'
    (found,) = assert_judged(rule, f"{ADD}\n{volatile}  # finding")
    assert found.message.startswith("While `orders` is written anew")


def test_work_on_one_table_keeps_the_locks_of_others() -> None:
    rule = "locks-on-several-tables"
    (found,) = assert_judged(rule, f"{ADD}\n{TOTAL}  # finding")
    assert found.message == "While `orders` is read whole, the lock of `users` is kept: whoever needs it waits as long."
    (found,) = assert_judged(rule, f'{ADD}\nop.alter_column("orders", "total", type_=sa.Float())  # finding')
    assert found.message.startswith("While `orders` is written anew, the lock of `users` is kept")
    assert_judged(rule, f"{ADD}\n{NOTE}\n{TOTAL}  # finding")
    assert_judged(rule, f"{TOTAL}\n{ADD}")
    assert_judged(rule, f'{ADD}\nop.alter_column("users", "name", nullable=False)')
    assert_judged(rule, f'op.create_table("t", sa.Column("n", sa.Text()))\n{TOTAL}')
    assert_judged(rule, f'{ADD}\nop.create_index("i", "orders", ["total"])')
    assert_judged(rule, f"{ADD}\n{TOTAL}", statistics=statistics(orders=5))
    assert_judged(rule, f"{ADD}\n{TOTAL}", statistics=statistics(users=5))
    block = f"with op.get_context().autocommit_block():\n    op.execute('VACUUM users')\n{TOTAL}"
    assert_judged(rule, f"{ADD}\n{block}")


def test_weaker_locks_are_no_company() -> None:
    rule = "locks-on-several-tables"
    build = 'op.create_index("i", "users", ["name"])'
    assert_judged(rule, f"{build}\n{TOTAL}")
    assert_judged(rule, f"{build}\n{NOTE}", statistics=LARGE)
    assert_judged(rule, f'{ADD}\nop.create_index("i", "orders", ["total"])', statistics=LARGE)


def test_a_new_table_is_read_whole_in_a_moment() -> None:
    table = 'op.create_table("t", sa.Column("u", sa.BigInteger()))'
    key = 'op.create_foreign_key("f", "t", "orders", ["u"], ["id"])'
    assert_judged("locks-on-several-tables", f"{table}\n{ADD}\n{key}")


def test_the_table_that_is_read_is_named() -> None:
    before = (
        "def upgrade():\n    op.execute('CREATE TABLE events (id bigint) PARTITION BY RANGE (id)')\n"
        "    op.execute('CREATE TABLE old (id bigint)')\n"
    )
    attach = "op.execute('ALTER TABLE events ATTACH PARTITION old FOR VALUES FROM (1) TO (2)')"
    (found,) = findings("locks-on-several-tables", migration(f"{ADD}\n{attach}"), before=before)
    assert found.message.startswith("While `old` is read whole, the lock of `users` is kept")


def test_one_call_is_not_taken_apart() -> None:
    both = "ALTER TABLE users ADD n int; ALTER TABLE orders ALTER total SET NOT NULL"
    assert_judged("locks-on-several-tables", f'op.execute("{both}")')


def test_a_checked_foreign_key_keeps_the_locks_of_third_tables_only() -> None:
    rule, key = "locks-on-several-tables", 'op.create_foreign_key("f", "orders", "users", ["user_id"], ["id"])'
    third = 'op.add_column("elsewhere", sa.Column("n", sa.Text()))'
    assert_judged(rule, key)
    assert_judged(rule, f"{NOTE}\n{key}")
    assert_judged(rule, f"{key}\n{NOTE}")
    assert_judged(rule, f"{third}\n{key}  # finding")


def test_brief_locks_are_named_on_large_tables_only() -> None:
    rule = "locks-on-several-tables"
    assert_judged(rule, f"{ADD}\n{NOTE}")
    (found,) = assert_judged(rule, f"{ADD}\n{NOTE}  # finding", statistics=LARGE)
    assert found.message == "This locks `orders` too: whoever waits for the lock of `users` waits for it as well."
    assert_judged(rule, f"{ADD}\n{NOTE}", statistics=statistics(users=2_000_000, orders=20_000))
    assert_judged(rule, f"{ADD}\n{ADD.replace('n', 'm')}", statistics=LARGE)
    (found,) = findings(rule, migration(f"{ADD}\n{NOTE}\n{ADD}\n{NOTE}"), statistics=LARGE)
    assert "The same" not in found.message


def test_a_renamed_table_is_the_one_it_was() -> None:
    rename = 'op.rename_table("users", "people")'
    assert_judged("slow-work-under-lock", f'{ADD}\n{rename}\nop.create_index("i", "people", ["name"])')
    assert_judged("locks-on-several-tables", f'{ADD}\n{rename}\nop.alter_column("people", "name", nullable=False)')
    (finding,) = findings(
        "slow-work-under-lock", migration(f'{ADD}\n{rename}\nop.create_index("i", "orders", ["total"])')
    )
    assert "reads and writes of `people` wait" in finding.message
    (finding,) = findings(
        "locks-on-several-tables", migration(f'{ADD}\n{rename}\nop.alter_column("orders", "total", nullable=False)')
    )
    assert "the lock of `people` is kept" in finding.message


def test_the_locks_of_many_tables_are_counted() -> None:
    tables = ("a", "b", "c", "d", "e")
    before = "def upgrade():\n" + "".join(
        f"    op.create_table('{one}', sa.Column('n', sa.Text()))\n" for one in tables
    )
    adds = "\n".join(f'op.add_column("{one}", sa.Column("m", sa.Text()))' for one in tables)
    text = migration(f'{adds}\nop.alter_column("orders", "total", nullable=False)')
    (found,) = findings("locks-on-several-tables", text, before=before)
    assert "the locks of `a`, `b`, `c` and 2 more are kept: whoever needs one of them waits" in found.message


def test_the_lock_of_a_table_that_is_gone_stops_nobody() -> None:
    change = 'op.alter_column("users", "name", nullable=False)'
    assert_judged("locks-on-several-tables", f'op.drop_table("orders")\n{change}')
    altered = 'op.drop_column("orders", "total")\nop.drop_table("orders")'
    assert_judged("locks-on-several-tables", f"{altered}\n{change}")
    assert_judged("slow-work-under-lock", f'{altered}\nop.create_index("i", "users", ["name"])')
    before = 'def upgrade():\n    op.create_foreign_key("f", "orders", "users", ["user_id"], ["id"])\n'
    (found,) = findings(
        "locks-on-several-tables",
        migration('op.drop_table("orders")\n' + change.replace("users", "parts")),
        before=before,
    )
    assert "the lock of `users` is kept" in found.message
