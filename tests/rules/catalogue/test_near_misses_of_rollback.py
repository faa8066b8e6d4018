"""Rules about the way back, each with what comes closest and must stay silent."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import findings, migration, statistics

MISSING, OTHERWISE, TYPE = "missing-downgrade", "unmirrored-downgrade", "enum-type-left-behind"
LOSS, VALUES, MERGE = "undocumented-data-loss", "irreversible-data-change", "merge-that-cannot-be-undone"
NOTE = 'op.add_column("orders", sa.Column("note", sa.Text()))'
DROP_NOTE = 'op.drop_column("orders", "note")'
AGE = "op.add_column('users', sa.Column('age', sa.Integer()))"
DROP_AGE = "op.drop_column('users', 'age')"
DO = "op.execute('SELECT 1')"


def said(rule: str, upgrade: str, downgrade: str = "pass", **example: str) -> list[str]:
    return [finding.message for finding in findings(rule, migration(upgrade, downgrade), **example)]


MOOD = "op.execute(\"CREATE TYPE mood AS ENUM ('ok')\")"


def test_a_type_that_is_left_is_named_where_the_way_back_does_something_and_says_nothing() -> None:
    (found,) = findings(TYPE, migration(MOOD, DO))
    assert found.message == (
        "`downgrade()` leaves the type `mood`: the next upgrade creates it again and fails, since it already exists."
    )
    assert found.advice == "Drop the type below the last column that has it."
    assert said(TYPE, MOOD) == []
    assert said(TYPE, MOOD, f"# The type stays: others have it.\n{DO}") == []
    (found,) = findings(TYPE, migration(f"{MOOD}\n{MOOD.replace('mood', 'size')}", DO))
    assert found.message == (
        "`downgrade()` leaves the types `mood` and `size`: the next upgrade creates them again and fails, "
        "since they already exist."
    )
    assert found.advice == "Drop each type below the last column that has it."


def test_a_type_that_does_not_come_back_is_another_rules_business() -> None:
    before = f"def upgrade():\n    {MOOD}\n"
    assert said(TYPE, "op.execute('DROP TYPE mood')", DO, before=before) == []
    assert len(said(OTHERWISE, "op.execute('DROP TYPE mood')", DO, before=before)) == 1


def test_the_difference_is_said_where_the_way_back_does_something() -> None:
    assert said(OTHERWISE, NOTE) == []
    assert len(said(OTHERWISE, NOTE, DO)) == 1
    assert said(OTHERWISE, NOTE, "raise NotImplementedError") == []


UPDATE = "op.execute(\"UPDATE users SET name = 'x'\")"


def test_values_that_are_written_over_and_rows_that_go_are_called_so() -> None:
    (message,) = said(VALUES, UPDATE)
    assert message.startswith("This writes over the old values of `users`, and nothing brings them back")
    (message,) = said(VALUES, "op.execute('DELETE FROM users')")
    assert message.startswith("This deletes rows of `users`, and nothing brings them back")
    (message,) = said(VALUES, "op.execute('TRUNCATE users')")
    assert message.startswith("This deletes rows of `users`")


@pytest.mark.parametrize(
    ("upgrade", "downgrade", "count"),
    [
        ("op.execute('CREATE TABLE t (a int)')\nop.execute('DELETE FROM t')", "op.drop_table('t')", 0),
        (UPDATE, "raise NotImplementedError", 0),
        (UPDATE, "op.execute(open('x').read())", 0),
        (UPDATE, DO, 1),
        (f"# The old names are obsolete.\n{UPDATE}", "pass", 0),
        (UPDATE, "# Names stay as they are.\npass", 0),
        ("op.execute(\"UPDATE unseen SET name = 'x'\")", "pass", 1),
        ("op.execute(\"UPDATE users SET other = 'x'\")", "pass", 1),
        ("op.execute(\"UPDATE users SET name = 'x' WHERE CURRENT OF c\")", "pass", 1),
        ("op.execute(\"UPDATE users SET name = 'x' WHERE CURRENT OF c\")\nop.drop_column('users', 'name')", "pass", 1),
        (f"{UPDATE}\nop.drop_column('users', 'name')", "op.add_column('users', sa.Column('name', sa.Text()))", 0),
        (f"{UPDATE}\nop.drop_column('orders', 'total')", "pass", 1),
        (f"{UPDATE}\nop.execute('ALTER TABLE unseen DROP name')", "pass", 1),
        ("op.execute('DELETE FROM users')\nop.drop_column('users', 'name')", "pass", 1),
    ],
)
def test_values_are_lost_where_nothing_else_says_or_does_so(upgrade: str, downgrade: str, count: int) -> None:
    assert len(said(VALUES, upgrade, downgrade)) == count


def test_an_empty_table_and_a_project_without_ways_back_lose_no_values() -> None:
    assert said(VALUES, UPDATE, statistics=statistics(users=0)) == []
    bare = "def upgrade():\n    op.drop_column('orders', '{}')\n\n\ndef downgrade():\n    pass\n"
    assert said(VALUES, UPDATE, before=bare.format("total"), beside=bare.format("status")) == []


LOST = "op.drop_column('users', 'age')", AGE


@pytest.mark.parametrize(
    ("upgrade", "downgrade", "count"),
    [
        (*LOST, 1),
        (f"{DROP_AGE}\n{AGE}", DO, 0),
        (DROP_AGE, f"{AGE}\nraise NotImplementedError", 0),
        (f"{DROP_AGE}  # nobody needs it any more", AGE, 0),
        (DROP_AGE, f"# Ages start anew here.\n{AGE}", 0),
        (f"if elsewhere():\n    {DROP_AGE}\n{NOTE}", f"{DROP_NOTE}\n{AGE}", 0),
        (
            f"{NOTE}\nop.drop_column('unseen', 'a')",
            f"{DROP_NOTE}\nop.add_column('unseen', sa.Column('a', sa.Text()))",
            1,
        ),
        (f"{NOTE}\n{DROP_NOTE}\nop.create_index('i', 'users', ['age'])", f"op.drop_index('i')\n{NOTE}", 0),
        (
            "op.execute('CREATE TABLE t AS SELECT * FROM users')\nop.execute('ALTER TABLE t DROP age')",
            "op.execute('DROP TABLE t')",
            0,
        ),
        ("op.drop_table('orders')", "op.execute('CREATE TABLE orders (id bigint)')", 1),
        (f"if elsewhere():\n    op.drop_table('orders')\n{AGE.replace('age', 'n')}", DO, 0),
        (f"{NOTE}\nop.drop_table('unseen')", f"{DROP_NOTE}\nop.execute('CREATE TABLE unseen (id bigint)')", 0),
        (f"op.execute('CREATE TABLE t (a int)')\nop.drop_table('t')\n{NOTE}", DROP_NOTE, 0),
        (f"op.execute('CREATE TEMP TABLE t (a int)')\nop.drop_table('t')\n{NOTE}", DROP_NOTE, 0),
    ],
)
def test_what_is_lost_is_said_where_something_was_there(upgrade: str, downgrade: str, count: int) -> None:
    assert len(said(LOSS, upgrade, downgrade)) == count


def test_one_and_several_are_counted() -> None:
    (message,) = said(LOSS, *LOST)
    assert message == "`downgrade()` brings `users.age` back without its values, and nothing in the file says so."
    (message,) = said(LOSS, f"{DROP_AGE}\nop.drop_table('orders')", f"{AGE}\nop.execute('CREATE TABLE orders (a int)')")
    assert message.startswith("`downgrade()` brings `users.age` and `orders` back without their values")


def test_what_is_computed_or_empty_is_not_lost() -> None:
    before = 'def upgrade():\n    op.add_column("users", sa.Column("n", sa.Integer(), sa.Computed("age + 1")))\n'
    back = 'op.add_column("users", sa.Column("n", sa.Integer(), sa.Computed("age + 1")))'
    assert said(LOSS, "op.drop_column('users', 'n')", back, before=before) == []
    assert said(LOSS, *LOST, statistics=statistics(users=0)) == []
    table = "op.drop_table('orders')", "op.execute('CREATE TABLE orders (id bigint)')"
    assert said(LOSS, *table, statistics=statistics(orders=0)) == []


@pytest.mark.parametrize(
    ("downgrade", "count"),
    [
        ("raise NotImplementedError", 1),
        ("raise RuntimeError('stop')", 0),
        (f"{DROP_NOTE}\nraise NotImplementedError", 0),
        (f"{DO}\nraise NotImplementedError", 0),
    ],
)
def test_an_error_that_is_all_of_the_way_back_says_why(downgrade: str, count: int) -> None:
    assert len(said(MISSING, NOTE, downgrade)) == count


def test_a_way_back_that_is_not_written_is_told_from_one_that_does_nothing() -> None:
    (found,) = findings(MISSING, f"def upgrade():\n    {NOTE}\n")
    assert "it has no `downgrade()`, at which Alembic stops" in found.message
    (found,) = findings(MISSING, migration(NOTE, "pass"))
    assert "`downgrade()` reports success and changes nothing" in found.message


BRANCHES = {
    "before": migration("op.add_column('users', sa.Column('phone', sa.Text()))", "op.drop_column('users', 'phone')"),
    "beside": migration("op.add_column('orders', sa.Column('label', sa.Text()))", "op.drop_column('orders', 'label')"),
}
HEAD = 'import sqlalchemy as sa\nfrom alembic import op\n\nrevision = "0003"\ndown_revision = ("0001a", "0002")\n\n\n'


@pytest.mark.parametrize(
    ("downgrade", "count"),
    [
        ("raise NotImplementedError", 1),
        (f"{DO}\nraise NotImplementedError", 1),
        ("if elsewhere():\n    raise NotImplementedError", 0),
        ("for row in op.get_bind().execute(sa.text('SELECT 1')):\n    raise NotImplementedError", 0),
        (DO, 0),
        ("pass", 0),
    ],
)
def test_a_merge_is_undone_by_nothing(downgrade: str, count: int) -> None:
    assert len(findings(MERGE, HEAD + migration("pass", downgrade), **BRANCHES)) == count
    assert findings(MERGE, migration(NOTE, downgrade)) == ()


def test_the_error_of_a_merge_stays_where_it_has_operations() -> None:
    for upgrade, suggested in (("pass", True), (NOTE, False)):
        (found,) = findings(MERGE, HEAD + migration(upgrade, "raise NotImplementedError"), **BRANCHES)
        assert (found.suggestion is not None) == suggested


def test_a_merge_with_operations_misses_no_way_back() -> None:
    assert findings(MISSING, HEAD + migration(NOTE, "pass"), **BRANCHES) == ()
