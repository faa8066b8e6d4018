"""Commits on the migration's own connection are named, wherever the connection comes from."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged

RULE = "commit-inside-migration"


@pytest.mark.parametrize("connection", ["op.get_bind()", "op.get_context().connection", "op.get_context().bind"])
@pytest.mark.parametrize("verb", ["commit", "rollback"])
def test_a_commit_on_the_connection_is_named(connection: str, verb: str) -> None:
    assert_judged(RULE, f"{connection}.{verb}()  # finding")
    assert_judged(RULE, f"c = {connection}\nc.{verb}()  # finding")
    assert_judged(RULE, f"{connection}.get_transaction().{verb}()  # finding")


@pytest.mark.parametrize("verb", ["commit", "rollback"])
def test_what_the_driver_commits_below_sqlalchemy_is_not(verb: str) -> None:
    """SQLAlchemy's transaction stays open: the revision is recorded."""
    assert_judged(RULE, f"op.get_bind().connection.{verb}()")
    assert_judged(RULE, f"op.get_bind().connection.dbapi_connection.{verb}()")


ENV = """from alembic import context
from sqlalchemy import create_engine

with create_engine(url).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
    {}
"""


def test_where_env_py_commits_behind_the_migrations_the_record_is_kept() -> None:
    commit, rollback = "op.get_bind().commit()", "op.get_bind().rollback()"
    assert_judged(RULE, commit, env=ENV.format("connection.commit()"))
    assert_judged(RULE, f"{commit}  # finding", env=ENV.format("connection.close()"))
    assert_judged(RULE, f"{rollback}  # finding", env=ENV.format("connection.commit()"))
    block = f"with op.get_context().autocommit_block():\n    {commit}  # finding"
    assert_judged(RULE, block, env=ENV.format("connection.commit()"))


def test_a_commit_in_a_loop_over_rows_is_named() -> None:
    assert_judged(
        RULE,
        """
        c = op.get_bind()
        for row in c.execute(sa.text("SELECT id FROM users")):
            c.commit()  # finding
        """,
    )


def test_a_downgrade_is_judged_one_level_lower() -> None:
    (found,) = assert_judged(RULE, "pass", "op.get_bind().commit()  # finding")
    assert found.severity == "warning"


@pytest.mark.parametrize("verb", ["commit", "rollback"])
def test_inside_the_block_it_ends_what_alembic_keeps_open(verb: str) -> None:
    (found,) = assert_judged(RULE, f"with op.get_context().autocommit_block():\n    op.get_bind().{verb}()  # finding")
    assert "InvalidRequestError" in found.message


def test_a_commit_in_text_is_another_rules_matter() -> None:
    assert_judged(RULE, 'op.execute("COMMIT")')


def test_a_session_commits_nothing() -> None:
    assert_judged(RULE, "from sqlalchemy.orm import Session\nSession(bind=op.get_bind()).commit()")


def test_a_transaction_that_cannot_begin_does_not_commit() -> None:
    assert_judged(RULE, 'with op.get_bind().begin():\n    op.execute("SELECT 1")')
