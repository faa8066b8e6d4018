"""Concurrent statements outside the block, up and down."""

from __future__ import annotations

import pytest

from rules.examples import ENV
from rules.model.finding import Severity
from tests.rules.catalogue.judged import assert_judged, repaired

RULE = "concurrently-inside-transaction"


@pytest.mark.parametrize(
    "line",
    [
        'op.create_index("i", "orders", ["user_id"], postgresql_concurrently=True)',
        'op.drop_index("i", postgresql_concurrently=True)',
        'op.execute("DROP INDEX CONCURRENTLY i")',
        'op.execute("REINDEX TABLE CONCURRENTLY orders")',
        'op.execute("ALTER TABLE events DETACH PARTITION events_old CONCURRENTLY")',
    ],
)
def test_each_concurrent_statement_needs_the_block(line: str) -> None:
    assert_judged(RULE, f"{line}  # finding")
    assert_judged(RULE, f"with op.get_context().autocommit_block():\n    {line}")


def test_a_concurrent_refresh_may_stay_inside() -> None:
    assert_judged(RULE, 'op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY totals")')


def test_a_migration_that_switches_its_driver_to_autocommit_is_left_alone() -> None:
    switch = "op.get_bind().connection.dbapi_connection.autocommit = True"
    assert_judged(RULE, f'{switch}\nop.drop_index("i", postgresql_concurrently=True)')
    level = "from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT as level"
    by_name = f"{level}\nop.get_bind().connection.set_isolation_level(level)"
    assert_judged(RULE, f'{by_name}\nop.drop_index("i", postgresql_concurrently=True)')


GIVEN = """from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection)
with context.begin_transaction():
    context.run_migrations()
"""


def test_a_connection_that_the_caller_gives_may_be_in_autocommit() -> None:
    line = 'op.drop_index("i", postgresql_concurrently=True)'
    assert_judged(RULE, line, env=GIVEN)
    made = GIVEN.replace("context.config.attributes[", "create_engine(url).connect(), context.config.attributes[")
    assert_judged(RULE, f"{line}  # finding", env=made)


def test_so_may_one_from_elsewhere_without_transactional_ddl() -> None:
    line = 'op.drop_index("i", postgresql_concurrently=True)'
    env = "from alembic import context\n\ncontext.configure(connection=open_one(), transactional_ddl={})\n"
    assert_judged(RULE, line, env=env.format("False"))
    assert_judged(RULE, f"{line}  # finding", env=env.format("True"))
    assert_judged(
        RULE, f"{line}  # finding", env=env.replace("open_one()", "create_engine(url).connect()").format("False")
    )


def test_the_engine_of_env_py_may_be_in_autocommit() -> None:
    line = 'op.drop_index("i", postgresql_concurrently=True)'
    assert_judged(RULE, line, env=ENV.replace("connect_args", 'isolation_level="AUTOCOMMIT", connect_args'))
    assert_judged(
        RULE, f"{line}  # finding", env=ENV.replace("connect_args", 'isolation_level="SERIALIZABLE", connect_args')
    )
    assert_judged(
        RULE, f"{line}  # finding", env=f'{ENV}\nelsewhere = create_engine("x", isolation_level="AUTOCOMMIT")\n'
    )


def test_the_way_back_fails_too_and_weighs_less() -> None:
    (finding,) = assert_judged(RULE, "pass", 'op.drop_index("i", postgresql_concurrently=True)  # finding')
    assert finding.severity is Severity.WARNING


def test_the_block_is_suggested_for_a_statement_that_is_alone() -> None:
    line = 'op.drop_index("i", postgresql_concurrently=True)'
    assert repaired(RULE, line) == f"with op.get_context().autocommit_block():\n    {line}"
    assert repaired(RULE, f'op.add_column("orders", sa.Column("n", sa.Text()))\n{line}') is None
    assert repaired(RULE, f'op.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS n text")\n{line}') is None


def test_what_a_merged_revision_did_the_same_way_has_worked() -> None:
    line = 'op.drop_index("i", postgresql_concurrently=True)'
    merged = 'def upgrade():\n    op.create_index("i", "orders", ["user_id"], postgresql_concurrently=True)\n'
    assert_judged(RULE, line, before=merged)
    for other in ('drop_index("j", postgresql_concurrently=True)', 'execute("REINDEX TABLE CONCURRENTLY orders")'):
        assert_judged(RULE, line, before=f"def upgrade():\n    op.{other}\n")
    detached = 'def upgrade():\n    op.execute("ALTER TABLE events DETACH PARTITION old CONCURRENTLY")\n'
    assert_judged(RULE, line, before=detached)
    inside = "def upgrade():\n    with op.get_context().autocommit_block():\n"
    assert_judged(RULE, f"{line}  # finding", before=inside + f"        {line}\n")
    assert_judged(RULE, f"{line}  # finding", before=merged.replace(", postgresql_concurrently=True", ""))
