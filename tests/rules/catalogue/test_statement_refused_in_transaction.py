"""Statements that never run inside a transaction are named outside the block only."""

from __future__ import annotations

import psycopg
import pytest

from tests.databases import fresh_database
from tests.rules.catalogue.judged import assert_judged, repaired

RULE = "statement-refused-in-transaction"
REFUSED = [
    "VACUUM users",
    "VACUUM FULL users",
    "VACUUM (ANALYZE) users",
    "CREATE DATABASE d",
    "DROP DATABASE d",
    "CREATE TABLESPACE t LOCATION '/somewhere'",
    "DROP TABLESPACE t",
    "ALTER SYSTEM SET work_mem = '8MB'",
    "REINDEX SCHEMA public",
    "REINDEX DATABASE",
    "REINDEX SYSTEM",
    "DROP /* the old one */ DATABASE d",
    "CLUSTER",
    "ALTER DATABASE postgres SET TABLESPACE pg_default",
    "CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p",
]
ALLOWED = [
    "ANALYZE",
    "CREATE SCHEMA s",
    "CREATE TABLE tablespace (database text)",
    "CREATE STATISTICS s ON name, age FROM users",
    "ALTER TABLE users SET TABLESPACE pg_default",
    "ALTER DATABASE postgres SET work_mem = '8MB'",
    "CREATE TEXT SEARCH CONFIGURATION c (COPY = english)",
    "CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false)",
]


@pytest.mark.parametrize("sql", REFUSED)
def test_a_refused_statement_is_named_and_refused(sql: str) -> None:
    assert_judged(RULE, f'op.execute("{sql}")  # finding')
    assert_judged(RULE, f'op.get_bind().execute(sa.text("{sql}"))  # finding')
    assert_judged(RULE, f'with op.get_context().autocommit_block():\n    op.execute("{sql}")')
    with (
        fresh_database() as connection,
        connection.transaction(force_rollback=True),
        pytest.raises(psycopg.errors.ActiveSqlTransaction),
    ):
        connection.execute(sql.encode())


@pytest.mark.parametrize("sql", ALLOWED)
def test_an_allowed_statement_is_neither(sql: str) -> None:
    assert_judged(RULE, f'op.execute("{sql}")')
    with fresh_database() as connection, connection.transaction(force_rollback=True):
        connection.execute("CREATE TABLE users (id bigint PRIMARY KEY, name text, age int)")
        connection.execute(sql.encode())


LOST = "ALTER SUBSCRIPTION s SET (slot_name = NONE)"
DISABLED = "ALTER SUBSCRIPTION s DISABLE"


@pytest.mark.parametrize(
    ("lost", "refused"), [("", True), (LOST, False), (LOST.replace(" s ", " t "), True), (DISABLED, True)]
)
def test_a_subscription_may_be_dropped_once_it_has_lost_its_slot(lost: str, refused: bool) -> None:
    drop = 'op.execute("DROP SUBSCRIPTION s")' + ("  # finding" if refused else "")
    assert_judged(RULE, f'op.execute("{lost or "SELECT 1"}")\n{drop}')
    with fresh_database() as connection, connection.transaction(force_rollback=True):
        for name in ("s", "t"):
            made = f"CREATE SUBSCRIPTION {name} CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false)"
            connection.execute(made.encode())
        connection.execute((lost or "SELECT 1").encode())
        if refused:
            with pytest.raises(psycopg.errors.ActiveSqlTransaction):
                connection.execute("DROP SUBSCRIPTION s")
        else:
            connection.execute("DROP SUBSCRIPTION s")


def test_what_belongs_to_the_cluster_is_named_by_its_first_words() -> None:
    (found,) = assert_judged(RULE, 'op.execute("CREATE DATABASE d")  # finding')
    assert found.message.startswith("PostgreSQL refuses `CREATE DATABASE` inside")


def test_concurrent_statements_are_another_rules_matter() -> None:
    assert_judged(RULE, 'op.execute("REINDEX SCHEMA CONCURRENTLY public")')


@pytest.mark.parametrize(("version", "mark"), [(11, "  # finding"), (12, "")])
def test_add_value_is_refused_before_12(version: int, mark: str) -> None:
    before = "def upgrade():\n    op.execute(\"CREATE TYPE mood AS ENUM ('good')\")\n"
    assert_judged(RULE, f"op.execute(\"ALTER TYPE mood ADD VALUE 'b'\"){mark}", before=before, server_version=version)


def test_a_downgrade_is_judged_one_level_lower() -> None:
    (found,) = assert_judged(RULE, "pass", 'op.execute("VACUUM users")  # finding')
    assert found.severity == "warning"


def test_the_block_is_suggested_where_the_statement_is_alone() -> None:
    assert repaired(RULE, 'op.execute("VACUUM users")') == (
        'with op.get_context().autocommit_block():\n    op.execute("VACUUM users")'
    )
    assert repaired(RULE, 'op.execute("VACUUM users; VACUUM orders")') is None
    assert repaired(RULE, 'op.drop_column("users", "name")\nop.execute("VACUUM users")') is None
    again = 'op.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS n text")'
    assert repaired(RULE, f'{again}\nop.execute("VACUUM users")') is None


def test_a_connection_that_the_caller_gives_may_be_in_autocommit() -> None:
    env = """from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection)
with context.begin_transaction():
    context.run_migrations()
"""
    assert_judged(RULE, 'op.execute("VACUUM users")', env=env)
