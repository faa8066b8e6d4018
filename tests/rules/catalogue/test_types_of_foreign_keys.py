"""Types that a foreign key joins: of one family, and wide enough."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged

COLUMN = 'op.add_column("orders", sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id"){}){})'


@pytest.mark.parametrize(
    ("own", "key", "clash"),
    [
        ("integer", "bigint", False),
        ("smallint", "integer", False),
        ("bigint", "smallint", False),
        ("varchar(9)", "text", False),
        ("text", "varchar", False),
        ("char(3)", "text", False),
        ("bpchar", "varchar(9)", False),
        ("citext", "text", False),
        ("name", "text", False),
        ("date", "timestamp", False),
        ("timestamptz", "date", False),
        ("integer", "numeric", False),
        ("smallint", "numeric(9)", False),
        ("numeric", "bigint", True),
        ("smallint", "text", True),
        ("char(3)", "bigint", True),
        ("bpchar", "uuid", True),
        ("citext", "uuid", True),
        ("varchar", "bigint", True),
        ("bigint", "shop.text", False),
        ("name", "integer", True),
        ("date", "text", True),
        ("timestamp", "uuid", True),
        ("timestamptz", "integer", True),
        ("bytea", "text", True),
        ("boolean", "integer", True),
        ("shop.text", "bigint", False),
        ("elsewhere", "bigint", False),
        ("bigint", "elsewhere", False),
    ],
)
def test_types_that_a_foreign_key_joins(own: str, key: str, clash: bool) -> None:
    before = f"def upgrade():\n    op.execute('CREATE TABLE codes (code {key} PRIMARY KEY)')\n"
    line = f"op.execute('CREATE TABLE t (c {own} REFERENCES codes (code))')"
    assert_judged("foreign-key-type-clash", f"{line}  # finding" if clash else line, before=before)


def test_a_new_column_clashes_too_and_a_type_of_the_project_may_be_any() -> None:
    rule = "foreign-key-type-clash"
    added = "op.execute('ALTER TABLE orders ADD COLUMN c {} REFERENCES codes (code)')"
    before = "import lib\n\n\ndef upgrade():\n    op.create_table('codes', sa.Column('code', {}, primary_key=True))\n"
    assert_judged(rule, f"{added.format('text')}  # finding", before=before.format("sa.Uuid()"))
    assert_judged(rule, added.format("text"), before=before.format("lib.uuid()"))


def test_narrower_keys() -> None:
    rule = "foreign-key-narrower-than-key"
    before = (
        "def upgrade():\n    op.execute('CREATE TABLE codes (a text[] UNIQUE, b smallint UNIQUE, c text UNIQUE)')\n"
    )
    line = "op.execute('CREATE TABLE t (x {} REFERENCES codes ({}))')"
    assert_judged(rule, line.format("integer", "b"), before=before)
    assert_judged(rule, line.format("smallint", "b"), before=before)
    assert_judged(rule, line.format("varchar(3)[]", "a"), before=before)
    assert_judged(rule, line.format("varchar(3)", "b"), before=before)
    assert_judged(rule, line.format("varchar(3)", "c") + "  # finding", before=before)
    assert_judged(rule, line.format("varchar", "c"), before=before)
    assert_judged(rule, line.format("varchar(all)", "c"), before=before)
    added = "op.execute('ALTER TABLE orders ADD COLUMN x varchar(3) REFERENCES codes (c)')"
    assert_judged(rule, f"{added}  # finding", before=before)
    assert_judged(rule, line.format("varchar(3)[]", "c"), before=before)
    assert_judged(rule, line.format("integer", "c"), before=before)
    assert_judged(rule, line.format("elsewhere", "b"), before=before)
    assert_judged(rule, line.replace("codes", "elsewhere").format("integer", "b"), before=before)
    unseen = "op.create_foreign_key('f', 'unseen', 'users', ['u'], ['id'])"
    assert_judged(rule, unseen)
    assert_judged("foreign-key-type-clash", unseen)
