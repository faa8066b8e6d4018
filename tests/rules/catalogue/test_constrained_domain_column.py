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
        ("CREATE DOMAIN label AS text", "ALTER DOMAIN label ADD CHECK (VALUE <> '') NOT VALID"),
        ("CREATE DOMAIN word AS text CHECK (VALUE <> '')", "CREATE DOMAIN label AS word"),
        ("CREATE DOMAIN label AS text CHECK (VALUE <> '') NOT NULL", "ALTER DOMAIN label DROP NOT NULL"),
        (
            "CREATE DOMAIN label AS text CHECK (VALUE <> '') CONSTRAINT c CHECK (VALUE <> 'a')",
            "ALTER DOMAIN label DROP CONSTRAINT c",
        ),
    ],
)
def test_a_constrained_domain_is_named(statements: tuple[str, ...]) -> None:
    assert_judged(RULE, f"{ADD}  # finding", before=before(*statements))


def test_a_domain_object_of_sqlalchemy_is_the_same() -> None:
    column = 'sa.Column("c", postgresql.DOMAIN("label", sa.Text()))'
    made = before("CREATE DOMAIN label AS text CHECK (VALUE <> '')")
    assert_judged(RULE, f'op.add_column("users", {column})  # finding', before=made)
    assert_judged(RULE, f'with op.batch_alter_table("users") as b:\n    b.add_column({column})  # finding', before=made)


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE DOMAIN label AS text",),
        ("CREATE DOMAIN label AS text DEFAULT 'not null' NULL",),
        ("CREATE TYPE label AS ENUM ('a')",),
        ("CREATE DOMAIN label AS text NOT NULL", "ALTER DOMAIN label DROP NOT NULL"),
        ("CREATE DOMAIN label AS text CHECK (VALUE <> '')", "ALTER DOMAIN label DROP CONSTRAINT label_check"),
        (
            "CREATE DOMAIN label AS text CHECK (VALUE <> '') CONSTRAINT c CHECK (VALUE <> 'a')",
            "ALTER DOMAIN label DROP CONSTRAINT c",
            "ALTER DOMAIN label DROP CONSTRAINT IF EXISTS label_check CASCADE",
        ),
        ("CREATE DOMAIN word AS text CHECK (VALUE <> '')", "CREATE DOMAIN label AS word[]"),
    ],
)
def test_other_types_have_nothing_to_try(statements: tuple[str, ...]) -> None:
    assert_judged(RULE, ADD, before=before(*statements))


def test_an_array_of_the_domain_is_not_tried() -> None:
    assert_judged(RULE, ADD.replace("label", "label[]"), before=before("CREATE DOMAIN label AS text NOT NULL"))


def test_new_and_small_tables_are_soon_written() -> None:
    made = before("CREATE DOMAIN label AS text NOT NULL")
    assert_judged(RULE, f'op.execute("CREATE TABLE f (i int)")\n{ADD.replace("users", "f")}', before=made)
    assert_judged(RULE, ADD, before=made, statistics=statistics(users=10))
