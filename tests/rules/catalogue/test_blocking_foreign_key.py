"""Foreign keys that check every row, of tables that are there and of columns that are just added."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import WIDE, assert_judged, repaired, statistics

RULE = "blocking-foreign-key"
ON_NEW_COLUMN = "blocking-foreign-key-on-new-column"


@pytest.mark.parametrize(
    "line",
    [
        'op.create_foreign_key("f", "orders", "users", ["user_id"], ["id"])',
        'op.execute("ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users (id)")',
        'op.execute("ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users")',
    ],
)
def test_a_validating_key_is_seen_in_every_spelling(line: str) -> None:
    assert_judged(RULE, f"{line}  # finding")


def test_batch_mode_is_seen() -> None:
    key = 'b.create_foreign_key("f", "users", ["user_id"], ["id"])'
    assert_judged(RULE, f'with op.batch_alter_table("orders") as b:\n    {key}  # finding')


@pytest.mark.parametrize(
    "line",
    [
        'op.create_foreign_key("f", "orders", "users", ["user_id"], ["id"], postgresql_not_valid=True)',
        'op.execute("ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users NOT VALID")',
        'op.create_table("t", sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id")))',
        'op.add_column("orders", sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id")))',
    ],
)
def test_a_key_that_checks_nothing_is_not(line: str) -> None:
    assert_judged(RULE, line)


def test_both_tables_must_be_small_to_be_spared() -> None:
    line = 'op.create_foreign_key("f", "orders", "users", ["user_id"], ["id"])'
    assert_judged(RULE, line, statistics=statistics(orders=5, users=5))
    assert_judged(RULE, f"{line}  # finding", statistics=statistics(orders=5))


@pytest.mark.parametrize(
    "line",
    [
        'op.add_column("orders", sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id")))',
        'op.execute("ALTER TABLE orders ADD COLUMN u bigint DEFAULT 1 REFERENCES users (id)")',
        'op.execute("ALTER TABLE orders ADD COLUMN u bigint NOT NULL REFERENCES users (id)")',
    ],
)
def test_the_key_of_a_new_column_is_seen_by_its_own_rule(line: str) -> None:
    assert_judged(ON_NEW_COLUMN, f"{line}  # finding")
    assert_judged(RULE, line)


@pytest.mark.parametrize(
    "line",
    [
        'op.execute("ALTER TABLE orders ADD COLUMN u bigint REFERENCES users (id)")',
        'op.add_column("orders", sa.Column("u", sa.BigInteger()))',
    ],
)
def test_a_column_known_to_be_empty_is_not_checked(line: str) -> None:
    assert_judged(ON_NEW_COLUMN, line)


@pytest.mark.parametrize(
    ("column", "offered"),
    [
        ('sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id"))', True),
        ('sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id", ondelete="CASCADE"))', False),
        ('sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id"), server_default="1")', False),
    ],
)
def test_inline_references_are_suggested_where_nothing_is_lost(column: str, offered: bool) -> None:
    wanted = f'op.add_column("orders", {column}, inline_references=True)\n{WIDE}' if offered else None
    assert repaired(ON_NEW_COLUMN, f'op.add_column("orders", {column})\n{WIDE}') == wanted


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("blocking-foreign-key", "op.create_foreign_key('f', 'orders', 'users', ['user_id'], ['id'])"),
        (
            "blocking-foreign-key-on-new-column",
            "op.add_column('orders', sa.Column('u', sa.BigInteger(), sa.ForeignKey('users.id')))",
        ),
    ],
)
def test_a_foreign_key_is_checked_unless_both_tables_are_small_or_its_own_is_new(rule: str, line: str) -> None:
    assert_judged(rule, f"{line}  # finding", statistics=statistics(orders=5))
    assert_judged(rule, f"{line}  # finding", statistics=statistics(users=5))
    assert_judged(rule, line, statistics=statistics(orders=5, users=5))
    new = "op.create_table('orders', sa.Column('user_id', sa.BigInteger()), schema='new')"
    own = line.replace("['id'])", "['id'], source_schema='new')").replace(
        "sa.ForeignKey('users.id')))", "sa.ForeignKey('users.id')), schema='new')"
    )
    assert_judged(rule, f"{new}\n{own}")
