"""Plans while others write: nobody waits longer than a moment, nothing that was written is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rules.plans import filling
from tests.rules.catalogue.judged import migration
from tests.rules.plans.busy import LOCK_NOT_AVAILABLE, ROWS, Book, big_tables, busy_shop, orders, users
from tests.rules.plans.served import Planned, base_of, id_of, planned

NO_MAIL = ("UPDATE users SET email = NULL",)
TAGS = migration(
    'op.create_table("tags", sa.Column("name", sa.Text(), nullable=False), sa.Column("weight", sa.Integer()))',
    'op.drop_table("tags")',
)
FILLED_TAGS = (f"INSERT INTO tags SELECT 'old ' || n, n FROM generate_series(1, {ROWS}) n",)
EVENTS = migration(
    """
    op.execute("CREATE TABLE events (id bigint, at date NOT NULL, what text) PARTITION BY RANGE (at)")
    op.execute("CREATE TABLE events_old PARTITION OF events FOR VALUES FROM ('2000-01-01') TO ('2025-01-01')")
    op.execute("CREATE TABLE events_new PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2050-01-01')")
    """,
    'op.drop_table("events")',
)
FILLED_EVENTS = tuple(
    f"INSERT INTO events SELECT n + {year}, '{year}-01-01', 'old' FROM generate_series(1, {ROWS}) n"
    for year in (2020, 2030)
)


NOON = datetime(2030, 2, 2, 12, tzinfo=UTC)


def tags() -> Book:
    return Book("tags", "name", lambda turn: {"name": f"new {turn}", "weight": turn}, fixed=("name",))


def events() -> Book:
    return Book(
        "events",
        "id",
        lambda turn: {"id": -turn, "at": date(2020 + turn % 2 * 10, 2, 2), "what": f"{turn}"},
        fixed=("id", "at"),
    )


def bills() -> Book:
    return Book("bills", "id", lambda turn: {"note": f"new {turn}"})


def items() -> Book:
    return Book("items", "id", lambda turn: {"bill_id": turn % ROWS + 1})


def assert_writers_pass(
    one: Planned,
    folder: Path,
    *books: Callable[[], Book],
    filled: str | None = None,
    more: tuple[str, ...] = (),
) -> None:
    """The plan lets those pass that the migration itself stops, and so it is once more after the way back.

    `filled` is a column of the first table that has no NULL at the end.
    """
    makers = books or (users,)
    with busy_shop(folder / "migration", one.laid_out.texts, [make() for make in makers], more) as shop, big_tables():
        with shop.application.at_work():
            shop.migrations.upgrade()
        assert [refused[:5] for refused in shop.application.refused] == [LOCK_NOT_AVAILABLE]
    with busy_shop(folder / "plan", one.texts, [make() for make in makers], more) as shop:
        with big_tables(), shop.application.at_work():
            assert shop.migrations.upgrade() == ""
        assert shop.application.refused == []
        first, *_ = shop.application.books
        if filled:
            query = f"SELECT count(*), count({filled}) FROM {first.table}"
            rows, values = shop.connection.execute(query).fetchone() or (0, 0)
            assert rows == values > ROWS
        for book in shop.application.books:
            book.assert_nothing_lost(shop.connection)
        assert shop.migrations.downgrade(base_of(one.texts)) == ""
        for book in shop.application.books:
            book.assert_nothing_lost(shop.connection)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "BATCH_ROWS", 40)


def test_a_column_is_filled_and_made_not_null(tmp_path: Path) -> None:
    text = migration(
        """
        op.execute("UPDATE users SET email = lower(name) WHERE email IS NULL")
        op.alter_column("users", "email", nullable=False)
        """,
        'op.alter_column("users", "email", nullable=True)',
    )
    assert_writers_pass(planned("blocking-not-null", text), tmp_path, filled="email", more=NO_MAIL)


def test_a_column_with_a_volatile_default_is_added(tmp_path: Path) -> None:
    column = 'sa.Column("token", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)'
    one = planned(
        "volatile-column-default",
        migration(f'op.add_column("users", {column})', 'op.drop_column("users", "token")'),
    )
    assert_writers_pass(one, tmp_path, filled="token")


def test_a_check_is_added(tmp_path: Path) -> None:
    text = migration(
        'op.create_check_constraint("users_named", "users", "length(name) > 0")',
        'op.drop_constraint("users_named", "users")',
    )
    assert_writers_pass(planned("blocking-check", text), tmp_path)


def test_a_foreign_key_is_added(tmp_path: Path) -> None:
    text = migration(
        'op.create_foreign_key("orders_user_id_fkey", "orders", "users", ["user_id"], ["id"])',
        'op.drop_constraint("orders_user_id_fkey", "orders")',
    )
    assert_writers_pass(planned("blocking-foreign-key", text), tmp_path, orders, users)


def test_a_unique_constraint_is_added(tmp_path: Path) -> None:
    text = migration(
        'op.create_unique_constraint("users_id_name_key", "users", ["id", "name"])',
        'op.drop_constraint("users_id_name_key", "users")',
    )
    assert_writers_pass(planned("blocking-unique-constraint", text), tmp_path)


def test_a_primary_key_is_added(tmp_path: Path) -> None:
    text = migration('op.create_primary_key("tags_pkey", "tags", ["name"])', 'op.drop_constraint("tags_pkey", "tags")')
    one = planned("blocking-primary-key", text, before=TAGS)
    assert_writers_pass(one, tmp_path, tags, more=FILLED_TAGS)


def test_an_index_is_built(tmp_path: Path) -> None:
    text = migration(
        """
        op.add_column("orders", sa.Column("note", sa.Text()))
        op.create_index("ix_users_name", "users", [sa.text("lower(name)")])
        """,
        """
        op.drop_index("ix_users_name")
        op.drop_column("orders", "note")
        """,
    )
    assert_writers_pass(planned("blocking-index-creation", text), tmp_path)


def test_an_index_of_a_partitioned_table_is_built(tmp_path: Path) -> None:
    text = migration('op.create_index("ix_events_at", "events", ["at"])', 'op.drop_index("ix_events_at")')
    one = planned("blocking-partitioned-index", text, before=EVENTS)
    assert_writers_pass(one, tmp_path, events, more=FILLED_EVENTS)


def test_a_type_is_changed(tmp_path: Path) -> None:
    text = migration(
        'op.alter_column("users", "age", type_=sa.BigInteger())',
        'op.execute("ALTER TABLE users ALTER COLUMN age TYPE integer")',
    )
    assert_writers_pass(planned("rewriting-type-change", text), tmp_path)


def test_the_type_of_a_key_changes_with_what_references_it(tmp_path: Path) -> None:
    before = """
    op.create_table("bills", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("note", sa.Text()))
    op.create_table(
        "items",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("bill_id", sa.Integer(), sa.ForeignKey("bills.id")),
    )
    """
    text = migration(
        'op.alter_column("bills", "id", type_=sa.BigInteger())', 'op.alter_column("bills", "id", type_=sa.Integer())'
    )
    one = planned("rewriting-type-change", text, before=migration(before))
    rows = (
        f"INSERT INTO bills (note) SELECT 'old' FROM generate_series(1, {ROWS})",
        "INSERT INTO items (bill_id) SELECT id FROM bills",
    )
    assert_writers_pass(one, tmp_path, bills, items, more=rows)


def test_a_required_column_is_added(tmp_path: Path) -> None:
    column = 'sa.Column("region", sa.Text(), nullable=False)'
    text = migration(f'op.add_column("users", {column})', 'op.drop_column("users", "region")')
    one = planned("required-column-without-default", text)
    writing_it = Book("users", "id", lambda turn: {"age": turn, "region": f"{turn}"})
    with busy_shop(tmp_path / "plan", one.texts, [writing_it]) as shop:
        assert shop.migrations.upgrade(id_of(one.plan.revisions[0])) == ""
        with big_tables(), shop.application.at_work():
            assert shop.migrations.upgrade() == ""
        assert shop.application.refused == []
        filled = shop.connection.execute("SELECT count(region), bool_or(region = 'given') FROM users").fetchone()
        assert filled == (shop.connection.execute("SELECT count(*) FROM users").fetchone() or (0,)) + (True,)
        writing_it.assert_nothing_lost(shop.connection)
        assert shop.migrations.downgrade(base_of(one.texts)) == ""


def test_a_counting_column_is_added(tmp_path: Path) -> None:
    column = 'sa.Column("number", sa.BigInteger(), sa.Identity(always=True))'
    text = migration(f'op.add_column("users", {column})', 'op.drop_column("users", "number")')
    one = planned("auto-incrementing-column-addition", text)
    assert_writers_pass(one, tmp_path, filled="DISTINCT number")


def test_a_computed_column_is_added(tmp_path: Path) -> None:
    column = 'sa.Column("email_key", sa.Text(), sa.Computed("upper(email)", persisted=True))'
    text = migration(f'op.add_column("users", {column})', 'op.drop_column("users", "email_key")')
    one = planned("stored-generated-column-addition", text)
    assert_writers_pass(one, tmp_path, filled="nullif(email_key, lower(email))")


def test_a_partition_is_attached(tmp_path: Path) -> None:
    before = migration(
        """
        op.execute("CREATE TABLE events (id bigint, at timestamptz NOT NULL, what text) PARTITION BY RANGE (at)")
        op.execute("CREATE TABLE old_events (id bigint, at timestamptz NOT NULL, what text)")
        """,
        'op.drop_table("old_events")\nop.drop_table("events")',
    )
    text = migration(
        "op.execute(\"ALTER TABLE events ATTACH PARTITION old_events FOR VALUES FROM ('2020-01-01') TO (MAXVALUE)\")",
        'op.execute("ALTER TABLE events DETACH PARTITION old_events")',
    )
    one = planned("scanning-partition-attach", text, before=before)
    filled = (FILLED_EVENTS[1].replace("INTO events", "INTO old_events"),)
    book = Book("old_events", "id", lambda turn: {"id": -turn, "what": f"{turn}", "at": NOON}, fixed=("id", "at"))
    assert_writers_pass(one, tmp_path, lambda: replace(book, written={}, gone=set()), more=filled)
