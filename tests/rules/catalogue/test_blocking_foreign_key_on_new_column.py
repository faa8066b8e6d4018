"""References of a new column: when its rows are checked, and what may be written inline."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, repaired

COLUMN = 'op.add_column("orders", sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id"){}){})'


@pytest.mark.parametrize(
    ("upgrade", "offered"),
    [
        (COLUMN.format("", ""), True),
        (COLUMN.format(", server_default='1'", ""), False),
        (COLUMN.format(", nullable=False", ""), False),
        (COLUMN.replace('"users.id"', '"users.id", ondelete="CASCADE"').format("", ""), False),
        (COLUMN.replace('"users.id"', '"users.id", onupdate="CASCADE"').format("", ""), False),
        (COLUMN.replace('"users.id"', '"users.id", deferrable=True').format("", ""), False),
        (
            'with op.batch_alter_table("orders") as b:\n'
            '    b.add_column(sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id")))',
            False,
        ),
    ],
)
def test_inline_references_where_nothing_is_lost(upgrade: str, offered: bool) -> None:
    found = repaired("blocking-foreign-key-on-new-column", upgrade)
    assert ("inline_references=True" in found if found else False) == offered


@pytest.mark.parametrize(
    "upgrade",
    [
        "op.execute('ALTER TABLE orders ADD u bigint REFERENCES users')",
        "op.execute('ALTER TABLE orders ADD u bigint DEFAULT 1 REFERENCES users')  # finding",
        "op.execute('ALTER TABLE orders ADD u bigint NOT NULL REFERENCES users')  # finding",
        "op.execute('ALTER TABLE orders ADD u bigint GENERATED ALWAYS AS (id) STORED REFERENCES users')  # finding",
        "op.execute('ALTER TABLE orders ADD u bigint DEFAULT 1 CHECK (u > 0)')",
        "op.create_foreign_key('f', 'orders', 'users', ['user_id'], ['id'])",
        "op.create_table('t', sa.Column('id', sa.Integer()))\n"
        "op.execute('ALTER TABLE t ADD u bigint DEFAULT 1 REFERENCES users')",
    ],
)
def test_references_of_a_new_column(upgrade: str) -> None:
    assert_judged("blocking-foreign-key-on-new-column", upgrade)


def test_what_a_domain_s_default_gives_is_not_checked() -> None:
    made = "op.execute('CREATE DOMAIN ready AS bigint DEFAULT 1')\n"
    line = "op.execute('ALTER TABLE orders ADD u ready REFERENCES users')"
    assert_judged("blocking-foreign-key-on-new-column", f"{made}{line}")
    own = line.replace("u ready", "u ready DEFAULT 2")
    assert_judged("blocking-foreign-key-on-new-column", f"{made}{own}  # finding")


def test_a_reference_of_a_new_column_may_be_left_not_valid() -> None:
    key = "sa.ForeignKey('users.id', name='f', postgresql_not_valid=True)"
    assert_judged("blocking-foreign-key-on-new-column", COLUMN.format("", "").replace('sa.ForeignKey("users.id")', key))
