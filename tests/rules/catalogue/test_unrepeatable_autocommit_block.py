"""A statement that cannot run twice is named where another one of the block may fail after it."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, repaired

RULE = "unrepeatable-autocommit-block"
VACUUM = 'op.execute("REINDEX TABLE CONCURRENTLY users")'


def block(*calls: str) -> str:
    return "with op.get_context().autocommit_block():\n    " + "\n    ".join(calls)


@pytest.mark.parametrize(
    "call",
    [
        'op.create_index("i", "users", ["name"], postgresql_concurrently=True)',
        'op.execute("DROP INDEX CONCURRENTLY i")',
        'op.add_column("users", sa.Column("c", sa.Text()))',
        'op.drop_column("users", "name")',
        'op.execute("CREATE TABLE t (i int)")',
        "op.execute(\"ALTER TYPE mood ADD VALUE 'odd'\")",
        "op.execute(\"INSERT INTO users (name) VALUES ('a')\")",
        'op.execute("UPDATE users SET age = 1 WHERE id = 5")',
        'op.execute("CREATE VIEW v AS SELECT 1 AS one")',
    ],
)
def test_it_is_named_above_another_statement_only(call: str) -> None:
    assert_judged(RULE, block(f"{call}  # finding", VACUUM))
    assert_judged(RULE, block(VACUUM, call))
    assert_judged(RULE, block(call))
    assert_judged(RULE, f"{call}\n{VACUUM}")
    assert_judged(RULE, f"{call}\n{block(VACUUM)}")
    assert_judged(RULE, f"{block(call)}\n{VACUUM}")
    assert_judged(RULE, block(call, 'op.execute("SET lock_timeout = 0")'))


@pytest.mark.parametrize(
    "call",
    [
        'op.execute("DROP INDEX CONCURRENTLY IF EXISTS i")',
        'op.drop_index("i", postgresql_concurrently=True, if_exists=True)',
        'op.execute("ALTER TABLE users ADD COLUMN IF NOT EXISTS c text")',
        'op.execute("CREATE TABLE IF NOT EXISTS t (i int)")',
        "op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'odd'\")",
        'op.execute("INSERT INTO users (id) VALUES (1) ON CONFLICT DO NOTHING")',
        'op.execute("UPDATE users SET name = email WHERE name IS NULL")',
        'op.execute("DELETE FROM users WHERE id = 5")',
        'op.execute("ALTER TABLE users VALIDATE CONSTRAINT c")',
        'op.alter_column("users", "name", nullable=False)',
        'op.execute("SET lock_timeout = 0")',
        'op.execute("CREATE OR REPLACE VIEW v AS SELECT 1 AS one")',
    ],
)
def test_what_may_run_twice_is_not_named(call: str) -> None:
    assert_judged(RULE, block(call, VACUUM))


def test_a_guard_above_or_around_counts() -> None:
    build = 'op.execute("CREATE INDEX CONCURRENTLY i ON users (name)")'
    assert_judged(RULE, block('op.execute("DROP INDEX CONCURRENTLY IF EXISTS i")', build, VACUUM))
    assert_judged(RULE, block('op.execute("DROP INDEX CONCURRENTLY IF EXISTS j")', f"{build}  # finding", VACUUM))
    guard = 'if "i" not in sa.inspect(op.get_bind()).something():'
    assert_judged(RULE, block(guard, f"    {build}", VACUUM))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'op.drop_index("i", "users", postgresql_concurrently=True)',
            'op.drop_index("i", "users", postgresql_concurrently=True, if_exists=True)',
        ),
        ("op.execute('DROP INDEX CONCURRENTLY i')", "op.execute('DROP INDEX CONCURRENTLY IF EXISTS i')"),
    ],
)
def test_dropping_an_index_is_guarded(before: str, after: str) -> None:
    assert repaired(RULE, block(before, VACUUM)) == block(after, VACUUM)


def test_the_actions_of_one_statement_stand_or_fall_together() -> None:
    assert_judged(RULE, block('op.execute("ALTER TABLE users ADD COLUMN a int, ADD COLUMN b int")'))


def tried(call: str, handler: str) -> str:
    return block("try:", f"    {call}", "except Exception as error:", f"    {handler}", VACUUM)


def test_a_statement_whose_error_is_caught_may_run_twice() -> None:
    add = 'op.add_column("users", sa.Column("c", sa.Text()))'
    assert_judged(RULE, tried(add, "print(error)"))
    assert_judged(RULE, tried(f"{add}  # finding", "raise RuntimeError('stop') from error"))
    assert_judged(RULE, block("try:", f"    {add}  # finding", "finally:", "    print(1)", VACUUM))
    partly = ("if 'already exists' in str(error):", "        pass", "    else:", "        raise")
    assert_judged(RULE, tried(add, "\n    ".join(partly)))
