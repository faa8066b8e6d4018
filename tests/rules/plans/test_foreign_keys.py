"""A foreign key of a partitioned table, before NOT VALID was possible there: partition by partition."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.catalogue.judged import migration
from tests.rules.plans.served import assert_same_end, ends, finding_of, planned

EVENTS = """
    op.execute("CREATE TABLE events (id bigint, user_id bigint) PARTITION BY RANGE (id)")
    op.execute("CREATE TABLE events_low PARTITION OF events FOR VALUES FROM (1) TO (900)")
    op.execute("CREATE TABLE events_high PARTITION OF events FOR VALUES FROM (900) TO (9000)")
"""
KEY = 'op.create_foreign_key("events_user", "events", "users", ["user_id"], ["id"], ondelete="CASCADE")'
NO_KEY = 'op.drop_constraint("events_user", "events", type_="foreignkey")'
ROWS = ("INSERT INTO events SELECT n, n FROM generate_series(1, 2000) n",)


def test_each_partition_gets_the_key_and_has_it_validated_before_the_parent(tmp_path: Path) -> None:
    one = planned("blocking-foreign-key", migration(KEY, NO_KEY), before=migration(EVENTS), server_version=16)
    *_, last = one.plan.revisions
    assert [step.title.split()[0] for step in one.plan.revisions] == ["Add", "Validate", "Add", "Validate", "Add"]
    assert "NOT VALID" not in last.text.partition("def downgrade")[0]
    assert_same_end(one, tmp_path, ROWS, server_version=16)


def test_a_key_that_cannot_be_not_valid_there_has_the_same_plan(tmp_path: Path) -> None:
    text = migration(f"{KEY[:-1]}, postgresql_not_valid=True)", NO_KEY)
    one = planned("not-valid-where-impossible", text, before=migration(EVENTS), server_version=16)
    assert one.plan.differs == "events_user ends validated"
    assert any(
        "constraint events_low events_user" in line for line in ends(tmp_path, one.texts, ROWS, server_version=16)
    )


def test_since_18_it_is_not_valid_and_then_validated_like_any_key(tmp_path: Path) -> None:
    one = planned("blocking-foreign-key", migration(KEY, NO_KEY), before=migration(EVENTS), server_version=18)
    assert len(one.plan.revisions) == 2
    assert_same_end(one, tmp_path, ROWS, server_version=18)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ('op.execute("CREATE TABLE events (id bigint, user_id bigint) PARTITION BY RANGE (id)")', "does not show"),
        (
            EVENTS
            + """    op.execute("CREATE TABLE events_more PARTITION OF events DEFAULT PARTITION BY LIST (user_id)")""",
            "events_more is partitioned itself",
        ),
        (
            EVENTS + """    op.execute("ALTER TABLE events_low ADD CONSTRAINT events_user CHECK (id > 0)")""",
            "events_low has a constraint events_user already",
        ),
    ],
)
def test_what_stands_in_the_way_is_named(made: str, reason: str) -> None:
    found, _ = finding_of("blocking-foreign-key", migration(KEY), before=migration(made), server_version=16)
    assert found.plan is None
    assert reason in found.no_plan
