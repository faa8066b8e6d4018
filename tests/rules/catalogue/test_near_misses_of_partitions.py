"""Rules about partitions and their indexes, each with what comes closest and must stay silent."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, repaired, statistics

BLOCK = "with op.get_context().autocommit_block():\n    "
PARTED = "def upgrade():\n    op.execute('CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at)')\n{}"
OLD = "    op.execute('CREATE TABLE old PARTITION OF events FOR VALUES FROM (1) TO (2)')\n"
DEFAULT = "    op.execute('CREATE TABLE rest PARTITION OF events DEFAULT')\n"
INDEX = "def upgrade():\n    op.create_index('i', 'orders', ['status', 'total'])\n"


def test_a_concurrent_build_on_small_partitions_is_made_plain() -> None:
    rule, line = "concurrently-on-partitioned-table", "op.create_index('j', 'events', ['id'], {})"
    before, now = PARTED.format(OLD), "postgresql_concurrently=True"
    assert repaired(rule, line.format(now), before=before) is None
    small = repaired(rule, line.format(now), before=before, statistics=statistics(old=5))
    assert small == "op.create_index('j', 'events', ['id'])"
    assert_judged(rule, BLOCK + line.format(now).replace("events", "elsewhere"), before=before)


def test_a_partition_of_a_new_parent_is_dropped_for_nobody() -> None:
    attached = "op.execute('ALTER TABLE n ATTACH PARTITION orders DEFAULT')\n"
    new = f"op.execute('CREATE TABLE n (LIKE orders) PARTITION BY RANGE (id)')\n{attached}"
    assert_judged("partition-created-in-place", f"{new}op.drop_table('orders')")


def test_partitions_are_small_together_or_not() -> None:
    rule, line = "blocking-partitioned-index", "op.create_index('j', 'events', ['id'])"
    before = PARTED.format(OLD + DEFAULT)
    assert_judged(rule, line, before=before, statistics=statistics(old=4_000, rest=4_000))
    assert_judged(rule, f"{line}  # finding", before=before, statistics=statistics(old=6_000, rest=6_000))
    assert_judged(rule, f"{line}  # finding", before=before, statistics=statistics(old=4_000))
    assert_judged(rule, line, before=before, statistics=statistics(events=8_000))


def test_new_partitions_hold_up_nobody() -> None:
    rule, line = "blocking-partitioned-index", "op.create_index('j', 'events', ['id'])"
    new = OLD.strip().replace("old", "new")
    assert_judged(rule, f"{new}\n{line}", before=PARTED.format(""))
    assert_judged(rule, f"{new}\n{line}", before=PARTED.format(DEFAULT), statistics=statistics(rest=5))
    assert_judged(rule, f"{new}\n{line}  # finding", before=PARTED.format(DEFAULT))


def test_the_partitions_of_partitions_count() -> None:
    rule, line = "blocking-partitioned-index", "op.create_index('j', 'events', ['id'])"
    nested = OLD.replace("(2)", "(2) PARTITION BY HASH (id)")
    below = "    op.execute('CREATE TABLE one PARTITION OF old FOR VALUES WITH (MODULUS 1, REMAINDER 0)')\n"
    assert_judged(rule, line, before=PARTED.format(nested))
    assert_judged(rule, f"{line}  # finding", before=PARTED.format(nested + below))
    assert_judged(rule, line, before=PARTED.format(nested + below), statistics=statistics(one=5))


def test_a_concurrent_build_on_a_new_partitioned_table_is_made_plain_in_its_own_spelling() -> None:
    create = "op.execute('CREATE TABLE logs (at date) PARTITION BY RANGE (at)')\n"
    line = f"{BLOCK}op.execute('CREATE INDEX CONCURRENTLY i ON logs (at)')"
    wanted = create + line.replace(" CONCURRENTLY", "")
    assert repaired("concurrently-on-partitioned-table", create + line) == wanted


def test_a_partition_that_goes_with_its_parent_makes_nobody_wait_more() -> None:
    rule, line = "partition-created-in-place", "op.drop_table('old')"
    assert_judged(rule, f"{line}  # finding", before=PARTED.format(OLD))
    assert_judged(rule, f"{line}\nop.drop_table('events')", before=PARTED.format(OLD))
    assert_judged(rule, f"{line}  # finding\nop.drop_table('orders')", before=PARTED.format(OLD))


@pytest.mark.parametrize(
    ("upgrade", "before"),
    [
        ("op.create_index('j', 'events', ['id'])  # finding", PARTED.format(OLD)),
        ("op.create_index('j', 'events', ['id'])", PARTED.format("")),
        ("op.create_index('j', 'orders', ['id'])", PARTED.format(OLD)),
        ("op.create_index('j', 'elsewhere', ['id'])", PARTED.format(OLD)),
        ("op.execute('CREATE INDEX j ON ONLY events (id)')", PARTED.format(OLD)),
        ("op.create_index('j', 'events', ['id'], postgresql_concurrently=True)", PARTED.format(OLD)),
    ],
)
def test_an_index_of_a_partitioned_table(upgrade: str, before: str) -> None:
    assert_judged("blocking-partitioned-index", upgrade, before=before)


def test_a_partitioned_index_goes_the_plain_way() -> None:
    rule = "concurrently-on-partitioned-table"
    before = PARTED.format(f"{OLD}    op.create_index('i', 'events', ['id'])\n")
    drop = "op.drop_index('{}', postgresql_concurrently=True)"
    assert_judged(rule, f"{BLOCK}{drop.format('i')}  # finding", before=before)
    assert_judged(rule, f"{BLOCK}{drop.format('elsewhere')}", before=before)
    assert_judged(rule, f"{BLOCK}{drop.format('i')}", before=INDEX)
    create = "op.create_index('j', 'events', ['id'], postgresql_concurrently=True)"
    assert repaired(rule, BLOCK + create, before=before) is None
    new = f"op.execute('CREATE TABLE n (id bigint, at date) PARTITION BY RANGE (at)')\n{create.replace('events', 'n')}"
    assert repaired(rule, new) == new.replace(", postgresql_concurrently=True", "")


@pytest.mark.parametrize(
    ("version", "upgrade", "before"),
    [
        (14, "op.execute('ALTER TABLE events DETACH PARTITION old')  # finding", PARTED.format(OLD)),
        (13, "op.execute('ALTER TABLE events DETACH PARTITION old')", PARTED.format(OLD)),
        (14, "op.execute('ALTER TABLE events DETACH PARTITION old')", PARTED.format(OLD + DEFAULT)),
        (14, "op.execute('ALTER TABLE events DETACH PARTITION old FINALIZE')", PARTED.format(OLD)),
    ],
)
def test_a_detached_partition(version: int, upgrade: str, before: str) -> None:
    assert_judged("blocking-partition-detach", upgrade, before=before, server_version=version)


def test_a_partition_of_a_new_table_comes_and_goes() -> None:
    made = "op.execute('CREATE TABLE n (id bigint, at date) PARTITION BY RANGE (at)')\n"
    part = "op.execute('CREATE TABLE p PARTITION OF n FOR VALUES FROM (1) TO (2)')\n"
    assert_judged("blocking-partition-detach", f"{made}{part}op.execute('ALTER TABLE n DETACH PARTITION p')")
    assert_judged("partition-created-in-place", f"{made}{part}op.drop_table('p')")
    late = part.replace("OF n", "OF events")
    assert_judged(
        "partition-created-in-place", f"{late.strip()}  # finding\nop.drop_table('p')", before=PARTED.format("")
    )
    assert_judged("partition-created-in-place", "op.drop_table('old')  # finding", before=PARTED.format(OLD))
    assert_judged("partition-created-in-place", "op.drop_table('elsewhere')", before=PARTED.format(OLD))
