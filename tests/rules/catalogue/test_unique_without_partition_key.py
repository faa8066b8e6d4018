"""Unique indexes of partitioned tables, with the partition key in them and without."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged

SUBDIVIDED = "op.execute('CREATE TABLE e PARTITION OF events DEFAULT PARTITION BY LIST ({})')"
PARTED = "def upgrade():\n    op.execute('CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at)')\n"
COLUMN = 'op.add_column("orders", sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id"){}){})'


@pytest.mark.parametrize(
    ("upgrade", "before"),
    [
        ("op.create_index('u', 'events', ['id'], unique=True)  # finding", PARTED),
        ("op.create_index('u', 'events', ['id', 'at'], unique=True)", PARTED),
        ("op.create_index('u', 'events', ['id'])", PARTED),
        ("op.create_index('u', 'elsewhere', ['id'], unique=True)", PARTED),
        ("op.execute('CREATE UNIQUE INDEX u ON ONLY events (id)')  # finding", PARTED),
        ("op.execute('CREATE UNIQUE INDEX u ON ONLY events (id, at)')", PARTED),
        ("op.execute('CREATE UNIQUE INDEX u ON events (id, (at))')", PARTED),
        ("op.execute('ALTER TABLE events ADD COLUMN n int UNIQUE')  # finding", PARTED),
        ("op.execute('ALTER TABLE events ADD COLUMN n int CHECK (n > 0)')", PARTED),
        ("op.execute('ALTER TABLE elsewhere ADD COLUMN n int UNIQUE')", PARTED),
        ("op.execute('CREATE UNIQUE INDEX u ON events (lower(id::text))')  # finding", PARTED),
        ("op.execute('CREATE UNIQUE INDEX u ON events (lower(id::text), at)')", PARTED),
        ("op.execute('CREATE UNIQUE INDEX u ON events (lower(id::text), ((at)))')", PARTED),
        ("op.execute('CREATE UNIQUE INDEX u ON events (id) INCLUDE (at)')  # finding", PARTED),
        ("op.create_unique_constraint('u', 'events', ['id'])  # finding", PARTED),
        ("op.create_unique_constraint('u', 'elsewhere', ['id'])", PARTED),
        ("op.execute('ALTER TABLE events ADD CONSTRAINT u UNIQUE USING INDEX i')", PARTED),
        ("op.execute('CREATE TABLE e (id int, at date, CHECK (id > 0)) PARTITION BY RANGE (at)')", ""),
        ("op.execute('CREATE TABLE e (id int PRIMARY KEY, at date) PARTITION BY RANGE (at)')  # finding", ""),
        ("op.execute('CREATE TABLE e (at date PRIMARY KEY) PARTITION BY RANGE (AT)')", ""),
        ('op.execute(\'CREATE TABLE e ("at" date PRIMARY KEY) PARTITION BY RANGE ("at" date_ops)\')', ""),
        ("op.execute('CREATE TABLE e (a text, b text, UNIQUE (b, a)) PARTITION BY RANGE (a COLLATE \"C\", b)')", ""),
        ("op.execute('CREATE TABLE e (a text UNIQUE, b text) PARTITION BY LIST (a, b)')  # finding", ""),
        ("op.execute('CREATE TABLE e (a text UNIQUE) PARTITION BY LIST (lower(a))')  # finding", ""),
        ("op.execute('CREATE TABLE e (a int UNIQUE) PARTITION BY LIST ((a / 2))')  # finding", ""),
        ("op.execute('CREATE TABLE e (a text) PARTITION BY LIST (lower(a))')", ""),
        ("op.execute('CREATE TABLE e (a text UNIQUE) PARTITION BY RANGE ((a))')", ""),
        ('op.execute(\'CREATE TABLE e ("A" text UNIQUE) PARTITION BY RANGE (("A") text_ops)\')', ""),
        ("op.execute('CREATE TABLE e (a text UNIQUE) PARTITION BY RANGE')", ""),
        (SUBDIVIDED.format("id") + "  # finding", f"{PARTED}    op.create_primary_key('p', 'events', ['at'])\n"),
        (SUBDIVIDED.format("at"), f"{PARTED}    op.create_primary_key('p', 'events', ['at'])\n"),
        (SUBDIVIDED.format("id"), f"{PARTED}    op.create_index('i', 'events', ['at'])\n"),
        (SUBDIVIDED.format("id"), f"{PARTED}    op.execute('ALTER TABLE events ADD UNIQUE USING INDEX unseen')\n"),
        (
            SUBDIVIDED.format("id").partition(" PARTITION BY")[0] + "')",
            f"{PARTED}    op.create_primary_key('p', 'events', ['at'])\n",
        ),
    ],
)
def test_unique_on_a_partitioned_table(upgrade: str, before: str) -> None:
    assert_judged("unique-without-partition-key", upgrade, before=before)


def test_the_key_is_told_by_its_columns_and_an_expression_is_none() -> None:
    line = "op.execute('CREATE TABLE e (a text UNIQUE, b int, c int) PARTITION BY RANGE ({})')  # finding"
    (columns,) = assert_judged("unique-without-partition-key", line.format("b, a, c"))
    assert "partitioned by `b` and `c`:" in columns.message
    for key in ("b, lower(a)", "(a || 'x')", "shop.lower(a)", '"lower"(a)', "((a) || (a))", "(NULL)"):
        (expression,) = assert_judged("unique-without-partition-key", line.format(key.replace("'", '"')))
        assert "by an expression" in expression.message
