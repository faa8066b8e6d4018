"""A default that cannot follow the type is named, and dropped meanwhile where it is a plain literal."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, repaired

RULE = "incompatible-default-on-type-change"


def before(columns: str) -> str:
    return (
        "def upgrade():\n"
        "    op.execute(\"CREATE TYPE mood AS ENUM ('good', 'bad')\")\n"
        "    op.execute(\"CREATE TYPE weather AS ENUM ('good', 'wet')\")\n"
        f'    op.execute("CREATE TABLE things ({columns})")\n'
    )


def change(type_: str) -> str:
    return f'op.execute("ALTER TABLE things ALTER COLUMN c TYPE {type_}")'


@pytest.mark.parametrize(
    ("column", "type_"),
    [
        ("text DEFAULT '1'", "integer USING c::integer"),
        ("boolean DEFAULT true", "integer USING c::integer"),
        ("mood DEFAULT 'good'", "weather USING c::text::weather"),
        ("text DEFAULT 'good'", "mood USING c::mood"),
        ("text DEFAULT '{}'", "jsonb USING c::jsonb"),
    ],
)
def test_a_default_without_a_cast_is_named(column: str, type_: str) -> None:
    assert_judged(RULE, f"{change(type_)}  # finding", before=before(f"c {column}"))


@pytest.mark.parametrize(
    ("column", "type_"),
    [
        ("text", "integer USING c::integer"),
        ("integer DEFAULT 1", "bigint USING c::bigint"),
        ("integer DEFAULT 1", "text USING c::text"),
        ("mood DEFAULT 'good'", "text USING c::text"),
        ("varchar(5) DEFAULT 'a'", "text"),
    ],
)
def test_a_default_that_can_follow_is_not(column: str, type_: str) -> None:
    assert_judged(RULE, change(type_), before=before(f"c {column}"))


def test_a_column_that_was_never_seen_has_no_default() -> None:
    assert_judged(RULE, 'op.execute("ALTER TABLE elsewhere ALTER COLUMN c TYPE integer USING c::integer")')


def test_the_schema_of_the_table_is_written_too() -> None:
    create = "op.execute(\"CREATE TABLE s.t (c text DEFAULT '1')\")\n"
    alter = 'op.execute("ALTER TABLE s.t ALTER COLUMN c TYPE integer USING c::integer")'
    assert repaired(RULE, create + alter) == (
        f'{create}op.alter_column("t", "c", server_default=None, schema="s")\n{alter}\n'
        'op.alter_column("t", "c", server_default="1", schema="s")'
    )


def test_a_batch_would_change_the_type_last() -> None:
    create = "op.execute(\"CREATE TABLE t (c text DEFAULT '1')\")\n"
    alter = 'b.alter_column("c", type_=sa.Integer(), postgresql_using="c::integer")'
    assert repaired(RULE, f'{create}with op.batch_alter_table("t") as b:\n    {alter}') is None


def test_a_default_dropped_before_is_gone() -> None:
    drop = 'op.alter_column("things", "c", server_default=None)\n'
    assert_judged(RULE, drop + change("integer USING c::integer"), before=before("c text DEFAULT '1'"))


NEW = 'op.execute("CREATE TABLE t (c {})")\n'
ALTER = 'op.execute("ALTER TABLE t ALTER COLUMN c TYPE {}")'


@pytest.mark.parametrize(
    ("column", "type_", "default"),
    [
        ("text DEFAULT '1'", "integer USING c::integer", "1"),
        ("text DEFAULT '-1.5'::text", "numeric USING c::numeric", "-1.5"),
        ("mood DEFAULT 'good'", "weather USING c::text::weather", "good"),
    ],
)
def test_the_default_is_set_again_below(column: str, type_: str, default: str) -> None:
    create, alter = NEW.format(column), ALTER.format(type_)
    assert repaired(RULE, create + alter, before=before("x int")) == (
        f'{create}op.alter_column("t", "c", server_default=None)\n{alter}\n'
        f'op.alter_column("t", "c", server_default="{default}")'
    )


@pytest.mark.parametrize(
    ("column", "type_"),
    [
        ("text DEFAULT 'one'", "integer USING length(c)"),
        ("mood DEFAULT 'bad'", "weather USING 'wet'::weather"),
        ("boolean DEFAULT true", "integer USING c::integer"),
        ("text DEFAULT current_user", "integer USING 1"),
        ("text DEFAULT '2020'", "date USING now()"),
    ],
)
def test_no_default_is_invented(column: str, type_: str) -> None:
    upgrade = NEW.format(column) + ALTER.format(type_)
    assert_judged(RULE, f"{upgrade}  # finding", before=before("x int"))
    assert repaired(RULE, upgrade, before=before("x int")) is None
