"""What is there already, by each statement that makes it; and what may not be there."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, findings, migration

RULE = "existing-object"
ASKED = "if op.get_bind().execute(sa.text('SELECT 1')).scalar():\n    "
BEFORE = """def upgrade():
    op.create_index("i", "users", ["name"])
    op.execute("CREATE TYPE mood AS ENUM ('ok')")
    op.create_check_constraint("c", "users", "age > 0")
"""
MADE = [
    ('op.create_table("users", sa.Column("id", sa.Integer()))', "a table `users`", "0001"),
    ('op.add_column("users", sa.Column("age", sa.Integer()))', "a column `users.age`", "0001"),
    ('op.create_index("i", "users", ["age"])', "an index `i`", "0002"),
    ("op.execute(\"CREATE TYPE mood AS ENUM ('bad')\")", "a type `mood`", "0002"),
    ('op.create_check_constraint("c", "users", "age > 1")', "a constraint `c`", "0002"),
    ('op.create_unique_constraint("c", "users", ["age"])', "a constraint `c`", "0002"),
    ('op.create_primary_key("c", "users", ["age"])', "a constraint `c`", "0002"),
    ('op.create_foreign_key("c", "users", "orders", ["age"], ["id"])', "a constraint `c`", "0002"),
    ('op.execute("ALTER TABLE users ADD CONSTRAINT c EXCLUDE USING gist (age WITH =)")', "a constraint `c`", "0002"),
]


@pytest.mark.parametrize(("line", "what", "revision"), MADE)
def test_what_is_there_is_named_with_the_revision_that_made_it(line: str, what: str, revision: str) -> None:
    (found,) = assert_judged(RULE, f"{line}  # finding", before=BEFORE)
    assert found.message == f"There is {what} already, made by `{revision}`; the statement fails."
    assert_judged(RULE, ASKED + line, before=BEFORE)


@pytest.mark.parametrize(
    "line",
    [
        'op.create_table("other", sa.Column("id", sa.Integer()))',
        'op.add_column("users", sa.Column("other", sa.Integer()))',
        'op.add_column("unseen", sa.Column("age", sa.Integer()))',
        'op.create_index("other", "users", ["age"])',
        "op.execute(\"CREATE TYPE other AS ENUM ('bad')\")",
        'op.create_check_constraint("other", "users", "age > 1")',
        'op.create_check_constraint("c", "unseen", "age > 1")',
        'op.execute("ALTER TABLE users ADD CHECK (age > 1)")',
        'op.execute("CREATE INDEX ON users (name)")',
    ],
)
def test_another_name_is_free(line: str) -> None:
    assert_judged(RULE, line, before=BEFORE)


def test_what_the_revision_made_itself_is_not_called_made_by_it() -> None:
    twice = 'op.add_column("users", sa.Column("n", sa.Integer()))'
    (found,) = assert_judged(RULE, f"{twice}\n{twice}  # finding")
    assert found.message == "There is a column `users.n` already; the statement fails."


@pytest.mark.parametrize(
    ("before", "line"),
    [
        (f"{ASKED}op.add_column('users', sa.Column('n', sa.Integer()))", 'op.execute("ALTER TABLE users ADD n int")'),
        ("op.execute('CREATE TEMP TABLE t (a int)')", 'op.execute("CREATE TABLE t (a int)")'),
        (
            "from shop.types import Kind\nop.add_column('users', sa.Column('n', Kind()))",
            'op.execute("ALTER TABLE users ADD n int")',
        ),
    ],
)
def test_what_may_not_be_there_is_not_named(before: str, line: str) -> None:
    body = before.replace("\n", "\n    ")
    assert_judged(RULE, line, before=f"def upgrade():\n    {body}\n")


def test_names_of_indexes_and_constraints_are_sure_only_where_the_convention_is() -> None:
    env = "from alembic import context\nfrom shop import metadata\ncontext.configure(target_metadata=metadata)\n"
    for line, what, _ in MADE:
        sure = what.startswith(("a table", "a column", "a type"))
        assert len(findings(RULE, migration(line), before=BEFORE, env=env)) == sure


def test_an_index_that_the_server_refuses_to_drop_is_there_on_the_way_back_too() -> None:
    drop, create = 'op.drop_index("users_pkey")', 'op.create_primary_key("users_pkey", "users", ["id"])'
    assert_judged(RULE, drop, create)
    assert_judged(RULE, 'op.drop_index("i")', f"{create}  # finding", before=BEFORE)
    assert_judged(RULE, 'op.drop_column("users", "name")', f"{create}  # finding", before=BEFORE)
    assert_judged(RULE, f"{drop}\n{create}  # finding")
