"""The rules for MySQL, MariaDB and SQLite: what each speaks of, and the near misses on which it is silent."""

from __future__ import annotations

from typing import Any

import pytest

from rules.registry import require_rule, rules
from tests.rules.catalogue.judged import assert_judged, findings, migration, repaired

COPIES = "table-copying-alter"
LOSES = "alter-without-existing-attributes"
REFUSED = "alter-that-sqlite-refuses"
WIDER = 'op.alter_column("orders", "user_id", type_=sa.BigInteger(), existing_type=sa.Integer())'


def on_mysql(rule: str, upgrade: str, **example: Any) -> tuple[Any, ...]:
    for dialect in ("mysql", "mariadb"):
        found = assert_judged(rule, upgrade, dialect=dialect, **example)
    return found


@pytest.mark.parametrize(
    ("call", "lost", "said"),
    [
        ('"joined_at", existing_type=sa.DateTime(), comment="x"', "NOT NULL", "existing_nullable=False"),
        ('"id", existing_type=sa.Integer(), comment="x"', "AUTO_INCREMENT", "existing_autoincrement=True"),
    ],
)
def test_what_the_call_does_not_say_is_lost(call: str, lost: str, said: str) -> None:
    line = f'op.alter_column("users", {call})'
    (found,) = on_mysql(LOSES, f"{line}  # finding")
    assert lost in found.message
    after = repaired(LOSES, line, dialect="mysql")
    assert after is not None
    assert " ".join(after.split()).replace("( ", "(").replace(",)", ")").replace(", )", ")") == f"{line[:-1]}, {said})"


def test_a_default_is_lost_with_what_else_is_not_said() -> None:
    line = 'op.alter_column("orders", "status", type_=sa.String(30), existing_type=sa.String(20))'
    (found,) = on_mysql(LOSES, f"{line}  # finding")
    assert "loses NOT NULL and its default 'open'" in found.message
    assert found.suggestion is None
    told = line.replace("))", '), existing_nullable=False, existing_server_default="open")', 1)
    on_mysql(LOSES, told.replace("sa.String(30), existing", "sa.String(30), existing"))


@pytest.mark.parametrize(
    "line",
    [
        'op.alter_column("users", "joined_at", existing_type=sa.DateTime(), nullable=True)',
        'op.alter_column("users", "joined_at", existing_type=sa.DateTime(), existing_nullable=False, comment="x")',
        'op.alter_column("users", "name", existing_type=sa.String(200), type_=sa.String(250))',
        'op.alter_column("orders", "status", server_default="new")',
        'op.alter_column("elsewhere", "x", existing_type=sa.Integer(), comment="x")',
        'op.execute("ALTER TABLE users MODIFY joined_at DATETIME")',
    ],
)
def test_nothing_is_lost_that_was_not_there_or_is_given_up(line: str) -> None:
    on_mysql(LOSES, line)


@pytest.mark.parametrize(
    ("line", "after"),
    [
        (
            'op.alter_column("users", "age", nullable=False)',
            'with op.batch_alter_table("users") as batch_op:\n    batch_op.alter_column("age", nullable=False)',
        ),
        (
            'op.create_foreign_key("fk", "orders", "users", ["user_id"], ["id"])',
            'with op.batch_alter_table("orders") as batch_op:\n'
            '    batch_op.create_foreign_key("fk", "users", ["user_id"], ["id"])',
        ),
        (
            'op.create_check_constraint("ck", "users", sa.column("age") > 0)',
            'with op.batch_alter_table("users") as batch_op:\n'
            '    batch_op.create_check_constraint("ck", sa.column("age") > 0)',
        ),
    ],
)
def test_what_sqlite_refuses_goes_into_batch_mode(line: str, after: str) -> None:
    assert_judged(REFUSED, f"{line}  # finding", dialect="sqlite")
    assert repaired(REFUSED, line, dialect="sqlite") == after


def test_a_required_column_is_refused_where_rows_are() -> None:
    line = 'op.add_column("users", sa.Column("z", sa.Integer(), nullable=False))'
    (found,) = assert_judged(REFUSED, f"{line}  # finding", dialect="sqlite")
    assert found.message.startswith("SQLite refuses this where the table has rows")
    made = 'op.create_table("n", sa.Column("a", sa.Integer()))\n'
    assert_judged(REFUSED, made + line.replace("users", "n"), dialect="sqlite")


@pytest.mark.parametrize(
    "body",
    [
        'with op.batch_alter_table("users") as b:\n    b.alter_column("age", nullable=False)',
        'op.drop_column("users", "age")',
        'op.rename_table("users", "people")',
        'op.create_index("ix", "users", ["age"])',
        'if op.get_bind().dialect.name != "sqlite":\n    op.alter_column("users", "age", nullable=False)',
    ],
)
def test_what_sqlite_can_do_is_not_spoken_of(body: str) -> None:
    assert_judged(REFUSED, body, dialect="sqlite")
    text = migration(body)
    assert [
        one for rule in rules() if rule.group == "reading" for one in findings(rule.name, text, dialect="sqlite")
    ] == []


def test_a_rule_of_one_database_is_silent_on_the_others() -> None:
    for dialect in ("postgresql", "sqlite", "oracle"):
        assert_judged(COPIES, WIDER, dialect=dialect)
    assert require_rule("blocking-index-creation").speaks_of("postgresql")
    assert not require_rule("blocking-index-creation").speaks_of("mysql")
    assert require_rule("multiple-heads").speaks_of("mssql")
    assert not require_rule("unknown-statement").speaks_of("mssql")


LOST = "check-lost-in-batch-copy"
BOX = 'op.create_table("box", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("w", sa.Integer()), {checks})'
WIDER = 'with op.batch_alter_table("box") as b:{mark}\n    b.alter_column("w", type_=sa.String(5)){more}'


@pytest.mark.parametrize(
    ("checks", "more", "is_lost"),
    [
        ('sa.CheckConstraint("w > 0")', "", True),
        ('sa.CheckConstraint("w > 0"), sa.CheckConstraint("w < 9", name="small")', "", True),
        ('sa.CheckConstraint("w > 0", name="ck")', "", False),
        ('sa.CheckConstraint("w > 0")', '\n    b.create_check_constraint("ck", "w > 0")', False),
        ('sa.CheckConstraint("w > 0", name="ck")', '\n    b.drop_constraint("ck", type_="check")', False),
        ('sa.UniqueConstraint("w")', "", False),
        ('sa.UniqueConstraint("w")', '\n    b.drop_column("w")', False),
    ],
)
def test_a_check_without_a_name_is_lost_in_a_copy(checks: str, more: str, is_lost: bool) -> None:
    before = migration(BOX.format(checks=checks), 'op.drop_table("box")')
    body = WIDER.format(mark="  # finding" if is_lost else "", more=more)
    assert_judged(LOST, body, before=before, dialect="sqlite")


def test_a_batch_that_copies_nothing_loses_nothing() -> None:
    before = migration(BOX.format(checks='sa.CheckConstraint("w > 0")'), 'op.drop_table("box")')
    body = 'with op.batch_alter_table("box") as b:\n    b.add_column(sa.Column("n", sa.Integer()))'
    assert_judged(LOST, body, before=before, dialect="sqlite")


def test_other_renames_and_copies_that_may_not_be_made_lose_no_check() -> None:
    before = migration(BOX.format(checks='sa.CheckConstraint("w > 0")'), 'op.drop_table("box")')
    for body in (
        'op.rename_table("box", "crate")',
        'op.rename_table("_alembic_tmp_box", "box")',
        f"import lib\nif lib.asks():\n    {WIDER.format(mark='', more='').replace(chr(10), chr(10) + '    ')}",
    ):
        assert_judged(LOST, body, before=before, dialect="sqlite")
