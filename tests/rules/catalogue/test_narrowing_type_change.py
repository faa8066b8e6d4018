"""Types that cannot hold every value are named on small tables too, not on new ones."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, statistics

RULE = "narrowing-type-change"
BEFORE = """def upgrade():
    op.execute("CREATE TABLE things (i bigint, n numeric(10,2), v varchar(20), t text, ts timestamp, f float8)")
"""


@pytest.mark.parametrize(
    ("column", "type_"),
    [
        ("v", "varchar(10)"),
        ("t", "varchar(255)"),
        ("v", "varchar(10) USING v::varchar(10)"),
        ("i", "integer"),
        ("n", "numeric(10,1)"),
        ("n", "numeric(9,2)"),
        ("n", "integer"),
        ("f", "real"),
        ("ts", "timestamp(0)"),
        ("ts", "date"),
    ],
)
def test_a_narrower_type_is_named(column: str, type_: str) -> None:
    assert_judged(
        RULE, f'op.execute("ALTER TABLE things ALTER COLUMN {column} TYPE {type_}")  # finding', before=BEFORE
    )


@pytest.mark.parametrize(
    ("column", "type_"),
    [
        ("v", "varchar(21)"),
        ("v", "text"),
        ("n", "numeric(12,4)"),
        ("i", "numeric"),
        ("v", "varchar(10) USING left(v, 10)"),
        ("t", "integer"),
    ],
)
def test_a_wider_type_or_a_conversion_of_ones_own_is_not_named(column: str, type_: str) -> None:
    assert_judged(RULE, f'op.execute("ALTER TABLE things ALTER COLUMN {column} TYPE {type_}")', before=BEFORE)


def test_op_and_batch_mode_are_the_same_change() -> None:
    assert_judged(RULE, 'op.alter_column("users", "email", type_=sa.String(50))  # finding')
    assert_judged(
        RULE,
        """
        with op.batch_alter_table("users") as batch_op:
            batch_op.alter_column("name", type_=sa.String(50))  # finding
        """,
    )


def test_a_new_table_has_no_values() -> None:
    assert_judged(
        RULE,
        """
        op.execute("CREATE TABLE fresh (t text)")
        op.execute("ALTER TABLE fresh ALTER COLUMN t TYPE varchar(5)")
        """,
    )


def test_one_row_is_enough_to_fail() -> None:
    change = 'op.alter_column("users", "email", type_=sa.String(50))  # finding'
    assert_judged(RULE, change, statistics=statistics(users=1))
