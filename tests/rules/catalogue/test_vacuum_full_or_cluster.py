"""The maintenance that writes tables anew is named, the kind that lets others pass is not."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, statistics

RULE = "vacuum-full-or-cluster"


@pytest.mark.parametrize(
    "sql",
    ["VACUUM FULL users", "VACUUM (FULL) users", "vacuum full", "VACUUM FULL VERBOSE users", "CLUSTER users",
     "VACUUM (VERBOSE, FULL on) users", "VACUUM (FULL TRUE) users", "CLUSTER users USING users_pkey", "CLUSTER"],
)  # fmt: skip
def test_each_form_is_named_inside_the_block_and_outside(sql: str) -> None:
    assert_judged(RULE, f'op.execute("{sql}")  # finding')
    assert_judged(RULE, f'with op.get_context().autocommit_block():\n    op.execute("{sql}")  # finding')


@pytest.mark.parametrize(
    "sql",
    ["VACUUM users", "VACUUM (ANALYZE, FREEZE) users", "ANALYZE users", "ALTER TABLE users CLUSTER ON users_pkey",
     "VACUUM (FULL false) users", "VACUUM (FULL off, ANALYZE) users", "VACUUM (FULL 0) users",
     "COMMENT ON TABLE users IS 'VACUUM FULL users'"],
)  # fmt: skip
def test_what_lets_others_pass_is_not_named(sql: str) -> None:
    assert_judged(RULE, f'op.execute("{sql}")')


def test_new_and_small_tables_are_soon_written() -> None:
    assert_judged(RULE, 'op.execute("CREATE TABLE f (i int PRIMARY KEY)")\nop.execute("CLUSTER f USING f_pkey")')
    assert_judged(RULE, 'op.execute("CLUSTER users USING users_pkey")', statistics=statistics(users=10))
