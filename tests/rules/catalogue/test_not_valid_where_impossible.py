"""NOT VALID where the server refuses it, which then blocks nobody."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged

PARTED = "def upgrade():\n    op.execute('CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at)')\n"


def test_a_primary_key_that_is_refused_for_not_valid_is_that_rules_matter() -> None:
    line = "op.execute('ALTER TABLE orders ADD PRIMARY KEY (id) NOT VALID')  # finding"
    assert_judged("not-valid-where-impossible", line)


@pytest.mark.parametrize(
    ("rule", "action"),
    [
        ("blocking-exclusion-constraint", "EXCLUDE USING gist (total WITH =)"),
        ("blocking-primary-key", "PRIMARY KEY (total)"),
        ("blocking-unique-constraint", "UNIQUE (total)"),
    ],
)
def test_what_is_refused_for_not_valid_blocks_nobody(rule: str, action: str) -> None:
    line = f"op.execute('ALTER TABLE orders ADD CONSTRAINT c {action}{{}}')"
    assert_judged(rule, line.format("") + "  # finding")
    assert_judged(rule, line.format(" NOT VALID"))
    assert_judged("not-valid-where-impossible", line.format(""))


@pytest.mark.parametrize(
    "line",
    [
        "op.create_unique_constraint('u', 'orders', ['total'], mysql_using=3)",
        "op.create_primary_key('p', 'orders', ['id'], postgresql_using_index='i')",
    ],
)
def test_other_refused_calls_are_not_about_using_index_of_a_unique_constraint(line: str) -> None:
    assert_judged("not-valid-where-impossible", line)


def test_only_a_foreign_key_that_is_not_valid_is_refused_and_only_on_a_partitioned_table() -> None:
    rule, key = "not-valid-where-impossible", "op.create_foreign_key('f', {!r}, 'users', ['id'], ['id']{})"
    left = ", postgresql_not_valid=True"
    assert_judged(rule, key.format("events", left) + "  # finding", before=PARTED)
    assert_judged(rule, key.format("events", ""), before=PARTED)
    assert_judged(rule, key.format("elsewhere", left), before=PARTED)
