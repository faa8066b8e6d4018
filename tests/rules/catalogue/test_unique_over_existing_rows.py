"""Unique indexes over rows that are there: whether two of them may agree."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, findings, migration, statistics

EQUAL_NULLS = "op.execute('CREATE UNIQUE INDEX CONCURRENTLY u ON {} NULLS NOT DISTINCT')"
COLUMN = 'op.add_column("orders", sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id"){}){})'


@pytest.mark.parametrize(
    ("upgrade", "options"),
    [
        ("op.create_index('u', 'orders', ['status'], unique=True, postgresql_concurrently=True)  # finding", {}),
        ("op.create_index('u', 'orders', ['status'], postgresql_concurrently=True)", {}),
        ("op.create_index('u', 'orders', ['status'], unique=True)", {}),
        ("op.create_index('u', 'orders', ['status'], unique=True)  # finding", {"statistics": statistics(orders=5)}),
        ("op.create_index('u', 'orders', ['status'], unique=True)", {"statistics": statistics(orders=0)}),
        ("op.create_unique_constraint('u', 'orders', ['status'])  # finding", {"statistics": statistics(orders=5)}),
        ("op.create_unique_constraint('u', 'orders', ['status'])", {}),
        ("op.execute('CREATE UNIQUE INDEX CONCURRENTLY u ON ONLY orders (status)')", {}),
        (
            "op.create_table('t', sa.Column('a', sa.Text()))\n"
            "op.create_index('u', 't', ['a'], unique=True, postgresql_concurrently=True)",
            {},
        ),
        (
            "op.add_column('orders', sa.Column('a', sa.Text()))\n"
            "op.create_index('u', 'orders', ['a'], unique=True, postgresql_concurrently=True)",
            {},
        ),
        (
            "op.add_column('orders', sa.Column('a', sa.Text(), server_default='x'))\n"
            "op.create_index('u', 'orders', ['a'], unique=True, postgresql_concurrently=True)  # finding",
            {},
        ),
        (
            "op.execute('DELETE FROM orders WHERE id = 1')\n"
            "op.create_index('u', 'orders', ['status'], unique=True, postgresql_concurrently=True)",
            {},
        ),
        (
            "op.execute('DELETE FROM users WHERE id = 1')\n"
            "op.create_index('u', 'orders', ['status'], unique=True, postgresql_concurrently=True)  # finding",
            {},
        ),
        (
            "op.execute('CREATE UNIQUE INDEX CONCURRENTLY u ON elsewhere (lower(status))')  # finding",
            {},
        ),
        (
            "op.execute('ALTER TABLE orders ADD CONSTRAINT u UNIQUE USING INDEX u')",
            {"statistics": statistics(orders=5)},
        ),
        ("op.create_index('u', 'orders', ['id', 'status'], unique=True, postgresql_concurrently=True)", {}),
        (f"{EQUAL_NULLS.format('orders (id, total)')}", {}),
    ],
)
def test_unique_over_rows_that_are_there(upgrade: str, options: dict[str, str]) -> None:
    assert_judged("unique-over-existing-rows", upgrade, **options)


@pytest.mark.parametrize(
    ("column", "speaks"),
    [
        ("a text", False),
        ("a text DEFAULT 'x'", True),
        ("a timestamptz DEFAULT now()", True),
        ("a uuid DEFAULT gen_random_uuid()", False),
        ("a serial", False),
        ("a bigint GENERATED ALWAYS AS IDENTITY", False),
        ("a text GENERATED ALWAYS AS (lower(status)) STORED", True),
    ],
)
def test_unique_over_a_new_column_whose_rows_agree(column: str, speaks: bool) -> None:
    build = "op.execute('CREATE UNIQUE INDEX CONCURRENTLY u ON orders (a)')"
    added = f'op.execute("ALTER TABLE orders ADD COLUMN {column}")\n'
    assert_judged("unique-over-existing-rows", f"{added}{build}  # finding" if speaks else f"{added}{build}")


def test_rows_agree_in_what_a_domain_gives_them() -> None:
    added = "op.execute('CREATE DOMAIN ready AS int DEFAULT {}')\nop.execute('ALTER TABLE orders ADD COLUMN a ready')\n"
    build = "op.execute('CREATE UNIQUE INDEX CONCURRENTLY u ON orders (a)')"
    assert_judged("unique-over-existing-rows", f"{added.format(1)}{build}  # finding")
    assert_judged("unique-over-existing-rows", f"{added.format('NULL')}{build}")


def test_nulls_repeat_each_other_where_the_index_says_so() -> None:
    added = "op.execute('ALTER TABLE orders ADD COLUMN a {}')\n"
    build = EQUAL_NULLS.format("orders (a)")
    assert_judged("unique-over-existing-rows", f"{added.format('text')}{build}  # finding")
    assert_judged("unique-over-existing-rows", f"{added.format('serial')}{build}")
    constraint = "op.execute('ALTER TABLE orders ADD UNIQUE NULLS NOT DISTINCT (a)')"
    few = statistics(orders=5)
    assert_judged("unique-over-existing-rows", f"{added.format('text')}{constraint}  # finding", statistics=few)


@pytest.mark.parametrize(
    ("index", "speaks"),
    [
        ("CREATE UNIQUE INDEX o ON orders (status)", False),
        ("ALTER TABLE orders ADD CONSTRAINT o UNIQUE (status)", False),
        ("CREATE UNIQUE INDEX o ON orders (total, status)", False),
        ("CREATE INDEX o ON orders (status)", True),
        ("CREATE UNIQUE INDEX o ON orders (user_id, status)", True),
        ("CREATE UNIQUE INDEX o ON orders (lower(status))", True),
        ("CREATE UNIQUE INDEX o ON orders (status) WHERE total > 0", True),
        ("CREATE UNIQUE INDEX o ON users (name)", True),
        ("ALTER TABLE orders ADD CONSTRAINT o UNIQUE USING INDEX unseen", True),
    ],
)
def test_another_unique_index_leaves_no_room_for_duplicates(index: str, speaks: bool) -> None:
    build = "op.execute('CREATE UNIQUE INDEX CONCURRENTLY u ON orders (status, total)')"
    before = f"def upgrade():\n    op.execute('{index}')\n"
    assert_judged("unique-over-existing-rows", f"{build}  # finding" if speaks else build, before=before)


def test_an_index_over_another_expression_or_over_no_partition_leaves_room() -> None:
    rule, before = "unique-over-existing-rows", "def upgrade():\n    op.execute('CREATE UNIQUE INDEX o ON {}')\n"
    build = "op.execute('CREATE UNIQUE INDEX CONCURRENTLY u ON orders (upper(status), total)')  # finding"
    assert_judged(rule, build, before=before.format("orders (lower(status))"))
    events = "op.execute('CREATE TABLE events (at date) PARTITION BY RANGE (at)')"
    parted = f"def upgrade():\n    {events}\n    op.execute('{{}}')\n"
    build, few = "op.execute('CREATE UNIQUE INDEX u ON events (at)')", statistics(events=5)
    assert_judged(
        rule, f"{build}  # finding", before=parted.format("CREATE UNIQUE INDEX o ON ONLY events (at)"), statistics=few
    )
    assert_judged(rule, build, before=parted.format("CREATE UNIQUE INDEX o ON events (at)"), statistics=few)


def test_a_column_that_nobody_saw_is_not_known_to_be_new() -> None:
    added = "op.add_column('elsewhere', sa.Column('b', sa.Text()))\n"
    build = "op.execute('CREATE UNIQUE INDEX CONCURRENTLY u ON elsewhere ({})')"
    assert_judged("unique-over-existing-rows", f"{added}{build.format('a')}  # finding")
    assert_judged("unique-over-existing-rows", f"{added}{build.format('a, b')}")


def test_an_index_that_lets_nulls_repeat_leaves_room_where_they_may_not() -> None:
    before = "def upgrade():\n    op.execute('CREATE UNIQUE INDEX o ON orders ({})')\n"
    build = f"{EQUAL_NULLS.format('orders (status, total)')}"
    assert_judged("unique-over-existing-rows", f"{build}  # finding", before=before.format("total"))
    assert_judged("unique-over-existing-rows", build, before=before.format("status"))


@pytest.mark.parametrize(
    ("cleaned", "speaks"),
    [
        ("DELETE FROM orders", False),
        ("UPDATE orders SET status = id::text", False),
        ("DELETE FROM users", True),
        ("INSERT INTO orders (status) VALUES (1)", True),
    ],
)
def test_duplicates_may_go_in_an_earlier_revision(cleaned: str, speaks: bool) -> None:
    build = migration("op.create_index('u', 'orders', ['status'], unique=True, postgresql_concurrently=True)")
    found = findings("unique-over-existing-rows", migration(f"op.execute('{cleaned}')"), also=(build,))
    assert bool(found) == speaks


def test_duplicates_are_told_by_their_columns() -> None:
    build = "op.execute('CREATE UNIQUE INDEX CONCURRENTLY u ON orders ({})')  # finding"
    (columns,) = assert_judged("unique-over-existing-rows", build.format("status, total"))
    (expression,) = assert_judged("unique-over-existing-rows", build.format("lower(status)"))
    assert "in `status` and `total` the build" in columns.message
    assert "in the expression the build" in expression.message
    new = "op.create_table('t', sa.Column('a', sa.Text(), server_default='x'))\n"
    assert_judged(
        "unique-over-existing-rows", new + build.format("a").replace("orders", "t").replace("  # finding", "")
    )
