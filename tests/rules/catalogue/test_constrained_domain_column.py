"""A domain's constraint is tried on each row, whichever way the domain came to it."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, statistics

RULE = "constrained-domain-column"
ADD = 'op.execute("ALTER TABLE users ADD COLUMN c label")'


def before(*statements: str) -> str:
    return "def upgrade():\n" + "".join(f'    op.execute("{sql}")\n' for sql in statements)


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE DOMAIN label AS text CHECK (VALUE <> '')",),
        ("CREATE DOMAIN label AS text NOT NULL",),
        ("CREATE DOMAIN label AS text", "ALTER DOMAIN label ADD CONSTRAINT c CHECK (VALUE <> '')"),
        ("CREATE DOMAIN label AS text", "ALTER DOMAIN label SET NOT NULL"),
    ],
)
def test_a_constrained_domain_is_named(statements: tuple[str, ...]) -> None:
    assert_judged(RULE, f"{ADD}  # finding", before=before(*statements))


def test_a_domain_object_of_sqlalchemy_is_the_same() -> None:
    column = 'sa.Column("c", postgresql.DOMAIN("label", sa.Text()))'
    made = before("CREATE DOMAIN label AS text CHECK (VALUE <> '')")
    assert_judged(RULE, f'op.add_column("users", {column})  # finding', before=made)
    assert_judged(RULE, f'with op.batch_alter_table("users") as b:\n    b.add_column({column})  # finding', before=made)


@pytest.mark.parametrize("statement", ["CREATE DOMAIN label AS text", "CREATE TYPE label AS ENUM ('a')"])
def test_other_types_have_nothing_to_try(statement: str) -> None:
    assert_judged(RULE, ADD, before=before(statement))


def test_new_and_small_tables_are_soon_written() -> None:
    made = before("CREATE DOMAIN label AS text NOT NULL")
    assert_judged(RULE, f'op.execute("CREATE TABLE f (i int)")\n{ADD.replace("users", "f")}', before=made)
    assert_judged(RULE, ADD, before=made, statistics=statistics(users=10))
