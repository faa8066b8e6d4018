"""When MySQL and MariaDB copy a table while writes wait, by version, and the near misses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.catalogue.judged import assert_judged, migration, statistics

COPIES = "table-copying-alter"
WIDER = 'op.alter_column("orders", "user_id", type_=sa.BigInteger(), existing_type=sa.Integer())'


def on_each_server(line: str, **example: Any) -> tuple[Any, ...]:
    """Of those whose writes wait for a copy."""
    assert_judged(COPIES, line, dialect="mariadb", server_version=10, **example)
    for version in (8, 9):
        assert_judged(COPIES, line, dialect="mysql", server_version=version, **example)
    return assert_judged(COPIES, line, dialect="mysql", **example)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (WIDER, "the type of `user_id` changes"),
        (
            'op.alter_column("users", "email", type_=sa.String(100), existing_type=sa.String(320))',
            "the type of `email` changes",
        ),
        ('op.create_check_constraint("ck", "users", sa.column("age") > 0)', "a check is added"),
        ('op.create_foreign_key("f", "orders", "users", ["user_id"], ["id"])', "a foreign key is added, and checked"),
        ('op.drop_constraint("users_pk", "users", type_="primary")', "the primary key is dropped"),
        ('op.drop_column("users", "id")', "the primary key is dropped"),
        (
            'op.add_column("users", sa.Column("z", sa.Integer(), sa.Computed("age + 1", persisted=True)))',
            "`z` is computed or checked row by row",
        ),
        (
            'op.execute("ALTER TABLE users MODIFY age INT NOT NULL AUTO_INCREMENT")',
            "`age` is computed or checked row by row",
        ),
        ('op.execute("ALTER TABLE orders CONVERT TO CHARACTER SET utf8mb4")', "its character set is converted"),
        ('op.execute("ALTER TABLE orders ENGINE=Aria")', "it is stored in another way"),
        (
            'op.execute("ALTER TABLE orders ADD COLUMN note TEXT, MODIFY user_id BIGINT")',
            "the type of `user_id` changes",
        ),
        ('op.execute("ALTER TABLE orders MODIFY user_id BIGINT, ALGORITHM=COPY")', "the statement asks for it"),
        ('op.execute("ALTER TABLE orders ADD COLUMN z INT, ALGORITHM=COPY")', "the statement asks for it"),
    ],
)
def test_a_copy_is_named_with_its_reason(line: str, why: str) -> None:
    (found,) = on_each_server(f"{line}  # finding")
    assert found.message.startswith("Writes to `")
    assert found.message.endswith(f" wait until the server has copied the whole table: {why}.")


@pytest.mark.parametrize(
    "line",
    [
        'op.add_column("users", sa.Column("z", sa.Integer(), server_default="0", nullable=False))',
        'op.drop_column("users", "age")',
        'op.create_index("ix", "users", ["age"], unique=True)',
        'op.alter_column("orders", "total", nullable=False, existing_type=sa.Numeric(12, 2))',
        'op.alter_column("users", "email", type_=sa.String(400), existing_type=sa.String(320))',
        'op.execute("ALTER TABLE orders MODIFY user_id BIGINT, ALGORITHM=INPLACE")',
        'op.execute("ALTER TABLE orders MODIFY user_id BIGINT, LOCK = NONE")',
        'op.alter_column("elsewhere", "x", type_=sa.BigInteger(), existing_type=sa.Integer())',
        'op.execute("SET FOREIGN_KEY_CHECKS=0")\nop.create_foreign_key("f", "orders", "users", ["user_id"], ["id"])',
        'op.create_table("n", sa.Column("a", sa.Integer()))\nop.alter_column("n", "a", type_=sa.BigInteger())',
    ],
)
def test_what_is_done_in_place_or_not_known_is_no_copy(line: str) -> None:
    on_each_server(line)


def test_foreign_keys_are_checked_again_once_the_session_says_so() -> None:
    lines = 'op.execute("SET foreign_key_checks = 0")\nop.execute("SET foreign_key_checks = 1")\n'
    on_each_server(f'{lines}op.create_foreign_key("f", "orders", "users", ["user_id"], ["id"])  # finding')


def test_small_tables_are_soon_copied() -> None:
    on_each_server(WIDER, statistics=statistics(orders=10).replace('"server_version": 160000, ', ""))


@pytest.mark.parametrize("default", ["sa.func.now()", 'sa.text("(curdate())")'])
def test_mysql_computes_a_default_in_parentheses_for_each_row(default: str) -> None:
    line = f'op.add_column("orders", sa.Column("z", sa.DateTime(), server_default={default}))'
    (found,) = assert_judged(COPIES, f"{line}  # finding", dialect="mysql")
    assert found.advice is not None
    assert found.advice.startswith("Give it a constant default, or `CURRENT_TIMESTAMP` without parentheses")
    for version in (None, 10, 11):
        assert_judged(COPIES, line, dialect="mariadb", server_version=version)


@pytest.mark.parametrize("default", ['"0"', 'sa.text("CURRENT_TIMESTAMP")', 'sa.text("now(6)")', "None"])
def test_a_default_without_parentheses_is_kept_in_the_catalog(default: str) -> None:
    on_each_server(f'op.add_column("orders", sa.Column("z", sa.DateTime(), server_default={default}))')


def test_the_advice_is_for_what_is_copied() -> None:
    (found,) = on_each_server(f"{WIDER}  # finding")
    assert found.advice is not None
    assert found.advice.startswith("Use a new column")
    both = 'op.execute("ALTER TABLE orders ADD COLUMN z DATETIME DEFAULT (NOW()), MODIFY user_id BIGINT")  # finding'
    for dialect, version, advice in (("mysql", 8, "Give it"), ("mariadb", 10, "Use a new column")):
        (found,) = assert_judged(COPIES, both, dialect=dialect, server_version=version)
        assert found.advice is not None
        assert found.advice.startswith(advice)


@pytest.mark.parametrize("version", [None, 11, 12])
def test_nothing_is_said_of_a_copy_that_lets_writes_through_or_may_do_so(version: int | None) -> None:
    assert_judged(COPIES, WIDER, dialect="mariadb", server_version=version)


def test_nothing_is_said_of_a_server_that_nobody_has_measured() -> None:
    assert_judged(COPIES, WIDER, dialect="mysql", server_version=26)


CASCADING = migration(
    'op.create_table("carts", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.Integer()), '
    'sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id", ondelete="CASCADE")))',
    'op.drop_table("carts")',
)


@pytest.mark.parametrize("version", [None, 10, 11])
def test_writes_wait_on_every_mariadb_where_a_foreign_key_cascades(version: int | None) -> None:
    line = 'op.alter_column("carts", "n", type_=sa.BigInteger(), existing_type=sa.Integer())'
    assert_judged(COPIES, f"{line}  # finding", dialect="mariadb", server_version=version, before=CASCADING)


SEARCHED = migration(
    'op.create_table("pages", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("body", sa.Text()))\n'
    'op.create_index("words", "pages", ["body"], mysql_prefix="FULLTEXT", mariadb_prefix="FULLTEXT")',
    'op.drop_table("pages")',
)


def test_mysql_copies_a_table_with_a_full_text_index_for_a_column() -> None:
    line = 'op.add_column("pages", sa.Column("z", sa.Integer()))'
    (found,) = assert_judged(COPIES, f"{line}  # finding", dialect="mysql", before=SEARCHED)
    assert found.message.endswith("the whole table: it has a full-text index.")
    for version in (None, 10, 11):
        assert_judged(COPIES, line, dialect="mariadb", server_version=version, before=SEARCHED)


LETTERS = migration(
    'op.create_table("notes", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("code", sa.String(50)), '
    'mysql_charset="{charset}", mariadb_charset="{charset}")',
    'op.drop_table("notes")',
)


@pytest.mark.parametrize(("charset", "is_copied"), [("utf8mb4", True), ("latin1", False)])
def test_the_character_set_decides_whether_a_longer_string_is_a_copy(charset: str, is_copied: bool) -> None:
    line = 'op.alter_column("notes", "code", type_=sa.String(255), existing_type=sa.String(50))'
    mark = "  # finding" if is_copied else ""
    on_each_server(line + mark, before=LETTERS.replace("{charset}", charset))
    on_each_server(line, before=LETTERS.replace("charset=", "comment="))
