"""What the rules of MySQL, MariaDB and SQLite tell apart: conditions, empty tables, what a call says and loses."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, findings, migration, repaired, statistics

LOSES = "alter-without-existing-attributes"
HALF = "half-applied-revision"
REFUSED = "alter-that-sqlite-refuses"
LOST = "check-lost-in-batch-copy"
PERHAPS = 'if op.get_bind().execute(sa.text("SELECT 1")).scalar():\n    {}'
NOTE = 'op.add_column("orders", sa.Column("note", sa.Text()))\n'
UNIQUE = 'op.create_unique_constraint("uq", "users", ["email"])'
NOT_NULL = 'op.alter_column("users", "age", nullable=False, existing_type=sa.Integer())'
KEY = 'op.create_foreign_key("fk", "orders", "users", ["{0}"], ["id"])'


def empty(table: str) -> str:
    return statistics(**{table: 0}).replace('"server_version": 160000, ', "")


@pytest.mark.parametrize(
    ("rule", "line", "dialect"),
    [
        (REFUSED, 'op.alter_column("users", "age", nullable=False)', "sqlite"),
        (LOSES, 'op.alter_column("users", "joined_at", existing_type=sa.DateTime(), comment="x")', "mysql"),
    ],
)
def test_a_statement_that_may_not_run_is_left_alone(rule: str, line: str, dialect: str) -> None:
    assert_judged(rule, f"{line}  # finding", dialect=dialect)
    assert_judged(rule, PERHAPS.format(line), dialect=dialect)


def test_a_key_that_may_not_be_made_is_not_refused_by_rows() -> None:
    assert_judged(HALF, f"{NOTE}{PERHAPS.format(UNIQUE)}", dialect="mysql")


def test_a_batch_that_may_not_run_loses_no_check() -> None:
    before = migration(
        'op.create_table("box", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("w", sa.Integer()), '
        'sa.CheckConstraint("w > 0"), sa.CheckConstraint("w < 9", name="small"))',
        'op.drop_table("box")',
    )
    batch = 'with op.batch_alter_table("box") as b:{0}\n    b.{1}'
    wider = 'alter_column("w", type_=sa.String(5))'
    assert_judged(LOST, batch.format("  # finding", wider), before=before, dialect="sqlite")
    inside = PERHAPS.format(batch.format("", wider).replace("\n", "\n    "))
    assert_judged(LOST, inside, before=before, dialect="sqlite")


def test_a_named_check_that_the_batch_drops_is_not_lost() -> None:
    before = migration(
        'op.create_table("box", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("w", sa.Integer()), '
        'sa.CheckConstraint("w < 9", name="small"))',
        'op.drop_table("box")',
    )
    body = 'with op.batch_alter_table("box") as b:\n    b.drop_constraint("small", type_="check")'
    assert_judged(LOST, body, before=before, dialect="sqlite")


@pytest.mark.parametrize(("old", "new"), [("_alembic_tmp_nowhere", "box"), ("box", "_alembic_tmp_box")])
def test_a_table_that_is_renamed_is_not_the_copy_of_another(old: str, new: str) -> None:
    before = migration(
        'op.create_table("box", sa.Column("w", sa.Integer()), sa.CheckConstraint("w > 0"))', 'op.drop_table("box")'
    )
    assert_judged(LOST, f'op.rename_table("{old}", "{new}")', before=before, dialect="sqlite")


def test_a_copy_takes_the_place_of_nothing_where_nothing_was() -> None:
    made = 'op.create_table("_alembic_tmp_a", sa.Column("w", sa.Integer()))\nop.rename_table("_alembic_tmp_a", "a")'
    assert_judged(LOST, made, dialect="sqlite")


def test_sqlite_refuses_on_an_empty_table_too_but_for_what_only_rows_are_in_the_way_of() -> None:
    required = 'op.add_column("users", sa.Column("z", sa.Integer(), nullable=False))'
    assert_judged(REFUSED, f"{required}  # finding", dialect="sqlite")
    assert_judged(REFUSED, required, dialect="sqlite", statistics=empty("users"))
    altered = 'op.alter_column("users", "age", nullable=False)  # finding'
    assert_judged(REFUSED, altered, dialect="sqlite", statistics=empty("users"))


def test_what_else_is_not_read_is_not_refused_by_sqlite() -> None:
    assert_judged(REFUSED, 'op.execute("FROBNICATE users")', dialect="sqlite")


@pytest.mark.parametrize(
    ("line", "message", "advice"),
    [
        (
            'op.alter_column("users", "age", nullable=False)',
            "SQLite refuses this: ",
            "Do it inside `op.batch_alter_table()`, which copies the table.",
        ),
        (
            'op.add_column("users", sa.Column("z", sa.Integer(), nullable=False))',
            "SQLite refuses this where the table has rows: ",
            "Give it a constant default, or add it as nullable and fill it before it is altered in batch mode.",
        ),
    ],
)
def test_the_advice_is_for_what_is_in_the_way(line: str, message: str, advice: str) -> None:
    (found,) = assert_judged(REFUSED, f"{line}  # finding", dialect="sqlite")
    assert found.message.startswith(message)
    assert found.advice == advice


def test_no_batch_is_suggested_for_the_way_back() -> None:
    text = migration("pass", 'op.alter_column("users", "age", nullable=False)')
    found = findings(REFUSED, text, dialect="sqlite", settings="judge_downgrades: true\n")
    assert [one.suggestion for one in found] == [None]


@pytest.mark.parametrize(
    "line",
    [
        'op.alter_column("orders", "status", type_=sa.String(30), existing_nullable=False, server_default=None)',
        'op.alter_column("users", "id", existing_type=sa.Integer(), autoincrement=False)',
        'op.alter_column("users", "missing", existing_type=sa.Integer(), comment="x")',
    ],
)
def test_what_the_call_gives_up_is_not_lost(line: str) -> None:
    assert_judged(LOSES, line, dialect="mysql")


def test_a_default_alone_is_kept_by_what_the_suggestion_says() -> None:
    line = 'op.alter_column("orders", "status", type_=sa.String(20), existing_nullable=False)'
    after = repaired(LOSES, line, dialect="mysql")
    assert after is not None
    assert "existing_server_default=sa.text(\"'open'\")" in after
    header = 'from alembic import op\nfrom sqlalchemy import String\n\nrevision = "0003"\ndown_revision = "0001"\n\n\n'
    body = migration(line.replace("sa.String", "String"))
    (found,) = findings(LOSES, header + body, dialect="mysql")
    assert found.suggestion is None
    other = migration('op.alter_column("users", "joined_at", existing_type=String(9), comment="x")')
    (found,) = findings(LOSES, header + other, dialect="mysql")
    assert found.suggestion is not None


def test_not_null_is_lost_where_no_key_keeps_it() -> None:
    before = migration('op.create_table("bare", sa.Column("m", sa.Integer(), nullable=False))', 'op.drop_table("bare")')
    lost = 'op.alter_column("bare", "m", existing_type=sa.Integer(), comment="x")  # finding'
    assert_judged(LOSES, lost, before=before, dialect="mysql")


def test_of_a_column_whose_type_is_not_known_nothing_is_lost() -> None:
    before = migration(
        "from elsewhere import Kind\n"
        'op.create_table("odd", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("k", Kind, nullable=False))',
        'op.drop_table("odd")',
    )
    line = 'op.alter_column("odd", "k", existing_type=sa.Integer(), comment="x")'
    assert_judged(LOSES, line, before=before, dialect="mysql")
    not_null = 'op.alter_column("odd", "k", existing_type=sa.Integer(), nullable=False)'
    assert_judged(HALF, NOTE + not_null, before=before.replace("nullable=False", "nullable=True"), dialect="mysql")


@pytest.mark.parametrize(
    "body",
    [
        'op.execute("ALTER TABLE users ADD COLUMN z INT, ADD UNIQUE (email)")',
        f'op.execute("SET foreign_key_checks = 1")\n{UNIQUE}',
        f'op.execute("SELECT 1")\n{UNIQUE}',
        f'op.execute("OPTIMIZE TABLE orders")\n{UNIQUE}',
        NOTE + NOT_NULL.replace('"users", "age"', '"elsewhere", "age"'),
        f'op.add_column("orders", sa.Column("u", sa.Integer()))\n{KEY.format("u")}',
    ],
)
def test_one_statement_is_not_half_applied_and_neither_is_what_leaves_nothing(body: str) -> None:
    assert_judged(HALF, body, dialect="mysql")


def test_no_row_of_an_empty_table_refuses_anything() -> None:
    assert_judged(HALF, f"{NOTE}{UNIQUE}  # finding", dialect="mysql")
    assert_judged(HALF, NOTE + UNIQUE, dialect="mysql", statistics=empty("users"))


@pytest.mark.parametrize(
    "body",
    [
        f'op.add_column("orders", sa.Column("u", sa.Integer(), server_default="1"))\n{KEY.format("u")}',
        NOTE + KEY.format("user_id"),
        NOTE + KEY.format("user_id").replace('"orders"', '"elsewhere"'),
    ],
)
def test_a_foreign_key_may_be_refused_where_its_column_holds_something(body: str) -> None:
    assert_judged(HALF, f"{body}  # finding", dialect="mysql")
