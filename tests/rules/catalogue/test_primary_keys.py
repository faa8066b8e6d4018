"""Primary keys: built under a lock, or taken from an index over columns that may hold NULL."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, statistics

COLUMN = 'op.add_column("orders", sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id"){}){})'
UNIQUE = "def upgrade():\n    op.execute('CREATE UNIQUE INDEX i ON orders (user_id)')\n"


@pytest.mark.parametrize(
    "upgrade",
    [
        "op.create_primary_key('p', 'orders', ['id'])  # finding",
        "op.execute('ALTER TABLE orders ADD PRIMARY KEY (id)')  # finding",
        "op.execute('ALTER TABLE orders ADD CONSTRAINT p PRIMARY KEY USING INDEX i')",
        "op.execute('ALTER TABLE orders ADD COLUMN k bigint PRIMARY KEY')  # finding",
        "op.execute('ALTER TABLE orders ADD COLUMN k bigint UNIQUE')",
        "op.execute('ALTER TABLE orders ADD COLUMN k bigint')",
        "op.create_table('t', sa.Column('id', sa.Integer()))\nop.create_primary_key('p', 't', ['id'])",
        "op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True))",
    ],
)
def test_a_primary_key(upgrade: str) -> None:
    assert_judged("blocking-primary-key", upgrade)
    assert_judged("blocking-primary-key", upgrade.replace("  # finding", ""), statistics=statistics(orders=5))


@pytest.mark.parametrize(
    ("upgrade", "before"),
    [
        ("op.execute('ALTER TABLE orders ADD PRIMARY KEY USING INDEX i')  # finding", UNIQUE),
        ("op.execute('ALTER TABLE orders ADD PRIMARY KEY USING INDEX i')", UNIQUE.replace("user_id", "id")),
        ("op.execute('ALTER TABLE orders ADD PRIMARY KEY USING INDEX elsewhere')", UNIQUE),
        ("op.execute('ALTER TABLE elsewhere ADD PRIMARY KEY USING INDEX i')", UNIQUE),
        ("op.execute('ALTER TABLE orders ADD PRIMARY KEY (user_id)')", UNIQUE),
    ],
)
def test_a_primary_key_over_columns_that_may_be_null(upgrade: str, before: str) -> None:
    assert_judged("primary-key-over-nullable-columns", upgrade, before=before)


def test_a_key_that_builds_its_index_is_no_matter_of_nulls() -> None:
    assert_judged("primary-key-over-nullable-columns", "op.create_primary_key('p', 'orders', ['total'])")


def test_columns_that_nobody_saw_are_not_said_to_hold_null() -> None:
    made = "op.execute('CREATE TABLE t AS SELECT 1 AS n')"
    before = f"def upgrade():\n    {made}\n    op.execute('CREATE UNIQUE INDEX i ON t (n)')\n"
    line = "op.execute('ALTER TABLE t ADD PRIMARY KEY USING INDEX i')"
    assert_judged("primary-key-over-nullable-columns", line, before=before)
