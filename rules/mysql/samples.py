"""The statements that the page of facts shows and the tests send to a real MariaDB."""

from __future__ import annotations

from rules.model.operations import Operation, Statement
from rules.model.place import Place
from rules.mysql.algorithms import Online
from rules.mysql.online import Moment, online_of
from rules.mysql.server import Server
from rules.reading.sql import operations_of
from rules.schema import Schema

PARENT = "CREATE TABLE p (id INT PRIMARY KEY)"
TABLES = {
    "p": PARENT,
    "t": (
        "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, n INT, code VARCHAR(20) NOT NULL DEFAULT 'x', note TEXT, "
        "kind ENUM('a','b'), tags SET('a','b'), size INT UNSIGNED NOT NULL, long_code VARCHAR(300), p_id INT, "
        "price DECIMAL(10,2), day DATE, KEY by_code (code))"
    ),
    "child": (
        "CREATE TABLE child (id INT PRIMARY KEY, n INT, p_id INT, CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id), "
        "CONSTRAINT ck CHECK (n > 0))"
    ),
    "texts": "CREATE TABLE texts (id INT PRIMARY KEY, n INT, body TEXT, FULLTEXT KEY words (body))",
    "keyless": "CREATE TABLE keyless (x INT NOT NULL, y INT)",
    "keyed": "CREATE TABLE keyed (x INT PRIMARY KEY, y INT NOT NULL)",
}
ALTERED: dict[str, tuple[str, ...]] = {
    "Columns": (
        "t ADD COLUMN z INT",
        "t ADD COLUMN z INT NOT NULL DEFAULT 5",
        "t ADD COLUMN z DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP",
        "t ADD COLUMN z INT AFTER id",
        "t ADD COLUMN z VARCHAR(36) DEFAULT (UUID())",
        "t ADD COLUMN z INT AS (n + 1) VIRTUAL",
        "t ADD COLUMN z INT AS (n + 1) STORED",
        "t ADD COLUMN z INT UNIQUE",
        "keyless ADD COLUMN z INT AUTO_INCREMENT PRIMARY KEY",
        "t DROP COLUMN note",
        "t DROP COLUMN code",
        "t RENAME COLUMN note TO remark",
        "t CHANGE note remark TEXT",
        "t ALTER COLUMN n SET DEFAULT 5",
        "t ALTER COLUMN code DROP DEFAULT",
        "t MODIFY n INT NOT NULL",
        "t MODIFY code VARCHAR(20) NULL DEFAULT 'x'",
        "t MODIFY n INT AFTER code",
        "t MODIFY n INT COMMENT 'how many'",
    ),
    "Types": (
        "t MODIFY n BIGINT",
        "t MODIFY size INT NOT NULL",
        "t MODIFY code VARCHAR(60) NOT NULL DEFAULT 'x'",
        "t MODIFY code VARCHAR(300) NOT NULL DEFAULT 'x'",
        "t MODIFY code VARCHAR(10) NOT NULL DEFAULT 'x'",
        "t MODIFY code VARCHAR(100) NOT NULL DEFAULT 'x'",
        "t MODIFY long_code VARCHAR(500)",
        "t MODIFY code TEXT NOT NULL",
        "t MODIFY note LONGTEXT",
        "t MODIFY kind ENUM('a','b','c')",
        "t MODIFY kind ENUM('c','a','b')",
        "t MODIFY kind ENUM('a')",
        "t MODIFY tags SET('a','b','c')",
        "t MODIFY price DECIMAL(12,2)",
        "t MODIFY day DATETIME",
    ),
    "Indexes and keys": (
        "t ADD INDEX by_n (n)",
        "t ADD UNIQUE INDEX by_n (n)",
        "t ADD FULLTEXT INDEX words (note)",
        "texts ADD FULLTEXT INDEX more (body)",
        "t DROP INDEX by_code",
        "t RENAME INDEX by_code TO by_its_code",
        "keyless ADD PRIMARY KEY (x)",
        "keyed DROP PRIMARY KEY",
        "keyed DROP PRIMARY KEY, ADD PRIMARY KEY (y)",
        "t ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p (id)",
        "child DROP FOREIGN KEY fk",
        "t ADD CONSTRAINT c CHECK (n > 0)",
        "child DROP CONSTRAINT ck",
    ),
    "Tables": (
        "t RENAME TO u",
        "t ENGINE=InnoDB",
        "t ROW_FORMAT=COMPACT",
        "t COMMENT 'all of them'",
        "t CONVERT TO CHARACTER SET latin1",
        "t ADD COLUMN z INT, ADD INDEX by_n (n)",
        "t ADD COLUMN z INT, MODIFY n BIGINT",
    ),
}


def operations_in(sql: str, dialect: str) -> tuple[Operation, ...]:
    return operations_of(Statement(sql, Place("", 1)), dialect)


def said_of(altered: str, server: Server, *, checks: bool = True) -> Online | None:
    """What `online_of` says of `ALTER TABLE` and that text, of the tables above."""
    dialect = "mariadb" if server.mariadb else "mysql"
    schema = Schema.empty(dialect)
    for table in TABLES.values():
        for operation in operations_in(table, dialect):
            schema = schema.after(operation)
    return online_of(operations_in(f"ALTER TABLE {altered}", dialect), Moment(schema, server, checks))
