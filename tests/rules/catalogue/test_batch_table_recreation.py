"""A copy that batch mode is told to make is named once per block, and the argument goes."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, repaired, statistics

RULE = "batch-table-recreation"
BODY = '    b.add_column(sa.Column("c", sa.Text()))\n    b.drop_column("name")'
COPY = 'sa.Table("users", sa.MetaData(), sa.Column("id", sa.BigInteger()), sa.Column("name", sa.Text()))'


@pytest.mark.parametrize(
    "arguments", ['"users", recreate="always"', '"users", None, "always"', '"users", recreate = "always", schema=None']
)
def test_always_is_named_once(arguments: str) -> None:
    (finding,) = assert_judged(RULE, f"with op.batch_alter_table({arguments}) as b:  # finding\n{BODY}")
    assert "copies `users` into a new table" in finding.message
    assert finding.subject == "recreate users"


def test_a_table_to_copy_from_does_not_help() -> None:
    assert_judged(
        RULE, f'with op.batch_alter_table("users", recreate="always", copy_from={COPY}) as b:  # finding\n{BODY}'
    )
    assert_judged(RULE, f'with op.batch_alter_table("users", copy_from={COPY}) as b:\n{BODY}')


@pytest.mark.parametrize("arguments", ['"users"', '"users", recreate="auto"', '"users", recreate="never"'])
def test_other_choices_alter_in_place(arguments: str) -> None:
    assert_judged(RULE, f"with op.batch_alter_table({arguments}) as b:\n{BODY}")


def test_a_branch_for_another_database_is_not_named() -> None:
    batch = f'with op.batch_alter_table("users", recreate="always") as b:\n{BODY}'.replace("\n", "\n    ")
    assert_judged(RULE, f'if op.get_bind().dialect.name == "sqlite":\n    {batch}')


def test_new_and_small_tables_are_soon_copied() -> None:
    batch = f'with op.batch_alter_table("users", recreate="always") as b:\n{BODY}'
    assert_judged(RULE, batch, statistics=statistics(users=10))
    create = 'op.create_table("f", sa.Column("name", sa.Text()))'
    assert_judged(RULE, f"{create}\n{batch.replace('users', 'f')}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"users", recreate="always"', '"users"'),
        ('"users", recreate="always", schema=None', '"users", schema=None'),
        ('\n    "users",\n    recreate="always",\n', '\n    "users",\n'),
    ],
)
def test_the_argument_goes(before: str, after: str) -> None:
    assert repaired(RULE, f"with op.batch_alter_table({before}) as b:\n{BODY}") == (
        f"with op.batch_alter_table({after}) as b:\n{BODY}"
    )


def test_a_positional_argument_stays() -> None:
    assert repaired(RULE, f'with op.batch_alter_table("users", None, "always") as b:\n{BODY}') is None
