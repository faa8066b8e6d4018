"""Plain index builds on tables in use, in every spelling; and the block they are put into."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, repaired, statistics

RULE = "blocking-index-creation"
PARTITIONED = """def upgrade():
    op.execute("CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at)")
    op.execute("CREATE TABLE events_old PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')")
"""


@pytest.mark.parametrize(
    "line",
    [
        'op.create_index("i", "orders", ["user_id"])',
        'op.create_index(None, "orders", ["user_id"])',
        'op.create_index("i", "orders", ["user_id"], unique=True)',
        'op.create_index("i", "orders", ["user_id"], postgresql_concurrently=False)',
        'op.create_index("i", "elsewhere", ["user_id"])',
        'op.add_column("orders", sa.Column("note", sa.Text(), index=True))',
        'op.add_column("orders", sa.Column("note", sa.Text(), unique=True, index=True))',
        'op.execute("CREATE INDEX i ON orders (user_id)")',
        'op.execute(sa.text("create unique index i on orders (user_id)"))',
        'op.get_bind().execute(sa.text("CREATE INDEX i ON orders (user_id)"))',
    ],
)
def test_every_spelling_of_a_plain_build_is_seen(line: str) -> None:
    assert_judged(RULE, f"{line}  # finding")


def test_batch_mode_is_seen() -> None:
    assert_judged(RULE, 'with op.batch_alter_table("orders") as b:\n    b.create_index("i", ["user_id"])  # finding')


@pytest.mark.parametrize(
    "line",
    [
        'op.execute("CREATE INDEX CONCURRENTLY i ON orders (user_id)")',
        'op.create_index("i", "orders", ["user_id"], postgresql_concurrently=True)',
        'op.create_table("t", sa.Column("a", sa.Integer(), index=True))',
        'op.execute("CREATE TEMPORARY TABLE t (a integer)"); op.create_index("i", "t", ["a"])',
        'op.execute("ALTER TABLE orders ADD CONSTRAINT u UNIQUE (user_id)")',
    ],
)
def test_other_builds_are_other_rules_business(line: str) -> None:
    assert_judged(RULE, line)


def test_the_index_of_a_partitioned_table_is_another_rules_business() -> None:
    assert_judged(RULE, 'op.create_index("i", "events", ["at"])', before=PARTITIONED)
    assert_judged(RULE, 'op.create_index("i", "events_old", ["at"])  # finding', before=PARTITIONED)


def test_a_small_table_is_spared() -> None:
    assert_judged(RULE, 'op.create_index("i", "orders", ["user_id"])', statistics=statistics(orders=50))


def test_the_way_back_is_not_judged() -> None:
    assert_judged(RULE, "pass", 'op.create_index("i", "orders", ["user_id"])')


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "op.create_index('i', 'orders', ['user_id'])  # why",
            "with op.get_context().autocommit_block():\n"
            "    op.create_index('i', 'orders', ['user_id'], postgresql_concurrently=True)  # why",
        ),
        (
            'op.execute("CREATE INDEX i ON orders (user_id)")',
            "with op.get_context().autocommit_block():\n"
            '    op.execute("CREATE INDEX CONCURRENTLY i ON orders (user_id)")',
        ),
        (
            "with op.get_context().autocommit_block():\n    op.create_index('i', 'orders', ['user_id'])",
            "with op.get_context().autocommit_block():\n"
            "    op.create_index('i', 'orders', ['user_id'], postgresql_concurrently=True)",
        ),
        ('op.create_index("i", "orders", ["user_id"])\nop.create_index("j", "orders", ["total"])', None),
        ('op.add_column("orders", sa.Column("note", sa.Text(), index=True))', None),
        ('for name in ("user_id", "total"):\n    op.create_index(f"ix_{name}", "orders", [name])', None),
        ('options = {}\nop.create_index("i", "orders", ["user_id"], **options)', None),
        ('name = "i"\nop.execute(f"CREATE INDEX {name} ON orders (user_id)")', None),
    ],
)
def test_the_block_is_suggested_where_one_edit_is_complete(before: str, after: str | None) -> None:
    assert repaired(RULE, before) == after
