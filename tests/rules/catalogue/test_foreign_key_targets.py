"""What a foreign key points at: unique, of a type that compares, wide enough."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import WIDE, assert_judged, findings, migration, repaired

KEY = 'op.create_foreign_key("f", "orders", "{table}", ["{own}"], {target}, postgresql_not_valid=True)'


def key(own: str, target: str, table: str = "users") -> str:
    return KEY.format(own=own, target=target, table=table)


@pytest.mark.parametrize(
    ("index", "speaks"),
    [
        ("", True),
        ('op.create_index("i", "users", ["name"], unique=True)', False),
        ('op.create_unique_constraint("i", "users", ["name"])', False),
        ('op.create_index("i", "users", ["name"])', True),
        ('op.create_index("i", "users", ["name"], unique=True, postgresql_where=sa.text("age > 0"))', True),
        ('op.create_index("i", "users", [sa.text("lower(name)")], unique=True)', True),
        ('op.create_index("i", "users", ["name", "age"], unique=True)', True),
        ('op.execute("ALTER TABLE users ADD CONSTRAINT i UNIQUE (name) DEFERRABLE")', True),
        ('op.execute("ALTER TABLE users ADD CONSTRAINT i UNIQUE (name) NOT DEFERRABLE")', False),
    ],
)
def test_the_target_must_be_unique(index: str, speaks: bool) -> None:
    line = key("status", '["name"]')
    before = f"def upgrade():\n    {index or 'pass'}\n"
    assert_judged("foreign-key-without-unique-target", f"{line}  # finding" if speaks else line, before=before)


def test_what_is_not_unique_is_told_by_its_name() -> None:
    rule = "foreign-key-without-unique-target"
    (named,) = assert_judged(
        rule, key("status", '["name", "age"]').replace('["status"]', '["status", "total"]') + "  # finding"
    )
    assert "makes `name` and `age` of `users` unique" in named.message
    before = 'def upgrade():\n    op.execute("CREATE TABLE bare (id bigint)")\n'
    line = 'op.execute("ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES bare NOT VALID")  # finding'
    (keyless,) = assert_judged(rule, line, before=before)
    assert "makes a primary key, which it does not have, of `bare`" in keyless.message


def test_keys_of_new_tables_and_new_columns_need_a_unique_target_too() -> None:
    rule = "foreign-key-without-unique-target"
    for line in (
        "CREATE TABLE t (n text REFERENCES users ({}))",
        "ALTER TABLE orders ADD n text REFERENCES users ({})",
    ):
        assert_judged(rule, f"op.execute('{line.format('name')}')  # finding")
        assert_judged(rule, f"op.execute('{line.format('id')}')")


def test_an_unknown_target_is_not_judged() -> None:
    assert_judged("foreign-key-without-unique-target", key("status", '["name"]', "elsewhere"))
    assert_judged("foreign-key-type-clash", key("status", '["id"]', "elsewhere"))


def test_the_primary_key_is_the_target_where_none_is_named() -> None:
    line = 'op.execute("ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users NOT VALID")'
    assert_judged("foreign-key-without-unique-target", line)
    assert_judged("foreign-key-type-clash", line)


@pytest.mark.parametrize(
    ("type_", "clash", "narrower"),
    [
        ("bigint", False, False),
        ("integer", False, True),
        ("smallint", False, True),
        ("text", True, False),
        ("uuid", True, False),
        ("numeric", True, False),
        ("mytype", False, False),
        ("bigint[]", False, False),
        ("text[]", False, False),
    ],
)
def test_types_against_a_bigint_key(type_: str, clash: bool, narrower: bool) -> None:
    line = f'op.execute("CREATE TABLE t (u {type_} REFERENCES users (id))")'
    assert_judged("foreign-key-type-clash", f"{line}  # finding" if clash else line)
    assert_judged("foreign-key-narrower-than-key", f"{line}  # finding" if narrower else line)


def test_only_texts_and_integers_are_measured() -> None:
    before = 'def upgrade():\n    op.execute("CREATE TABLE codes (code text PRIMARY KEY, parts text[] UNIQUE)")\n'
    table = 'op.execute("CREATE TABLE t (c {} REFERENCES codes ({}))")'
    assert_judged("foreign-key-narrower-than-key", table.format("numeric(5)", "code"), before=before)
    assert_judged("foreign-key-narrower-than-key", table.format("varchar(5)", "parts"), before=before)
    assert_judged("foreign-key-type-clash", table.format("uuid", "parts"), before=before)


@pytest.mark.parametrize(
    ("own", "target", "narrower"),
    [("varchar(5)", "text", True), ("varchar(5)", "varchar(9)", True), ("text", "varchar(9)", False)],
)
def test_texts_of_different_length(own: str, target: str, narrower: bool) -> None:
    before = f'def upgrade():\n    op.execute("CREATE TABLE codes (code {target} PRIMARY KEY)")\n'
    line = f'op.execute("CREATE TABLE t (c {own} REFERENCES codes (code))")'
    assert_judged("foreign-key-narrower-than-key", f"{line}  # finding" if narrower else line, before=before)
    assert_judged("foreign-key-type-clash", line, before=before)


NARROW, CLASH = "foreign-key-narrower-than-key", "foreign-key-type-clash"
CODES = "def upgrade():\n    op.create_table('codes', sa.Column('code', {}, primary_key=True))\n"


@pytest.mark.parametrize(
    ("rule", "written", "becomes"),
    [
        (
            NARROW,
            'op.create_table("t", sa.Column("u", sa.Integer(), sa.ForeignKey("users.id")))',
            'op.create_table("t", sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id")))',
        ),
        (
            NARROW,
            'op.create_table("t", sa.Column("u", type_=sa.INTEGER), sa.ForeignKeyConstraint(["u"], ["users.id"]))',
            'op.create_table("t", sa.Column("u", type_=sa.BigInteger()), sa.ForeignKeyConstraint(["u"], ["users.id"]))',
        ),
        (
            CLASH,
            'op.add_column("orders", sa.Column("u", sa.Text(), sa.ForeignKey("users.id")))',
            'op.add_column("orders", sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id")))',
        ),
        (
            NARROW,
            'op.add_column("orders", sa.Column("u", sa.Integer()))\n'
            'op.create_foreign_key("f", "orders", "users", ["u"], ["id"])',
            'op.add_column("orders", sa.Column("u", sa.BigInteger()))\n'
            'op.create_foreign_key("f", "orders", "users", ["u"], ["id"])',
        ),
        (
            NARROW,
            'op.execute("CREATE TABLE t (u_u int, u int4 NOT NULL REFERENCES users)")',
            'op.execute("CREATE TABLE t (u_u int, u bigint NOT NULL REFERENCES users)")',
        ),
        (
            CLASH,
            "from sqlalchemy import BigInteger, Column, ForeignKey, Text\n"
            'op.add_column("orders", Column("u", Text, ForeignKey("users.id")))',
            "from sqlalchemy import BigInteger, Column, ForeignKey, Text\n"
            'op.add_column("orders", Column("u", BigInteger(), ForeignKey("users.id")))',
        ),
        (
            CLASH,
            "from sqlalchemy import Column, ForeignKey, Text\n"
            'op.add_column("orders", Column("u", Text, ForeignKey("users.id")))',
            "from sqlalchemy import Column, ForeignKey, Text\n"
            'op.add_column("orders", Column("u", sa.BigInteger(), ForeignKey("users.id")))',
        ),
    ],
)
def test_a_new_column_gets_the_type_of_the_key(rule: str, written: str, becomes: str) -> None:
    assert repaired(rule, f"{written}\n{WIDE}") == f"{becomes}\n{WIDE}"


@pytest.mark.parametrize(
    ("type_", "own", "written"),
    [
        ("sa.String(9)", "sa.String(5)", "sa.String(9)"),
        ("sa.Text()", "sa.String(5)", "sa.Text()"),
    ],
)
def test_texts_get_its_length(type_: str, own: str, written: str) -> None:
    line = 'op.create_table("t", sa.Column("c", {}, sa.ForeignKey("codes.code")))'
    assert repaired(NARROW, line.format(own), before=CODES.format(type_)) == line.format(written)


@pytest.mark.parametrize(
    ("type_", "written"),
    [
        ("sa.Uuid()", "sa.Uuid()"),
        ("sa.Date()", "sa.Date()"),
        ("sa.DateTime(timezone=True)", "sa.DateTime(timezone=True)"),
        ("sa.DateTime()", "sa.DateTime()"),
        ("sa.Numeric(9, 0)", "sa.Numeric(9, 0)"),
        ("postgresql.TIMESTAMP(precision=3)", None),
    ],
)
def test_each_type_of_key_is_written_as_sqlalchemy_names_it(type_: str, written: str | None) -> None:
    line = 'op.create_table("t", sa.Column("c", {}, sa.ForeignKey("codes.code")))'
    found = repaired(CLASH, f"{line.format('sa.Text()')}\n{WIDE}", before=CODES.format(type_))
    assert found == (None if written is None else f"{line.format(written)}\n{WIDE}")


@pytest.mark.parametrize(
    "written",
    [
        'op.create_foreign_key("f", "orders", "users", ["status"], ["id"])',
        'column = sa.Column("u", sa.Text(), sa.ForeignKey("users.id"))\nop.add_column("orders", column)',
        'op.execute("CREATE TABLE t (u text /* u text */ REFERENCES users)")',
        'op.execute("CREATE TABLE t (" + "u text REFERENCES users)")',
    ],
)
def test_nothing_is_suggested_for_a_column_that_stands_elsewhere(written: str) -> None:
    assert repaired(CLASH, written) is None


@pytest.mark.parametrize("own", ["sa.String(sizes.LENGTH)", "sa.String(9)"])
def test_a_length_that_is_not_known_is_not_measured(own: str) -> None:
    """`sizes` is of another package: its numbers cannot be read."""
    limit = "sa.String(5)" if own.endswith("LENGTH)") else "sa.String(sizes.LENGTH)"
    before = f"from elsewhere import sizes\n\n\n{CODES.format(limit)}"
    text = migration(f"op.create_table('parts', sa.Column('code', {own}, sa.ForeignKey('codes.code')))")
    for rule in (NARROW, CLASH):
        assert findings(rule, f"from elsewhere import sizes\n\n\n{text}", before=before) == ()
