"""When a table's constraints prove a partition's bounds; servers confirm the samples of `rules.locking`."""

from __future__ import annotations

import pytest

from rules.model.names import Name
from rules.schema.bounds import within_bounds
from tests.rules.schema.test_folded_histories import folded

FEBRUARY = "FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')"
WITHIN = "CHECK (at >= '2026-02-01' AND at < '2026-03-01')"


def proved(check: str, bound: str, key: str = "RANGE (at)", column: str = "at date NOT NULL") -> bool:
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
    return within_bounds(table, parent, bound, schema)


@pytest.mark.parametrize(
    ("check", "bound"),
    [
        (WITHIN, FEBRUARY),
        ("CHECK (at < '2026-03-01'::date AND id > 0 AND at >= DATE '2026-02-01')", FEBRUARY),
        ("CHECK (at < '2026-03-01')", "FOR VALUES FROM (MINVALUE) TO ('2026-03-01')"),
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


def test_keys_of_several_columns_and_of_expressions_are_not_proved() -> None:
    assert not proved(WITHIN, FEBRUARY, "RANGE (at, id)")
    assert not proved(WITHIN, FEBRUARY, "RANGE (date_trunc('day', at))")
