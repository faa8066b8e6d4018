"""After each statement the folded schema holds what a real server holds: columns, nulls, indexes, constraints."""

from __future__ import annotations

import pymysql
import pytest

from rules.model.columns import DataType
from rules.mysql.samples import operations_in
from rules.schema import ConstraintKind, Schema
from tests.mysql_servers import Program, fresh, on_every_server

HISTORIES = (
    (
        "CREATE TABLE teams (id INTEGER NOT NULL AUTO_INCREMENT, PRIMARY KEY (id))",
        "CREATE TABLE users (id INT PRIMARY KEY, email VARCHAR(255) NOT NULL, team_id INT, kind ENUM('a','b'), "
        "n NUMERIC(12, 2), ok BOOL, UNIQUE (email), KEY by_team (team_id), "
        "FOREIGN KEY (team_id) REFERENCES teams (id))",
        "CREATE INDEX by_team ON teams (id)",
        "ALTER TABLE users MODIFY email VARCHAR(300) NULL, ADD COLUMN age INT UNSIGNED NOT NULL DEFAULT 0 AFTER id",
        "ALTER TABLE users CHANGE age years BIGINT UNSIGNED NULL",
        "DROP INDEX by_team ON teams",
        "ALTER TABLE users ADD UNIQUE INDEX uq_years (years), RENAME COLUMN kind TO sort",
        "ALTER TABLE users DROP INDEX email, ADD CONSTRAINT ck CHECK (years > 0)",
        "ALTER TABLE users DROP FOREIGN KEY users_ibfk_1",
        "ALTER TABLE users RENAME INDEX by_team TO by_its_team, DROP COLUMN ok",
        "ALTER TABLE users DROP CONSTRAINT ck, DROP PRIMARY KEY",
        "ALTER TABLE users MODIFY n FLOAT NOT NULL, ADD PRIMARY KEY (id)",
        "RENAME TABLE users TO people, teams TO groups_of_people",
        "ALTER TABLE people ADD CONSTRAINT FOREIGN KEY (team_id) REFERENCES groups_of_people (id)",
        "DROP TABLE people",
    ),
)


def folded(schema: Schema) -> set[str]:
    found = set()
    for table in schema.tables:
        name = table.name.name
        found |= {f"{name}.{it.name} {it.type} {'null' if it.nullable else 'not null'}" for it in table.columns}
        found |= {f"{name} {it.name}" for it in table.constraints if it.kind is not ConstraintKind.CHECK}
        found |= {f"{name} index {it.name.name}" for it in table.indexes}
    return found


def stored(cursor: pymysql.cursors.Cursor) -> set[str]:
    cursor.execute(
        "SELECT table_name, column_name, column_type, is_nullable FROM information_schema.columns"
        " WHERE table_schema = 'shop'"
    )
    found = {
        f"{table}.{name} {_typed(kind)} {'null' if null == 'YES' else 'not null'}" for table, name, kind, null in cursor
    }
    cursor.execute(
        "SELECT table_name, constraint_name FROM information_schema.table_constraints"
        " WHERE table_schema = 'shop' AND constraint_type <> 'CHECK'"
    )
    found |= {f"{table} {name}" for table, name in cursor}
    cursor.execute(
        "SELECT DISTINCT table_name, index_name FROM information_schema.statistics WHERE table_schema = 'shop'"
    )
    return found | {f"{table} index {name}" for table, name in cursor}


def _typed(kind: str) -> DataType:
    """Through our own spelling, which leaves the display width out."""
    (operation,) = operations_in(f"ALTER TABLE t ADD COLUMN c {kind}", "mariadb")
    return operation.column.type


@on_every_server
@pytest.mark.parametrize("statements", HISTORIES)
def test_the_schema_holds_what_the_server_holds(program: Program, statements: tuple[str, ...]) -> None:
    schema = Schema.empty(program.dialect)
    with fresh(program) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            for operation in operations_in(statement, program.dialect):
                schema = schema.after(operation)
            assert folded(schema) == stored(cursor), statement
        assert "groups_of_people index PRIMARY" in folded(schema)
