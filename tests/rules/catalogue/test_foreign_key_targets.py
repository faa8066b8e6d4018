"""What a foreign key points at: unique, of a type that compares, wide enough."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged

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
    ],
)
def test_the_target_must_be_unique(index: str, speaks: bool) -> None:
    line = key("status", '["name"]')
    before = f"def upgrade():\n    {index or 'pass'}\n"
    assert_judged("foreign-key-without-unique-target", f"{line}  # finding" if speaks else line, before=before)


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
