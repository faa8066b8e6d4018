"""What rows may refuse after other work on MySQL and MariaDB, where nothing takes the first statements back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.catalogue.judged import assert_judged, statistics

RULE = "half-applied-revision"


def assert_on_both(upgrade: str, **example: Any) -> None:
    for dialect in ("mysql", "mariadb"):
        assert_judged(RULE, upgrade, dialect=dialect, **example)


ADD = 'op.add_column("orders", sa.Column("note", sa.Text()))\n'


@pytest.mark.parametrize(
    "line",
    [
        'op.create_unique_constraint("uq", "users", ["email"])',
        'op.create_index("ix", "users", ["email"], unique=True)',
        'op.create_foreign_key("fk", "orders", "users", ["user_id"], ["id"])',
        'op.create_check_constraint("ck", "users", sa.column("age") > 0)',
        'op.create_primary_key("pk", "users", ["email"])',
        'op.create_foreign_key("fk", "orders", "users", ["elsewhere"], ["id"])',
        'op.create_foreign_key("fk", "unseen", "users", ["u"], ["id"])',
        'op.alter_column("users", "age", nullable=False, existing_type=sa.Integer())',
    ],
)
def test_what_rows_may_refuse_comes_first(line: str) -> None:
    assert_on_both(f"{ADD}{line}  # finding")
    assert_on_both(f"{line}\n{ADD}")


@pytest.mark.parametrize(
    "body",
    [
        ADD + 'op.create_index("ix", "users", ["email"])',
        'op.execute("UPDATE users SET age = 0")\nop.create_unique_constraint("uq", "users", ["email"])',
        'op.execute("INSERT INTO users (age) VALUES (1)")\nop.create_unique_constraint("uq", "users", ["email"])',
        'op.drop_table("x", if_exists=True)\nop.create_unique_constraint("uq", "users", ["email"])',
        ADD + 'op.alter_column("users", "joined_at", nullable=False, existing_type=sa.DateTime())',
        'op.add_column("orders", sa.Column("u", sa.Integer()))\n'
        'op.create_foreign_key("fk", "orders", "users", ["u"], ["id"])',
        ADD + "if elsewhere():\n    op.create_unique_constraint('uq', 'users', ['email'])",
        'op.execute("ALTER TABLE users ADD note TEXT, ADD UNIQUE (email)")',
        ADD + 'op.alter_column("users", "age", type_=sa.BigInteger(), existing_type=sa.Integer())',
        ADD + 'op.alter_column("users", "elsewhere", nullable=False, existing_type=sa.Integer())',
        ADD + 'op.alter_column("unseen", "age", nullable=False, existing_type=sa.Integer())',
    ],
)
def test_nothing_is_half_applied_where_nothing_can_be_refused_or_all_may_run_twice(body: str) -> None:
    assert_on_both(body)


def test_an_empty_table_refuses_nothing() -> None:
    line = 'op.create_unique_constraint("uq", "users", ["email"])'
    assert_on_both(f"{ADD}{line}", statistics=statistics(users=0).replace("public.", ""))
    assert_on_both(f"{ADD}{line}  # finding", statistics=statistics(users=5).replace("public.", ""))


def test_a_new_column_refuses_a_foreign_key_by_its_default() -> None:
    column = 'op.add_column("orders", sa.Column("u", sa.Integer(), server_default="1"))'
    assert_on_both(f'{column}\nop.create_foreign_key("fk", "orders", "users", ["u"], ["id"])  # finding')


def test_a_column_of_a_type_that_nobody_knows_may_be_required_already() -> None:
    before = 'def upgrade():\n    from shop.types import Kind\n    op.add_column("users", sa.Column("k", Kind()))\n'
    assert_on_both(f'{ADD}op.alter_column("users", "k", nullable=False, existing_type=sa.Integer())', before=before)
