"""The lock report: which moment is the worst, who waits meanwhile, and until when."""

from __future__ import annotations

from typing import Any

from rules.examples import ENV
from rules.model.locks import Growth, LockMoment, Work
from rules.model.operations import Direction, Rows
from rules.model.review import Review
from tests.rules.engine.laid_out import judged, upgrade

PHONE = 'op.add_column("users", sa.Column("phone", sa.Text()))'
INDEX = 'op.create_index("ix_orders_user_id", "orders", ["user_id"])'
ARCHIVE = 'op.execute("CREATE TABLE archive AS SELECT * FROM orders")'
TWO_SIZES = """{"taken_at": "2999-01-01T00:00:00Z", "tables": {
    "orders": {"rows": 12000000, "bytes": 3300000000}, "users": {"rows": 40, "bytes": 8192}}}"""


def moments(*lines: str, **around: Any) -> list[LockMoment]:
    return [moment for moment in judged(upgrade(*lines), **around).moments if moment.direction is Direction.UPGRADE]


def waits(moment: LockMoment) -> list[tuple[str, str, int]]:
    return [(wait.table, str(wait.blocks), wait.since.line) for wait in moment.waiting]


def line_of(found: Review | list[LockMoment], word: str) -> int:
    every = found if isinstance(found, list) else found.moments
    return next(moment.place.line for moment in every if word in moment.sql)


def test_in_autocommit_nobody_waits_longer_than_the_statement_takes() -> None:
    index, phone = moments(PHONE, INDEX, env=ENV.replace("connect_args", 'isolation_level="AUTOCOMMIT", connect_args'))
    assert waits(index) == [("orders", "writes", index.place.line)]
    assert waits(phone) == [("users", "reads and writes", phone.place.line)]


def test_the_worst_moment_is_where_most_wait_for_the_longest_work() -> None:
    found = moments(PHONE, INDEX)
    index, phone = found
    assert (index.rank, index.work, index.works_on) == (1, Work.INDEXED, ("orders",))
    at_phone = phone.place.line
    assert waits(index) == [("users", "reads and writes", at_phone), ("orders", "writes", index.place.line)]
    assert (phone.work, waits(phone)) == (Work.NONE, [("users", "reads and writes", at_phone)])


def test_a_brief_lock_is_stretched_by_the_longest_work_before_the_commit() -> None:
    found = moments(PHONE, 'op.execute("UPDATE orders SET total = 0")', 'op.execute("COMMENT ON TABLE users IS NULL")')
    phone = next(moment for moment in found if "phone" in moment.sql)
    assert phone.stretched_by is not None
    assert phone.stretched_by.line == line_of(found, "UPDATE")
    assert phone.held_for == 2
    assert not next(moment for moment in found if "COMMENT" in moment.sql).stretched_by


def test_an_autocommit_block_ends_the_transaction_before_it() -> None:
    block = (
        "with op.get_context().autocommit_block():",
        '    op.create_index("ix", "orders", ["user_id"], postgresql_concurrently=True)',
    )
    found = moments(PHONE, *block, 'op.add_column("orders", sa.Column("n", sa.Text()))')
    by_line = sorted(found, key=lambda moment: moment.place.line)
    assert [moment.transaction for moment in by_line] == [1, None, 2]
    assert [len(moment.waiting) for moment in by_line] == [1, 1, 1]
    assert [moment.held_for for moment in by_line] == [0, 0, 0]


def test_what_the_pull_request_makes_is_nobodys() -> None:
    made = 'op.execute("CREATE TABLE made (id int, user_id int)")'
    (moment,) = moments(made, 'op.execute("CREATE INDEX ix_made ON made (id)")')
    assert (moment.waiting, moment.work) == ((), Work.NONE)
    (row,) = moment.locks
    assert (row.tables, row.new_tables, row.growth) == (("made",), ("made",), Growth.CONSTANT)


def test_work_that_locks_nothing_itself_is_a_moment_of_those_who_wait() -> None:
    found = moments(PHONE, ARCHIVE)
    assert [moment.sql[:12] for moment in found] == ["CREATE TABLE", "ALTER TABLE "]
    assert (found[0].locks, found[0].work) == ((), Work.WRITTEN)
    assert [wait.table for wait in found[0].waiting] == ["users"]
    assert not moments(ARCHIVE)


def test_statistics_tell_how_big_the_work_is_and_order_the_moments() -> None:
    small = 'op.create_index("ix_users_name", "users", ["name"])'
    found = moments(small, INDEX, statistics=TWO_SIZES)
    assert [moment.works_on for moment in found] == [("orders",), ("users",)]
    assert found[0].size is not None
    assert (found[0].size.rows, found[0].size.bytes) == (12_000_000, 3_300_000_000)
    assert found[0].locks[0].size == found[0].size
    unknown = moments('op.create_index("ix", "elsewhere", ["a"])', small, statistics=TWO_SIZES)
    assert [moment.works_on for moment in unknown] == [("elsewhere",), ("users",)]
    assert unknown[0].size is None


def test_a_foreign_key_reads_one_table_and_makes_writers_of_two_wait() -> None:
    (moment,) = moments('op.create_foreign_key("fk", "orders", "users", ["user_id"], ["id"])')
    assert moment.works_on == ("orders",)
    assert [(wait.table, str(wait.blocks)) for wait in moment.waiting] == [("orders", "writes"), ("users", "writes")]


def test_an_update_makes_writers_of_the_changed_rows_wait() -> None:
    (moment,) = moments('op.execute("UPDATE orders SET total = 0")')
    (wait,) = moment.waiting
    assert (wait.table, wait.rows_only, moment.work) == ("orders", True, Work.WRITTEN)
    assert moment.locks[0].blocks == "nothing"


def test_an_update_of_one_row_by_a_unique_key_of_the_schema_does_not_grow_with_the_table() -> None:
    unique = 'op.execute("CREATE UNIQUE INDEX by_email ON users (email)")'
    found = moments(unique, "op.execute(\"UPDATE users SET age = 1 WHERE email = 'a@b'\")")
    assert [moment.work for moment in found] == [Work.INDEXED, Work.NONE]
    found = moments(unique, "op.execute(\"UPDATE users SET age = 1 WHERE name = 'a'\")")
    assert [moment.work for moment in found] == [Work.INDEXED, Work.WRITTEN]


def test_rows_keep_the_order_of_the_statements_and_say_their_rank() -> None:
    found = judged(upgrade(PHONE, INDEX))
    assert [(row.lock, row.rank) for row in found.locks] == [("ACCESS EXCLUSIVE", 2), ("SHARE", 1)]
    assert [(row.transaction, row.held_for, str(row.growth)) for row in found.locks] == [
        (1, 1, "constant"),
        (1, 0, "with the index"),
    ]


def test_a_commit_in_the_migration_gives_the_locks_back() -> None:
    found = sorted(moments(PHONE, 'op.execute("COMMIT")', INDEX), key=lambda moment: moment.place.line)
    assert [moment.transaction for moment in found] == [1, 2]
    assert [wait.table for wait in found[1].waiting] == ["orders"]


def test_a_joined_update_grows_with_the_table_it_writes_and_with_those_it_reads() -> None:
    (moment,) = moments('op.execute("UPDATE orders SET total = 0 FROM users WHERE users.id = orders.user_id")')
    assert (moment.work, moment.works_on, moment.reads) == (Work.WRITTEN, ("orders",), ("users",))
    assert [(row.lock, row.tables, row.rows) for row in moment.locks] == [
        ("ROW EXCLUSIVE", ("orders",), Rows.JOINED),
        ("ACCESS SHARE", ("users",), Rows.JOINED),
    ]
    assert [(wait.table, wait.rows_only) for wait in moment.waiting] == [("orders", True)]


def test_an_update_that_finds_its_rows_by_their_key_grows_with_the_table_that_says_which() -> None:
    update = 'op.execute("UPDATE orders SET total = 0 FROM users WHERE users.age = orders.id")'
    (moment,) = moments(update, statistics=TWO_SIZES)
    assert (moment.works_on, moment.reads, moment.for_each) == (("users",), (), "orders")
    assert moment.size is not None
    assert moment.size.rows == 40
    other_way = update.replace("users.age = orders.id", "users.age = orders.user_id")
    (moment,) = moments(other_way, statistics=TWO_SIZES)
    assert moment.size is not None
    assert (moment.for_each, moment.size.rows) == (None, 12_000_040)


def test_a_new_table_that_lists_its_rows_makes_a_joined_update_a_moment() -> None:
    made = ("op.execute('CREATE TABLE few (k int, n int)')", "op.execute('INSERT INTO few VALUES (1, 2)')")
    update = 'op.execute("UPDATE orders SET total = n FROM few WHERE few.k = orders.id")'
    assert moments(*made, update)[-1].work is Work.NONE
    filled = made[1].replace("VALUES (1, 2)", "SELECT id, 0 FROM orders")
    assert {moment.works_on for moment in moments(made[0], filled, update)} == {("orders",)}


def test_an_update_of_a_new_table_reads_the_old_one_that_chooses_unless_its_rows_are_listed() -> None:
    made, update = "CREATE TABLE few (k int, n int)", "UPDATE few SET n = age FROM users WHERE users.id = few.k"
    phone = 'op.add_column("orders", sa.Column("phone", sa.Text()))'
    found = moments(phone, *(f'op.execute("{sql}")' for sql in (made, "INSERT INTO few VALUES (1, 2)", update)))
    assert [moment.work for moment in found if moment.sql == update] == [Work.NONE]
    copied = "INSERT INTO few SELECT id, 1 FROM users"
    found = moments(phone, *(f'op.execute("{sql}")' for sql in (made, copied, update)))
    assert [(moment.work, moment.works_on) for moment in found if moment.sql == update] == [(Work.READ, ("users",))]


def test_a_merge_is_one_moment() -> None:
    merge = "MERGE INTO orders o USING users u ON u.age = o.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT"
    (moment,) = moments(f'op.execute("{merge} (id) VALUES (u.id)")')
    assert (moment.works_on, moment.reads, moment.for_each) == (("users",), (), "orders")
    (moment,) = moments(f'op.execute("{merge.replace("o.id", "o.user_id")} (id) VALUES (u.id)")')
    assert (sorted(moment.works_on), moment.reads, moment.for_each) == (["orders", "users"], (), None)


def test_a_table_stands_under_the_strongest_lock_of_the_whole_statement() -> None:
    gone = "WITH gone AS (DELETE FROM users WHERE age > 90 RETURNING id) "
    (moment,) = moments(f'op.execute("{gone}DELETE FROM orders USING gone WHERE orders.user_id = gone.id")')
    assert [(row.lock, row.tables) for row in moment.locks] == [("ROW EXCLUSIVE", ("users", "orders"))]


def test_writers_of_rows_that_a_query_locks_wait_too() -> None:
    few = "WITH few AS (SELECT id FROM users LIMIT 5 FOR UPDATE) "
    (moment,) = moments(f'op.execute("{few}UPDATE orders SET total = 0 FROM few WHERE few.id = orders.id")')
    assert [(wait.table, wait.rows_only) for wait in moment.waiting] == [("orders", True), ("users", True)]
    assert [(row.lock, row.tables) for row in moment.locks] == [
        ("ROW EXCLUSIVE", ("orders",)),
        ("ROW SHARE", ("users",)),
    ]
    (moment,) = moments(f'op.execute("{few}INSERT INTO orders (id) SELECT id FROM few")')
    assert [(wait.table, wait.rows_only) for wait in moment.waiting] == [("users", True)]


def test_an_insert_that_updates_what_is_there_makes_writers_of_those_rows_wait() -> None:
    insert = "INSERT INTO orders (id) SELECT id FROM users ON CONFLICT (id) DO UPDATE SET total = 0"
    (moment,) = moments(f'op.execute("{insert}")')
    assert [(wait.table, wait.rows_only) for wait in moment.waiting] == [("orders", True)]
    assert (moment.work, moment.works_on) == (Work.WRITTEN, ("users",))
    (moment,) = moments(f'op.execute("{insert.replace("UPDATE SET total = 0", "NOTHING")}")')
    assert moment.waiting == ()
    (moment,) = moments('op.execute("INSERT INTO orders (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET total = 0")')
    assert ([wait.table for wait in moment.waiting], moment.work) == (["orders"], Work.NONE)
