"""Indexes of partitioned tables, and partitions that come and go."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, repaired, statistics

EVENTS = """def upgrade():
    op.execute("CREATE TABLE events (id bigint, at date NOT NULL) PARTITION BY RANGE (at)")
    op.execute("CREATE TABLE events_old PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')")
    op.execute("CREATE TABLE events_new (id bigint, at date NOT NULL)")
"""
DEFAULT = '    op.execute("CREATE TABLE events_rest PARTITION OF events DEFAULT")\n'
ATTACH = (
    "op.execute(\"ALTER TABLE events ATTACH PARTITION events_new FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')\")"
)


def test_a_plain_build_locks_every_partition() -> None:
    rule, line = "blocking-partitioned-index", 'op.create_index("i", "events", ["at"])'
    assert_judged(rule, f"{line}  # finding", before=EVENTS)
    assert_judged(rule, 'op.execute("CREATE INDEX i ON ONLY events (at)")', before=EVENTS)
    assert_judged(rule, line, before=EVENTS, statistics=statistics(events_old=5))
    assert_judged(rule, 'op.create_index("i", "orders", ["total"])', before=EVENTS)


def test_a_concurrent_build_is_refused_on_the_parent_only() -> None:
    rule = "concurrently-on-partitioned-table"
    build = 'op.create_index("i", "{}", ["at"], postgresql_concurrently=True)'
    block = f"with op.get_context().autocommit_block():\n    {build}"
    assert_judged(rule, block.format("events") + "  # finding", before=EVENTS)
    assert_judged(rule, block.format("events_old"), before=EVENTS)
    assert_judged("concurrently-inside-transaction", block.format("events"), before=EVENTS)
    assert repaired(rule, block.format("events"), before=EVENTS) is None


def test_a_concurrent_drop_is_refused_there_too() -> None:
    before = EVENTS + '    op.create_index("i", "events", ["at"])\n'
    line = 'op.drop_index("i", table_name="events", postgresql_concurrently=True)'
    rule = "concurrently-on-partitioned-table"
    assert_judged(rule, f"{line}  # finding", before=before)
    assert repaired(rule, line, before=before) == 'op.drop_index("i", table_name="events")'


def test_on_a_new_partitioned_table_the_plain_form_is_suggested() -> None:
    create = 'op.execute("CREATE TABLE logs (at date) PARTITION BY RANGE (at)")\n'
    line = 'op.create_index("i", "logs", ["at"], postgresql_concurrently=True)'
    wanted = create + 'op.create_index("i", "logs", ["at"])'
    assert repaired("concurrently-on-partitioned-table", create + line) == wanted


@pytest.mark.parametrize(
    ("check", "speaks"),
    [
        ("", True),
        ("at >= '2025-01-01' AND at < '2026-01-01'", False),
        ("at >= '2024-01-01' AND at < '2026-01-01'", True),
        ("at >= '2025-03-01' AND at < '2025-04-01'", False),
        ("at >= '2025-01-01' OR at < '2026-01-01'", True),
        ("id > 0", True),
    ],
)
def test_attaching_reads_the_partition_unless_a_check_says_the_bounds(check: str, speaks: bool) -> None:
    proof = f'    op.create_check_constraint("c", "events_new", "{check}")\n' if check else ""
    line = f"{ATTACH}  # finding" if speaks else ATTACH
    assert_judged("scanning-partition-attach", line, before=EVENTS + proof)


def test_a_check_that_is_not_valid_proves_nothing() -> None:
    proof = (
        "    op.execute(\"ALTER TABLE events_new ADD CHECK (at >= '2025-01-01' AND at < '2026-01-01') NOT VALID\")\n"
    )
    assert_judged("scanning-partition-attach", f"{ATTACH}  # finding", before=EVENTS + proof)


def test_a_default_partition_is_read_for_every_new_one() -> None:
    rule = "scanning-partition-attach"
    create = "op.execute(\"CREATE TABLE e PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')\")"
    assert_judged(rule, create, before=EVENTS)
    assert_judged(rule, f"{create}  # finding", before=EVENTS + DEFAULT)
    assert_judged(rule, create, before=EVENTS + DEFAULT, statistics=statistics(events_rest=5))
    excluded = '    op.create_check_constraint("c", "events_rest", "{}")\n'
    assert_judged(rule, create, before=EVENTS + DEFAULT + excluded.format("at < '2025-01-01'"))
    assert_judged(rule, f"{create}  # finding", before=EVENTS + DEFAULT + excluded.format("at < '2025-01-02'"))


def test_partitions_made_and_dropped_in_place() -> None:
    rule = "partition-created-in-place"
    create = "op.execute(\"CREATE TABLE e PARTITION OF {} FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')\")"
    assert_judged(rule, create.format("events") + "  # finding", before=EVENTS)
    assert_judged(rule, 'op.drop_table("events_old")  # finding', before=EVENTS)
    assert_judged(rule, 'op.drop_table("events_new")', before=EVENTS)
    new = 'op.execute("CREATE TABLE logs (at date) PARTITION BY RANGE (at)")\n'
    assert_judged(rule, new + create.format("logs"))


def test_detaching_concurrently_is_suggested_where_it_is_possible() -> None:
    rule, line = "blocking-partition-detach", 'op.execute("ALTER TABLE events DETACH PARTITION events_old")'
    assert_judged(rule, f"{line}  # finding", before=EVENTS)
    assert_judged(rule, line, before=EVENTS + DEFAULT)
    assert_judged(rule, line, before=EVENTS, server_version=13)
    assert_judged(rule, line.replace('old"', 'old FINALIZE"'), before=EVENTS)
    assert repaired(rule, line, before=EVENTS) == (
        "with op.get_context().autocommit_block():\n"
        '    op.execute("ALTER TABLE events DETACH PARTITION events_old CONCURRENTLY")'
    )
