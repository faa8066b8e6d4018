"""A guard that hides another shape is named; the same shape, unknown objects and the block are not."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged

RULE = "misleading-existence-guard"
BEFORE = """def upgrade():
    op.execute("CREATE INDEX i ON users (name)")
    op.execute("CREATE TABLE t (a integer, b text)")
"""


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE users ADD COLUMN IF NOT EXISTS age bigint",
        "ALTER TABLE users ADD COLUMN IF NOT EXISTS email varchar(50)",
        "CREATE TABLE IF NOT EXISTS t (a integer, c text)",
        "CREATE TABLE IF NOT EXISTS t (a integer)",
        "CREATE TABLE IF NOT EXISTS t (a bigint, b text)",
        "CREATE INDEX IF NOT EXISTS i ON users (email)",
        "CREATE UNIQUE INDEX IF NOT EXISTS i ON users (name)",
        "CREATE INDEX IF NOT EXISTS i ON users (lower(name))",
    ],
)
def test_another_shape_is_named_inside_the_transaction(sql: str) -> None:
    assert_judged(RULE, f'op.execute("{sql}")  # finding', before=BEFORE)
    assert_judged(RULE, f'with op.get_context().autocommit_block():\n    op.execute("{sql}")', before=BEFORE)


def test_op_is_the_same() -> None:
    assert_judged(RULE, 'op.create_index("i", "users", ["email"], if_not_exists=True)  # finding', before=BEFORE)
    table = 'op.create_table("t", sa.Column("a", sa.Integer()), if_not_exists=True)'
    assert_judged(RULE, f"{table}  # finding", before=BEFORE)


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE users ADD COLUMN IF NOT EXISTS age integer",
        "ALTER TABLE users ADD COLUMN IF NOT EXISTS other integer",
        "ALTER TABLE unseen ADD COLUMN IF NOT EXISTS age bigint",
        "CREATE TABLE IF NOT EXISTS t (b text, a integer)",
        "CREATE TABLE IF NOT EXISTS unseen (a integer)",
        "CREATE INDEX IF NOT EXISTS i ON users (name)",
        "CREATE INDEX IF NOT EXISTS j ON users (email)",
        "ALTER TABLE users ADD COLUMN age bigint",
    ],
)
def test_the_same_shape_or_nothing_there_is_not_named(sql: str) -> None:
    assert_judged(RULE, f'op.execute("{sql}")', before=BEFORE)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX i ON users (email)",
        "CREATE TABLE IF NOT EXISTS t AS SELECT 1 AS a",
        "CREATE TABLE IF NOT EXISTS t (a integer) INHERITS (orders)",
        "CREATE TABLE IF NOT EXISTS t (LIKE users)",
    ],
)
def test_without_a_guard_or_a_shape_of_its_own_it_is_not_named(sql: str) -> None:
    assert_judged(RULE, f'op.execute("{sql}")', before=BEFORE)


@pytest.mark.parametrize(
    ("there", "asked", "speaks"),
    [
        ("CREATE TABLE t (a int)", "CREATE TABLE IF NOT EXISTS t (a text)", True),
        ("CREATE TABLE t (a int)", "CREATE TABLE IF NOT EXISTS t (a int, b int)", True),
        ("CREATE TABLE t (a int)", "CREATE TABLE IF NOT EXISTS t (a integer)", False),
        ("CREATE TABLE t (a elsewhere)", "CREATE TABLE IF NOT EXISTS t (a text)", True),
        ("CREATE TABLE t AS SELECT 1 AS a", "CREATE TABLE IF NOT EXISTS t (a text)", False),
        ("CREATE TABLE t (LIKE unseen, a int)", "CREATE TABLE IF NOT EXISTS t (a int, b text)", False),
        ("CREATE TABLE t (LIKE unseen, a int)", "CREATE TABLE IF NOT EXISTS t (a text, b text)", True),
        (
            "CREATE INDEX i ON users ((name || email))",
            "CREATE INDEX IF NOT EXISTS i ON users ((name  ||  email))",
            False,
        ),
        ("CREATE INDEX i ON users (lower(name))", "CREATE INDEX IF NOT EXISTS i ON users (lower(email))", True),
        ("CREATE INDEX i ON users (name DESC)", "CREATE INDEX IF NOT EXISTS i ON users (name)", False),
    ],
)
def test_what_is_there_is_compared_as_far_as_it_is_known(there: str, asked: str, speaks: bool) -> None:
    before = f"def upgrade():\n    op.execute('{there}')\n"
    assert_judged(RULE, f"op.execute('{asked}')" + ("  # finding" if speaks else ""), before=before)


def test_a_type_that_nobody_knows_may_be_the_same() -> None:
    unknown = "from shop.types import Kind\n{}"
    table = "op.create_table('t', sa.Column('a', {}), if_not_exists={})"
    column = "op.add_column('t', sa.Column('a', {}), if_not_exists=True)"
    for there, asked in (("Kind()", "sa.Text()"), ("sa.Text()", "Kind()")):
        before = "def upgrade():\n    from shop.types import Kind\n    " + table.format(there, False) + "\n"
        assert_judged(RULE, unknown.format(table.format(asked, True)), before=before)
        assert_judged(RULE, unknown.format(column.format(asked)), before=before)
