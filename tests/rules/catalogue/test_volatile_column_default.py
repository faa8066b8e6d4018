"""Volatile defaults of added columns are named; stable, immutable and later ones are not."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, statistics

RULE = "volatile-column-default"
FUNCTION = "CREATE FUNCTION f() RETURNS int LANGUAGE sql {} AS $$ SELECT 1 $$"


def add(default: str, mark: str = "") -> str:
    return f'op.execute("ALTER TABLE users ADD COLUMN c text DEFAULT {default}"){mark}'


@pytest.mark.parametrize(
    "default",
    ["random()", "gen_random_uuid()", "clock_timestamp()", "md5(random()::text)", "uuid_generate_v4()", "f()",
     "lower('A' || timeofday())", "pg_catalog.random()"],
)  # fmt: skip
def test_a_volatile_part_is_named_in_each_spelling(default: str) -> None:
    assert_judged(RULE, add(default, "  # finding"))
    column = f'sa.Column("c", sa.Text(), server_default=sa.text("{default}"))'
    assert_judged(RULE, f'op.add_column("users", {column})  # finding')
    assert_judged(RULE, f'with op.batch_alter_table("users") as b:\n    b.add_column({column})  # finding')


def test_functions_of_sqlalchemy_are_the_same() -> None:
    column = 'sa.Column("c", sa.Uuid(), server_default=sa.func.gen_random_uuid())'
    assert_judged(RULE, f'op.add_column("users", {column})  # finding')


@pytest.mark.parametrize(
    "default",
    ["now()", "CURRENT_TIMESTAMP", "now() + interval '1 day'", "current_user", "'random()'", "'{}'", "NULL", "0",
     "ARRAY[]::text[]", "md5('a')", "nextval('s')"],
)  # fmt: skip
def test_what_is_evaluated_once_is_not_named(default: str) -> None:
    assert_judged(RULE, add(default))


def test_a_python_default_sends_nothing() -> None:
    assert_judged(RULE, 'import uuid\nop.add_column("users", sa.Column("c", sa.Uuid(), default=uuid.uuid4))')


def test_a_default_set_afterwards_is_for_new_rows() -> None:
    assert_judged(RULE, 'op.alter_column("users", "name", server_default=sa.text("gen_random_uuid()::text"))')


@pytest.mark.parametrize(("declared", "mark"), [("", "  # finding"), ("VOLATILE", "  # finding"), ("STABLE", "")])
def test_ones_own_function_is_what_it_was_declared(declared: str, mark: str) -> None:
    before = f'def upgrade():\n    op.execute("{FUNCTION.format(declared)}")\n'
    assert_judged(RULE, add("f()", mark), before=before)


def test_before_11_every_default_is_written() -> None:
    assert_judged(RULE, add("0", "  # finding"), server_version=10)
    assert_judged(RULE, add("NULL"), server_version=10)


def test_new_and_small_tables_are_soon_written() -> None:
    assert_judged(
        RULE, 'op.execute("CREATE TABLE users_new (i int)")\n' + add("random()").replace("users", "users_new")
    )
    assert_judged(RULE, add("random()"), statistics=statistics(users=10))


def test_a_long_default_is_not_quoted_and_a_wrapped_one_is_said_in_one_line() -> None:
    (finding,) = assert_judged(RULE, add("floor(random()\\n * 8)", "  # finding"))
    assert "because `floor(random() * 8)` may differ" in finding.message
    (finding,) = assert_judged(RULE, add(f"floor(random() * {'1 + ' * 40}8)", "  # finding"))
    assert "because its default may differ" in finding.message


def test_the_default_of_a_domain_counts_as_the_column_s_own() -> None:
    before = "def upgrade():\n    op.execute('CREATE DOMAIN drawn AS float DEFAULT {}')\n"
    line = "op.execute('ALTER TABLE users ADD COLUMN c drawn{}')"
    assert_judged(RULE, f"{line.format('')}  # finding", before=before.format("random()"))
    assert_judged(RULE, line.format(""), before=before.format("random()"), server_version=12)
    assert_judged(RULE, line.format(""), before=before.format("1"))
    assert_judged(RULE, line.format(" DEFAULT 1"), before=before.format("random()"))


DOMAIN = 'def upgrade():\n    op.execute("CREATE DOMAIN amount AS numeric {}")\n'


def test_whose_default_it_is_is_said_with_what_to_do() -> None:
    (own,) = assert_judged(RULE, add("random()", "  # finding"))
    assert "`random()` may differ from row to row; reads" in own.message
    assert own.advice.startswith("Add the column without a default, set the default in a second statement")
    column = 'op.execute("ALTER TABLE users ADD COLUMN c amount")  # finding'
    (borrowed,) = assert_judged(RULE, column, before=DOMAIN.format("DEFAULT random()"))
    assert "may differ from row to row, the default of `amount`; reads" in borrowed.message
    assert borrowed.advice.startswith("Add the column with `DEFAULT NULL`, drop that default in a second statement")


def test_a_domain_with_a_condition_is_tried_by_another_rule() -> None:
    """Where the column has a default of its own, both that and the condition are told."""
    before = DOMAIN.format("DEFAULT random() CHECK (VALUE >= 0)")
    assert_judged(RULE, 'op.execute("ALTER TABLE users ADD COLUMN c amount")', before=before)
    own = 'op.execute("ALTER TABLE users ADD COLUMN c amount DEFAULT random()")  # finding'
    assert_judged(RULE, own, before=before)
