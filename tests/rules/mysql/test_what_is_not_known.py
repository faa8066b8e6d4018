"""Where the schema does not tell what decides, nothing is said of a statement; and what ALTER TABLE changes of that."""

from __future__ import annotations

import pytest

from rules.model.columns import DataType
from rules.model.names import Name
from rules.mysql.algorithms import Algorithm, Online
from rules.mysql.online import Moment, online_of
from rules.mysql.retyping import of_type
from rules.mysql.samples import operations_in
from rules.mysql.server import Server
from rules.mysql.storage import character_set_of
from rules.schema import Schema, Table

MYSQL, MARIADB = Server(mariadb=False, major=8), Server(mariadb=True, major=11)
COLUMNS = "(id INT PRIMARY KEY, n INT, code VARCHAR(50))"


def schema_after(*statements: str, dialect: str = "mysql") -> Schema:
    schema = Schema.empty(dialect)
    for statement in statements:
        for operation in operations_in(statement, dialect):
            schema = schema.after(operation)
    return schema


def said(statement: str, *before: str, server: Server = MYSQL) -> Online | None:
    dialect = "mariadb" if server.mariadb else "mysql"
    schema = schema_after(*before, dialect=dialect)
    return online_of(operations_in(statement, dialect), Moment(schema, server))


def table_after(*statements: str) -> Table:
    found = schema_after(*statements).table(Name("t"))
    assert found is not None
    return found


@pytest.mark.parametrize(
    "before",
    [
        (),
        ("ALTER TABLE t ADD COLUMN y INT",),
        ("CREATE TABLE t AS SELECT 1 AS id",),
        ("CREATE TABLE t LIKE elsewhere",),
        (f"CREATE TABLE t {COLUMNS} ENGINE=MyISAM",),
        (f"CREATE TABLE t {COLUMNS}", "ALTER TABLE t ENGINE=MyISAM"),
        (f"CREATE TABLE t {COLUMNS}", "ALTER TABLE t ROW_FORMAT=COMPRESSED"),
        (f"CREATE TABLE s {COLUMNS} ROW_FORMAT = REDUNDANT", "CREATE TABLE t LIKE s"),
    ],
)
@pytest.mark.parametrize(
    "action",
    [
        "ADD COLUMN z INT",
        "ADD COLUMN z INT DEFAULT 5",
        "ADD COLUMN z INT AS (1 + 1) VIRTUAL",
        "DROP COLUMN n",
        "MODIFY n BIGINT",
        "ADD FULLTEXT INDEX words (code)",
        "FORCE",
        "CONVERT TO CHARACTER SET latin1",
        "DROP CONSTRAINT c",
    ],
)
def test_of_a_table_that_nobody_saw_or_that_is_stored_otherwise_nothing_is_said(
    before: tuple[str, ...], action: str
) -> None:
    assert said(f"ALTER TABLE t {action}", *before) is None


def test_a_copy_of_an_unseen_table_is_known_but_not_whether_writes_wait_where_they_may_pass() -> None:
    check = "ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0)"
    known = said(check)
    assert known is not None
    assert known.algorithm is Algorithm.COPY
    assert said(check, server=MARIADB) is None


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE u (id INT)",
        "ALTER TABLE t ALGORITHM=INPLACE",
        "ALTER TABLE t DROP CONSTRAINT elsewhere",
        "ALTER TABLE t MODIFY missing BIGINT",
        "ALTER TABLE t CONVERT TO CHARACTER SET DEFAULT",
        "ALTER TABLE t ADD PARTITION (PARTITION p VALUES LESS THAN (9))",
    ],
)
def test_a_statement_that_no_fact_is_about_is_not_known(statement: str) -> None:
    assert said(statement, f"CREATE TABLE t {COLUMNS}") is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (DataType("int", known=False), DataType("bigint")),
        (DataType("int"), DataType("bigint", known=False)),
        (DataType("varchar"), DataType("varchar", ("5",))),
        (DataType("varchar", ("5",)), DataType("varchar", ("n",))),
        (DataType("point"), DataType("geometry")),
        (DataType("text"), DataType("blob")),
        (DataType("blob"), DataType("text")),
    ],
)
def test_a_change_of_type_is_not_known_where_a_type_is_not(old: DataType, new: DataType) -> None:
    assert of_type(old, new, MYSQL) is None


@pytest.mark.parametrize(
    ("statements", "character_set"),
    [
        ((f"CREATE TABLE t {COLUMNS}",), None),
        ((f"CREATE TABLE t {COLUMNS} CHARSET=latin1",), "latin1"),
        ((f"CREATE TABLE t {COLUMNS} DEFAULT CHARACTER SET = utf8",), "utf8mb3"),
        ((f"CREATE TABLE t {COLUMNS} CHARSET=utf8mb4 COLLATE=utf8mb4_bin",), "utf8mb4"),
        ((f"CREATE TABLE t {COLUMNS} COLLATE utf8mb4_bin COMMENT='CHARSET=latin1'",), "utf8mb4"),
        ((f"CREATE TABLE t {COLUMNS} CHARSET='latin1' ENGINE=InnoDB",), None),
        ((f"CREATE TABLE t {COLUMNS} CHARSET=latin1", "ALTER TABLE t DEFAULT CHARSET=utf8mb4"), None),
        ((f"CREATE TABLE t {COLUMNS} CHARSET=latin1", "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4"), "utf8mb4"),
        ((f"CREATE TABLE s {COLUMNS} CHARSET=latin1", "CREATE TABLE t LIKE s"), "latin1"),
    ],
)
def test_the_character_set_of_a_table_is_known_where_one_is_said(
    statements: tuple[str, ...], character_set: str | None
) -> None:
    assert character_set_of(table_after(*statements)) == character_set


def test_a_conversion_leaves_no_column_with_characters_of_its_own() -> None:
    made = "CREATE TABLE t (id INT PRIMARY KEY, a TEXT CHARACTER SET latin1, b TEXT COLLATE utf8mb4_bin)"
    before = [(column.character_set, column.collation) for column in table_after(made).columns]
    assert before == [(None, None), ("latin1", None), (None, "utf8mb4_bin")]
    after = table_after(made, "ALTER TABLE t CONVERT TO CHARACTER SET latin1").columns
    assert {(column.character_set, column.collation) for column in after} == {(None, None)}


def test_a_column_that_is_written_anew_has_the_characters_that_are_said() -> None:
    made = "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9) CHARACTER SET latin1)"
    (_, column) = table_after(made, "ALTER TABLE t MODIFY a VARCHAR(9) CHARACTER SET ascii").columns
    assert column.character_set == "ascii"
    (_, column) = table_after(made, "ALTER TABLE t MODIFY a VARCHAR(9)").columns
    assert column.character_set is None
