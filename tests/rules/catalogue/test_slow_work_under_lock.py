"""Work that takes long while a lock of the same transaction is held."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, findings, migration, statistics

NEW = "op.create_table('t', sa.Column('a', sa.Integer()))\n"
ADD = 'op.add_column("users", sa.Column("n", sa.Text()))'
LARGE = statistics(users=2_000_000, orders=2_000_000)
KEYED = 'def upgrade():\n    op.create_foreign_key("f", "orders", "users", ["user_id"], ["id"])\n'


@pytest.mark.parametrize(
    "name", ["count", "sum", "avg", "min", "max", "array_agg", "string_agg", "json_agg", "jsonb_agg"]
)
def test_each_aggregate_reads_the_whole_table(name: str) -> None:
    arguments = "total::text, ','" if name == "string_agg" else "total"
    work = f'op.get_bind().execute(sa.text("SELECT {name}({arguments}) FROM orders"))'
    lock = "op.add_column('users', sa.Column('n', sa.Text()))\n"
    assert_judged("slow-work-under-lock", f"{lock}{work}  # finding")
    assert_judged("slow-work-under-lock", lock + work.replace(" FROM orders", " FROM orders WHERE id = 1"))
    assert_judged("slow-work-under-lock", f"{NEW}{work}")


def test_a_lock_of_a_new_table_stops_nobody() -> None:
    upgrade = f"{NEW}op.add_column('t', sa.Column('b', sa.Text()))\nop.execute('ANALYZE orders')"
    assert_judged("slow-work-under-lock", upgrade)
    upgrade = "op.drop_table('users')\nop.execute('ANALYZE orders')"
    assert_judged("slow-work-under-lock", upgrade)


@pytest.mark.parametrize(
    "work",
    [
        'op.execute("INSERT INTO archive SELECT * FROM orders")',
        'op.execute("CREATE TABLE archive AS SELECT * FROM orders")',
        "op.execute(\"COPY archive FROM '/data/orders'\")",
        'op.get_bind().execute(sa.text("SELECT count(*) FROM orders")).scalar()',
        'op.get_bind().execute(sa.text("SELECT id, status FROM orders")).fetchall()',
        'op.get_bind().execute(sa.select(sa.table("orders", sa.column("id")))).all()',
        'op.execute("CREATE TABLE archive AS TABLE orders")',
        'op.execute("SELECT * INTO archive FROM orders")',
        'op.execute("CREATE MATERIALIZED VIEW report AS SELECT status, count(*) FROM orders GROUP BY 1")',
        "op.execute(\"COPY orders TO '/data/orders'\")",
        'op.execute("ANALYZE orders")',
        'op.execute("SELECT pg_sleep(10)")',
        'op.create_index("i", "orders", ["total"])',
        'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT c")',
        'op.execute("INSERT INTO archive SELECT * FROM orders WHERE total > 5")',
        'op.execute("ANALYZE")',
        'op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY report")',
    ],
)
def test_slow_work_after_a_lock_is_seen(work: str) -> None:
    rule = "slow-work-under-lock"
    assert_judged(rule, f"{ADD}\n{work}  # finding")
    assert_judged(rule, f"{work}\n{ADD}")
    assert_judged(rule, f'op.create_table("t", sa.Column("n", sa.Text()))\n{work}')
    assert_judged(rule, f"{ADD}\nwith op.get_context().autocommit_block():\n    {work}")


@pytest.mark.parametrize(
    "work",
    [
        "op.execute(\"INSERT INTO orders (status) VALUES ('a')\")",
        'op.execute("INSERT INTO archive SELECT * FROM orders WHERE id = 1")',
        'op.get_bind().execute(sa.text("SELECT status FROM orders WHERE id = 1")).scalar()',
        'op.get_bind().execute(sa.text("SELECT status FROM orders LIMIT 1")).scalar()',
        'op.get_bind().execute(sa.text("SELECT EXISTS (SELECT 1 FROM orders)")).scalar()',
        'op.get_bind().execute(sa.text("SELECT conname FROM pg_constraint")).all()',
        'op.get_bind().execute(sa.text("SELECT table_name FROM information_schema.tables")).all()',
        'op.execute("CREATE TABLE archive AS SELECT * FROM orders WITH NO DATA")',
        'op.execute("CREATE TABLE archive AS SELECT 1 AS a")',
        'op.execute("CREATE MATERIALIZED VIEW report AS SELECT count(*) FROM orders WITH NO DATA")',
        'op.execute("CREATE VIEW report AS SELECT count(*) FROM orders")',
        'op.execute("ALTER TABLE users VALIDATE CONSTRAINT c")',
        'op.add_column("orders", sa.Column("n", sa.Text()))',
    ],
)
def test_quick_work_and_other_rules_business_are_not(work: str) -> None:
    assert_judged("slow-work-under-lock", f"{ADD}\n{work}")


@pytest.mark.parametrize(
    "work",
    [
        'op.execute("INSERT INTO archive SELECT * FROM {}")',
        'op.execute("CREATE TABLE archive AS SELECT * FROM {}")',
        'op.execute("CREATE MATERIALIZED VIEW report AS SELECT a FROM {}")',
        "op.execute(\"COPY {} TO '/data/orders'\")",
        'op.get_bind().execute(sa.text("SELECT count(*) FROM {}")).scalar()',
        'op.execute("ANALYZE {}")',
        'op.execute("ALTER TABLE {} VALIDATE CONSTRAINT c")',
        'op.create_index("i", "{}", ["a"])',
    ],
)
def test_work_on_new_and_small_tables_is_quick(work: str) -> None:
    rule = "slow-work-under-lock"
    assert_judged(rule, f"{NEW}{ADD}\n{work.format('orders')}  # finding")
    assert_judged(rule, f"{NEW}{ADD}\n{work.format('t')}")
    assert_judged(rule, f"{ADD}\n{work.format('orders')}", statistics=statistics(orders=5))


def test_a_new_view_is_refreshed_in_a_moment() -> None:
    view, refresh = (
        'op.execute("CREATE MATERIALIZED VIEW v AS SELECT 1 AS a")',
        "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
    )
    assert_judged("slow-work-under-lock", f'{ADD}\n{view}\nop.execute("{refresh}")')


def test_what_is_filled_is_named_however_new_it_is() -> None:
    copy = "op.execute(\"COPY {} FROM '/data/orders'\")"
    (found,) = findings("slow-work-under-lock", migration(f"{NEW}{ADD}\n{copy.format('t')}"))
    assert found.message.startswith("While `t` is filled, reads and writes of `users` wait")


@pytest.mark.parametrize(
    "lock",
    [
        "op.execute(\"INSERT INTO users (name) VALUES ('a')\")",
        'op.execute("ANALYZE users")',
        'op.execute("ALTER TABLE users VALIDATE CONSTRAINT c")',
    ],
)
def test_locks_that_stop_nobody_may_be_held(lock: str) -> None:
    assert_judged("slow-work-under-lock", f'{lock}\nop.execute("INSERT INTO archive SELECT * FROM orders")')


def test_the_copy_of_a_batch_is_another_rules_business() -> None:
    batch = 'with op.batch_alter_table("orders", recreate="always") as b:\n    b.drop_column("total")'
    assert_judged("slow-work-under-lock", f"{ADD}\n{batch}")
    assert findings("batch-table-recreation", migration(f"{ADD}\n{batch}"))


def test_slow_work_is_told_once_and_index_builds_are_not_told_twice() -> None:
    rule = "slow-work-under-lock"
    work = 'op.execute("INSERT INTO archive SELECT * FROM orders")'
    (finding,) = findings(rule, migration(f"{ADD}\n{work}\n{work}"))
    assert finding.message.endswith("The same holds on line 18.")
    builds = 'op.create_index("i", "users", ["name"])\nop.create_index("j", "orders", ["total"])'
    assert_judged(rule, builds)
    assert_judged(rule, f"{builds}\n{work}  # finding")


def test_what_is_gone_and_what_is_no_table_make_nobody_wait() -> None:
    work = 'op.execute("INSERT INTO archive SELECT * FROM orders")'
    assert_judged("slow-work-under-lock", f'op.drop_table("elsewhere")\n{work}')
    assert_judged("slow-work-under-lock", f'op.execute("DROP VIEW IF EXISTS seen")\n{work}')
    assert_judged("slow-work-under-lock", f'op.drop_index("ix_elsewhere")\n{work}')
    assert_judged("locks-on-several-tables", f'op.drop_index("ix_elsewhere")\n{ADD}', statistics=LARGE)
    known = 'def upgrade():\n    op.create_index("i", "orders", ["status"])\n'
    assert_judged("slow-work-under-lock", f'op.drop_index("i")\n{work}  # finding', before=known)
    assert_judged("locks-on-several-tables", f'op.drop_index("i")\n{ADD}  # finding', before=known, statistics=LARGE)


def test_a_dropped_table_leaves_the_lock_of_what_it_referenced() -> None:
    work = 'op.execute("ANALYZE users")'
    assert_judged("slow-work-under-lock", f'op.drop_table("orders")\n{work}', before="")
    assert_judged("slow-work-under-lock", f'op.drop_table("orders")\n{work}  # finding', before=KEYED)


@pytest.mark.parametrize(
    ("between", "held"),
    [
        ('op.execute("COMMIT")', False),
        ('op.execute("ROLLBACK")', False),
        ("op.get_bind().commit()", False),
        ('op.execute("SAVEPOINT a")', True),
        ('op.execute("ROLLBACK TO SAVEPOINT a")', True),
    ],
)
def test_a_lock_is_held_until_its_transaction_ends(between: str, held: bool) -> None:
    work = 'op.execute("INSERT INTO archive SELECT * FROM orders")'
    assert_judged("slow-work-under-lock", f"{ADD}\n{between}\n{work}{'  # finding' if held else ''}")


def test_a_lock_that_only_writers_meet_is_said_so() -> None:
    new = 'op.execute("CREATE TABLE t (a int)")\nop.execute("ALTER TABLE t ADD u bigint REFERENCES users")'
    (found,) = findings("slow-work-under-lock", migration(f'{new}\nop.execute("ANALYZE orders")'))
    assert "orders` is analyzed, writes of `users` wait" in found.message


def test_one_text_may_hold_the_lock_and_the_work() -> None:
    text = 'op.execute("ALTER TABLE users ADD n int; INSERT INTO archive SELECT * FROM orders")  # finding'
    assert_judged("slow-work-under-lock", text)


def test_small_tables_make_nobody_wait() -> None:
    work = 'op.create_index("i", "orders", ["total"])'
    assert_judged("slow-work-under-lock", f"{ADD}\n{work}", statistics=statistics(orders=5))
    assert_judged("slow-work-under-lock", f"{ADD}\n{work}", statistics=statistics(orders=5, users=5))


def test_who_uses_a_small_table_waits_as_long_as_the_work_on_a_big_one_takes() -> None:
    work = 'op.create_index("i", "orders", ["total"])  # finding'
    assert_judged("slow-work-under-lock", f"{ADD}\n{work}", statistics=statistics(users=5))
