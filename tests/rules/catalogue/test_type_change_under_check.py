"""A free type change on a column that a validated CHECK mentions reads every row."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged

RULE = "type-change-under-check"
CHANGE = 'op.alter_column("users", "email", type_=sa.Text())'


def before(condition: str, rest: str = "") -> str:
    return f'def upgrade():\n    op.execute("ALTER TABLE users ADD CONSTRAINT c CHECK ({condition}) {rest}")\n'


@pytest.mark.parametrize("condition", ["email <> ''", "lower(email) = email", "name IS NOT NULL OR email IS NOT NULL"])
def test_a_check_that_mentions_the_column_is_verified_again(condition: str) -> None:
    assert_judged(RULE, f"{CHANGE}  # finding", before=before(condition))
    sql = 'op.execute("ALTER TABLE users ALTER COLUMN email TYPE varchar(400)")  # finding'
    assert_judged(RULE, sql, before=before(condition))


def test_a_check_on_another_column_is_not() -> None:
    assert_judged(RULE, CHANGE, before=before("name <> 'email'"))


def test_a_check_that_is_not_valid_is_not_verified() -> None:
    assert_judged(RULE, CHANGE, before=before("email <> ''", "NOT VALID"))


def test_the_same_type_again_changes_nothing() -> None:
    assert_judged(RULE, 'op.alter_column("users", "email", type_=sa.String(320))', before=before("email <> ''"))


def test_a_rewrite_is_the_graver_matter() -> None:
    change = 'op.alter_column("users", "age", type_=sa.BigInteger())'
    assert_judged(RULE, change, before=before("age > 0"))
    assert_judged("rewriting-type-change", f"{change}  # finding", before=before("age > 0"))


def test_a_check_dropped_before_is_gone() -> None:
    assert_judged(RULE, f'op.drop_constraint("c", "users")\n{CHANGE}', before=before("email <> ''"))
