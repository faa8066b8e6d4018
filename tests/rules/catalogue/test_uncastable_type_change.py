"""Changes without an automatic cast fail on every table; USING is offered where nobody waits for the rewrite."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, repaired

RULE = "uncastable-type-change"
COLUMNS = "t text, v varchar(5), b boolean, i integer, u uuid, e mood, tz timestamptz"
ENUMS = """def upgrade():
    op.execute("CREATE TYPE mood AS ENUM ('good', 'bad')")
    op.execute("CREATE TYPE weather AS ENUM ('good', 'bad')")
"""
BEFORE = f'{ENUMS}    op.execute("CREATE TABLE things ({COLUMNS})")\n'


@pytest.mark.parametrize(
    ("column", "type_"),
    [
        *(
            (("t", type_))
            for type_ in ("integer", "numeric", "date", "boolean", "uuid", "bytea", "json", "jsonb", "mood")
        ),
        ("v", "integer"),
        ("b", "integer"),
        ("i", "boolean"),
        ("i", "mood"),
        ("e", "weather"),
        ("e", "integer"),
        ("u", "bytea"),
    ],
)
def test_a_pair_without_a_cast_is_named_on_any_table(column: str, type_: str) -> None:
    change = f'op.execute("ALTER TABLE things ALTER COLUMN {column} TYPE {type_}")  # finding'
    assert_judged(RULE, change, before=BEFORE)
    assert_judged(RULE, f'op.execute("CREATE TABLE things ({COLUMNS})")\n{change}', before=ENUMS)


@pytest.mark.parametrize(
    ("column", "type_"),
    [
        ("i", "text"),
        ("e", "text"),
        ("u", "text"),
        ("i", "bigint"),
        ("tz", "date"),
        ("t", "integer USING t::integer"),
        ("e", "weather USING e::text::weather"),
        ("e", "mood"),
    ],
)
def test_a_cast_that_exists_or_is_said_is_not_named(column: str, type_: str) -> None:
    assert_judged(RULE, f'op.execute("ALTER TABLE things ALTER COLUMN {column} TYPE {type_}")', before=BEFORE)


def test_an_unknown_column_is_not_judged() -> None:
    assert_judged(RULE, 'op.alter_column("unseen", "c", type_=sa.Integer())')


def test_a_downgrade_is_judged_one_level_lower() -> None:
    (found,) = assert_judged(RULE, "pass", 'op.alter_column("users", "name", type_=sa.Integer())  # finding')
    assert found.severity == "warning"


FRESH = "op.create_table('f', sa.Column('c', sa.Text()))\n"


CAST = 'postgresql_using="c::date"'


@pytest.mark.parametrize(
    "call",
    [
        'op.alter_column("f", "c", type_=sa.Date(){})',
        "op.alter_column('f', 'c', type_=sa.Date(){})",
        'op.alter_column(\n    "f",\n    "c",\n    type_=sa.Date(){},\n)',
        'with op.batch_alter_table("f") as b:\n    b.alter_column("c", type_=sa.Date(){})',
    ],
)
def test_a_cast_is_suggested_on_a_new_table(call: str) -> None:
    added = f",\n    {CAST}" if "(\n" in call else f", {CAST}"
    after = call.format(added if '"' in call else added.replace('"', "'"))
    assert repaired(RULE, FRESH + call.format("")) == FRESH + after


def test_nothing_is_suggested_where_rows_would_be_written() -> None:
    assert repaired(RULE, 'op.alter_column("users", "name", type_=sa.Integer())') is None
