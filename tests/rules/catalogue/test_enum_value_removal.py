"""Fewer labels are named; more labels, renamed ones and unused types are not."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged

RULE = "enum-value-removal"
BEFORE = """def upgrade():
    op.execute("CREATE TYPE mood AS ENUM ('good', 'bad', 'odd')")
    op.execute("CREATE TABLE things (id bigint, m mood, other mood)")
"""


def swap(labels: str, using: str = "m::text::mood", mark: str = "") -> str:
    return f"""
op.execute("ALTER TYPE mood RENAME TO mood_old")
op.execute("CREATE TYPE mood AS ENUM ({labels})")
op.execute("ALTER TABLE things ALTER COLUMN m TYPE mood USING {using}"){mark}
"""


def test_a_lost_label_is_named_and_shown() -> None:
    (found,) = assert_judged(RULE, swap("'good', 'bad'", mark="  # finding"), before=BEFORE)
    assert "`odd`" in found.message
    assert "`bad`" not in found.message


def test_op_and_core_types_are_the_same_swap() -> None:
    assert_judged(
        RULE,
        """
        op.execute("ALTER TYPE mood RENAME TO mood_old")
        new = sa.Enum("good", "bad", name="mood")
        new.create(op.get_bind())
        op.alter_column("things", "m", type_=new, postgresql_using="m::text::mood")  # finding
        """,
        before=BEFORE,
    )


@pytest.mark.parametrize("labels", ["'good', 'bad', 'odd', 'new'", "'odd', 'bad', 'good'"])
def test_more_labels_or_another_order_lose_none(labels: str) -> None:
    assert_judged(RULE, swap(labels), before=BEFORE)


def test_a_new_table_has_no_row_with_the_label() -> None:
    assert_judged(
        RULE,
        'op.execute("CREATE TABLE f (m mood)")' + swap("'good'").replace("things", "f"),
        before=BEFORE.replace("TABLE things", "TABLE unrelated"),
    )


@pytest.mark.parametrize("table", ["pg_enum", "pg_catalog.pg_enum"])
def test_deleting_from_the_catalog_is_named(table: str) -> None:
    assert_judged(RULE, f"op.execute(\"DELETE FROM {table} WHERE enumlabel = 'odd'\")  # finding", before=BEFORE)


def test_a_label_renamed_or_added_is_not_named() -> None:
    assert_judged(RULE, "op.execute(\"ALTER TYPE mood RENAME VALUE 'odd' TO 'even'\")", before=BEFORE)
    assert_judged(RULE, "op.execute(\"ALTER TYPE mood ADD VALUE 'even'\")", before=BEFORE)
