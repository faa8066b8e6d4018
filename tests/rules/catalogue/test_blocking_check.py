"""CHECK constraints that read the table."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, statistics

RULE = "blocking-check"
INSIDE = "check-inside-new-column"
LABELS = 'sa.Enum("a", "b", name="kinds", native_enum=False, create_constraint=True)'


@pytest.mark.parametrize(
    "line",
    [
        'op.create_check_constraint("c", "orders", "total > 0")',
        'op.create_check_constraint("c", "orders", sa.column("total") > 0)',
        'op.execute("ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0)")',
        'op.execute("ALTER TABLE orders ADD CHECK (total > 0)")',
        f'op.add_column("orders", sa.Column("kind", {LABELS}))',
    ],
)
def test_a_validating_check_is_seen_in_every_spelling(line: str) -> None:
    assert_judged(RULE, f"{line}  # finding")


@pytest.mark.parametrize(
    "line",
    [
        'op.create_check_constraint("c", "orders", "total > 0", postgresql_not_valid=True)',
        'op.execute("ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT VALID")',
        'op.add_column("orders", sa.Column("flag", sa.Boolean(create_constraint=True)))',
        'op.create_table("t", sa.Column("a", sa.Integer(), sa.CheckConstraint("a > 0")))',
    ],
)
def test_a_check_that_reads_no_row_is_not(line: str) -> None:
    assert_judged(RULE, line)


def test_a_small_table_is_spared() -> None:
    assert_judged(RULE, 'op.create_check_constraint("c", "orders", "total > 0")', statistics=statistics(orders=5))


@pytest.mark.parametrize(
    "line",
    [
        'op.execute("ALTER TABLE orders ADD COLUMN n integer CHECK (n > 0)")',
        'op.execute("ALTER TABLE orders ADD COLUMN n integer DEFAULT 1 CONSTRAINT c CHECK (n > 0)")',
        'op.add_column("orders", sa.Column("n", sa.Integer(), sa.CheckConstraint("n > 0")))',
    ],
)
def test_a_check_inside_a_new_column_is_seen_by_its_own_rule(line: str) -> None:
    assert_judged(INSIDE, f"{line}  # finding")
    assert_judged(RULE, line)


def test_a_new_table_has_no_row_to_check() -> None:
    assert_judged(INSIDE, 'op.create_table("t", sa.Column("a", sa.Integer(), sa.CheckConstraint("a > 0")))')


def test_the_advice_is_spelled_as_the_statement_is() -> None:
    (called,) = assert_judged(RULE, 'op.create_check_constraint("c", "orders", "total > 0")  # finding')
    assert "postgresql_not_valid=True" in called.advice
    (text,) = assert_judged(RULE, 'op.execute("ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0)")  # finding')
    assert "Add it NOT VALID and run" in text.advice
