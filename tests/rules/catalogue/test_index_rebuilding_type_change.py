"""Changes that keep the table but not the indexes are named only where an index covers the column."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged

RULE = "index-rebuilding-type-change"
TO_CITEXT = 'op.execute("ALTER TABLE users ALTER COLUMN name TYPE citext")'


def before(*statements: str) -> str:
    return "def upgrade():\n" + "".join(f'    op.execute("{sql}")\n' for sql in ("SELECT 1", *statements))


@pytest.mark.parametrize(
    "index",
    [
        "CREATE INDEX i ON users (name)",
        "CREATE INDEX i ON users (age, name)",
        "CREATE INDEX i ON users (lower(name))",
        "CREATE INDEX i ON users (age) WHERE name <> ''",
        "CREATE INDEX i ON users (name) WHERE age > 3",
        "CREATE INDEX i ON users (age) INCLUDE (name) WHERE age > 3",
        "ALTER TABLE users ADD CONSTRAINT u UNIQUE (name)",
    ],
)
def test_each_kind_of_index_on_the_column_counts(index: str) -> None:
    assert_judged(RULE, f"{TO_CITEXT}  # finding", before=before(index))


@pytest.mark.parametrize(
    "index",
    [
        "SELECT 2",
        "CREATE INDEX i ON users (email)",
        "CREATE INDEX i ON users (email) WHERE age > 3",
        "CREATE INDEX i ON users (age) INCLUDE (name)",
        "CREATE INDEX i ON orders (status)",
    ],
)
def test_without_one_there_is_nothing_to_rebuild(index: str) -> None:
    assert_judged(RULE, TO_CITEXT, before=before(index))


def test_integer_to_oid_and_another_collation_rebuild_too() -> None:
    change = 'op.execute("ALTER TABLE users ALTER COLUMN age TYPE oid")  # finding'
    assert_judged(RULE, change, before=before("CREATE INDEX i ON users (age)"))
    change = "op.execute('ALTER TABLE users ALTER COLUMN name TYPE text COLLATE \"C\"')  # finding"
    assert_judged(RULE, change, before=before("CREATE INDEX i ON users (name)"))


def test_a_type_without_a_collation_takes_the_default_one() -> None:
    other = before('ALTER TABLE users ADD COLUMN code varchar(10) COLLATE \\"C\\"', "CREATE INDEX i ON users (code)")
    assert_judged(RULE, "op.execute('ALTER TABLE users ALTER COLUMN code TYPE varchar(20)')  # finding", before=other)
    assert_judged(RULE, "op.execute('ALTER TABLE users ALTER COLUMN code TYPE text COLLATE \"C\"')", before=other)
    named = "op.execute('ALTER TABLE users ALTER COLUMN email TYPE text COLLATE \"default\"')"
    assert_judged(RULE, named, before=before("CREATE INDEX i ON users (email)"))


@pytest.mark.parametrize("type_", ["varchar", "text"])
def test_types_that_compare_alike_keep_the_index(type_: str) -> None:
    change = f'op.execute("ALTER TABLE users ALTER COLUMN email TYPE {type_}")'
    assert_judged(RULE, change, before=before("CREATE INDEX i ON users (email)"))


@pytest.mark.parametrize("type_", ["varchar", "text", "varchar(400)", "varchar(320)"])
@pytest.mark.parametrize("index", ["(lower(email))", "(age) WHERE email <> ''", "(email) WHERE age > 3"])
def test_expressions_and_conditions_are_indexed_anew_even_for_the_same_type(type_: str, index: str) -> None:
    change = f'op.execute("ALTER TABLE users ALTER COLUMN email TYPE {type_}")  # finding'
    (finding,) = assert_judged(
        RULE, change, before=before("CREATE INDEX j ON users (email)", f"CREATE INDEX i ON users {index}")
    )
    assert "builds `i` of `users` anew" in finding.message


def test_a_new_table_is_empty() -> None:
    create = 'op.execute("CREATE TABLE users_draft (name text UNIQUE)")'
    assert_judged(RULE, f"{create}\n{TO_CITEXT.replace('users', 'users_draft')}")
