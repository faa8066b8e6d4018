"""When a table's constraints prove a partition's bounds; servers confirm the samples of `rules.locking`."""

from __future__ import annotations

import pytest

from rules.model.names import Name
from rules.schema.bounds import outside_bounds, within_bounds
from tests.rules.schema.test_folded_histories import folded

FEBRUARY = "FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')"
WITHIN = "CHECK (at >= '2026-02-01' AND at < '2026-03-01')"


def proved(
    check: str, bound: str, key: str = "RANGE (at)", column: str = "at date NOT NULL", *, outside: bool = False
) -> bool:
    name = column.split()[0]
    schema = folded(
        [
            f"CREATE TABLE events ({column}) PARTITION BY {key}",
            f"CREATE TABLE part ({column})",
            f"ALTER TABLE part ADD CONSTRAINT c {check}",
        ]
    )
    table, parent = schema.table(Name("part")), schema.table(Name("events"))
    assert table is not None
    assert parent is not None
    assert table.column(name) is not None
    return outside_bounds(table, parent, bound) if outside else within_bounds(table, parent, bound, schema)


@pytest.mark.parametrize(
    ("check", "bound"),
    [
        (WITHIN, FEBRUARY),
        ("CHECK (at < '2026-03-01'::date AND id > 0 AND at >= DATE '2026-02-01')", FEBRUARY),
        ("CHECK (at < '2026-03-01')", "FOR VALUES FROM (MINVALUE) TO ('2026-03-01')"),
        ("CHECK (at > '2026-02-03' AND at <= '2026-02-28')", FEBRUARY),
        ("CHECK (at BETWEEN '2026-02-01' AND '2026-02-28')", FEBRUARY),
        ("CHECK (at IN ('2026-02-01', '2026-02-05'))", FEBRUARY),
        ("CHECK (at = '2026-02-01' OR (at >= '2026-02-03' AND at < '2026-02-09'))", FEBRUARY),
        ("CHECK (NOT (at < '2026-02-01' OR at >= '2026-03-01'))", FEBRUARY),
        ("CHECK (at >= '2026-02-01'), ADD CONSTRAINT d CHECK (at < '2026-03-01')", FEBRUARY),
    ],
)
def test_a_check_that_says_the_bounds_proves_them(check: str, bound: str) -> None:
    assert proved(check, bound)


@pytest.mark.parametrize(
    "check",
    [
        f"{WITHIN} NOT VALID",
        "CHECK (at >= '2026-02-01' OR at < '2026-03-01')",
        "CHECK (at >= '2026-02-01' AND at <= '2026-03-01')",
        "CHECK (at >= '2026-02-01')",
        "CHECK (at BETWEEN '2026-02-01' AND '2026-03-01')",
        "CHECK (at >= '2026-01-31' AND at < '2026-03-01')",
        "CHECK (at >= '2026-2-1' AND at < '2026-03-01')",
        "CHECK (at IN ('2026-02-01', '2026-03-01'))",
        "CHECK (at = '2026-02-01' OR id > 0)",
        "CHECK (NOT (at < '2026-02-01' AND at >= '2026-03-01'))",
        "CHECK (other >= '2026-02-01' AND other < '2026-03-01')",
    ],
)
def test_what_does_not_say_them_proves_nothing(check: str) -> None:
    assert not proved(check, FEBRUARY)


def test_a_column_that_may_be_null_lies_in_no_range() -> None:
    assert not proved(WITHIN, FEBRUARY, column="at date")
    assert proved(f"{WITHIN[:-1]} AND at IS NOT NULL)", FEBRUARY, column="at date")


def test_a_list_is_proved_by_a_part_of_it() -> None:
    bound = "FOR VALUES IN ('a', 'b')"
    assert proved("CHECK (kind = 'a')", bound, "LIST (kind)", "kind text NOT NULL")
    assert proved("CHECK (kind IN ('b', 'a'))", bound, "LIST (kind)", "kind text NOT NULL")
    assert not proved("CHECK (kind IN ('a', 'c'))", bound, "LIST (kind)", "kind text NOT NULL")
    assert not proved("CHECK (kind <> 'c')", bound, "LIST (kind)", "kind text NOT NULL")


def test_a_long_list_that_is_none_takes_no_time() -> None:
    """Its digits can be parted in more ways than anybody could try."""
    bound = f"FOR VALUES IN ({'20260101, ' * 20}20260102::int)"
    assert not proved("CHECK (day = 20260101)", bound, "LIST (day)", "day integer NOT NULL")


@pytest.mark.parametrize(
    "check",
    [
        "CHECK (at < '2026-02-01')",
        "CHECK (at <= '2026-01-31')",
        "CHECK (at >= '2026-03-01')",
        "CHECK (at > '2026-03-01')",
        "CHECK (at < '2026-02-01' OR at >= '2026-03-01')",
        "CHECK (at < '2026-01-01' OR (at >= '2026-03-01' AND at < '2026-04-01') OR at IS NULL)",
        "CHECK (NOT (at >= '2026-02-01' AND at < '2026-03-01'))",
        "CHECK (at = '2026-03-01')",
        "CHECK (id > 0 AND at IN ('2026-01-01', '2026-05-01'))",
    ],
)
def test_a_check_that_leaves_the_bounds_out_proves_that_no_row_lies_there(check: str) -> None:
    assert proved(check, FEBRUARY, column="at date", outside=True)


@pytest.mark.parametrize(
    "check",
    [
        "CHECK (at < '2026-02-01') NOT VALID",
        "CHECK (at <= '2026-02-01')",
        "CHECK (at >= '2026-02-28')",
        "CHECK (at < '2026-02-01' OR id > 0)",
        "CHECK (at <> '2026-02-01')",
        "CHECK (at IN ('2026-01-01', '2026-02-05'))",
        WITHIN,
    ],
)
def test_what_does_not_leave_them_out_proves_nothing(check: str) -> None:
    assert not proved(check, FEBRUARY, outside=True)


def test_numbers_are_compared_as_numbers() -> None:
    bound, key, column = "FOR VALUES FROM (9) TO (10)", "RANGE (id)", "id integer NOT NULL"
    assert proved("CHECK (id >= 9 AND id < 10.0)", bound, key, column)
    assert proved("CHECK (id >= 10)", bound, key, column, outside=True)
    assert not proved("CHECK (id >= 9 AND id < 11)", bound, key, column)


def test_a_list_is_left_out_by_other_values_and_by_naming_its_own() -> None:
    bound, key, column = "FOR VALUES IN ('a', 'b')", "LIST (kind)", "kind text NOT NULL"
    assert proved("CHECK (kind = 'c')", bound, key, column, outside=True)
    assert proved("CHECK (kind NOT IN ('b', 'a', 'z'))", bound, key, column, outside=True)
    assert not proved("CHECK (kind IN ('b', 'c'))", bound, key, column, outside=True)
    assert not proved("CHECK (kind <> 'a')", bound, key, column, outside=True)
    assert not proved("CHECK (kind > 'b')", bound, key, column, outside=True)


def test_keys_of_several_columns_and_of_expressions_are_not_proved() -> None:
    assert not proved(WITHIN, FEBRUARY, "RANGE (at, id)")
    assert not proved(WITHIN, FEBRUARY, "RANGE (date_trunc('day', at))")
    assert not proved("CHECK (at < '2026-02-01')", FEBRUARY, "RANGE (at, id)", outside=True)
