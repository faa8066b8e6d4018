"""A foreign key of a partitioned table looks only at the rows of partitions that do not have it yet."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, migration

EVENTS = """
op.execute("CREATE TABLE events (id bigint, user_id bigint) PARTITION BY RANGE (id)")
op.execute("CREATE TABLE low PARTITION OF events FOR VALUES FROM (1) TO (900)")
op.execute("CREATE TABLE high PARTITION OF events FOR VALUES FROM (900) TO (9000) PARTITION BY RANGE (id)")
op.execute("CREATE TABLE highest PARTITION OF high FOR VALUES FROM (8000) TO (9000)")
"""
KEY = 'op.create_foreign_key("events_user", "events", "users", ["user_id"], ["id"])'
LOW = 'op.create_foreign_key("low_user", "low", "users", ["user_id"], ["id"])\n'
HIGHEST = 'op.create_foreign_key("highest_user", "highest", "users", ["user_id"], ["id"])\n'


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("", "  # finding"),
        (LOW, "  # finding"),
        (LOW + HIGHEST, ""),
        (LOW + HIGHEST.replace('["id"]', '["id"], ondelete="CASCADE"'), "  # finding"),
        (LOW + HIGHEST.replace('["id"]', '["id"], postgresql_not_valid=True'), "  # finding"),
        (LOW + HIGHEST.replace('"users"', '"orders"'), "  # finding"),
    ],
)
def test_only_a_validated_key_of_each_partition_spares_the_look(made: str, expected: str) -> None:
    assert_judged("blocking-foreign-key", KEY + expected, before=migration(EVENTS + made))
