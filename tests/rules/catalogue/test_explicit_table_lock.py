"""A lock that waits without limit."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged

LIMITED = """from alembic import context
from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg://localhost/shop", connect_args={"options": "-c lock_timeout=4000"})
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""
BLOCK = "with op.get_context().autocommit_block():\n    "
NEW = "op.create_table('t', sa.Column('a', sa.Integer()))\n"
UNLIMITED = """from alembic import context
from sqlalchemy import create_engine

with create_engine("postgresql+psycopg://localhost/shop").connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ("SET lock_timeout = '4s'", False),
        ("SET LOCAL lock_timeout = 4000", False),
        ("SET lock_timeout = 0", True),
        ("SET lock_timeout = '0s'", True),
        ("SET lock_timeout = '0ms'", True),
        ("RESET lock_timeout", True),
        ("SET statement_timeout = '4s'", True),
    ],
)
@pytest.mark.parametrize("mode", ["SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"])
def test_a_lock_without_limit(setting: str, named: bool, mode: str) -> None:
    env = "from alembic import context\ncontext.configure(connection=one, transaction_per_migration=True)\n"
    lock = f"op.execute('LOCK TABLE orders IN {mode} MODE')"
    assert_judged("explicit-table-lock", f'op.execute("{setting}")\n{lock}{"  # finding" if named else ""}', env=env)


@pytest.mark.parametrize(
    ("above", "named"),
    [
        (["SELECT 1"], False),
        (["SET LOCAL lock_timeout = 0"], True),
        (["SET lock_timeout TO DEFAULT", "SET lock_timeout = 0"], True),
        (["SET lock_timeout = 0", "RESET lock_timeout"], False),
        (["SET lock_timeout = 0", "RESET ALL"], False),
        (["SET statement_timeout = 0"], False),
    ],
)
def test_the_limit_of_the_session_may_be_taken_away(above: list[str], named: bool) -> None:
    lock = f"op.execute('LOCK TABLE orders'){'  # finding' if named else ''}"
    lines = [f"op.execute('{sql}')" for sql in above]
    assert_judged("explicit-table-lock", "\n".join([*lines, lock]), env=LIMITED)


@pytest.mark.parametrize(
    ("above", "named"),
    [
        ("op.execute(\"SELECT set_config('lock_timeout', '4s', true)\")\n", False),
        ("op.execute(\"SELECT pg_catalog.set_config('lock_timeout', '4s', false)\")\n", False),
        ("op.execute(\"SELECT set_config('lock_timeout', '0', false)\")\n", True),
        ("op.execute(\"SELECT set_config('work_mem', '1GB', false)\")\n", True),
        ("op.execute(\"SELECT set_config('lock_timeout', '4s', true), 1\")\n", True),
        ("op.execute('SET lock_timeout = 4000')\nop.execute('RESET lock_timeout')\n", True),
        (f"{BLOCK}op.execute('SET lock_timeout = 4000')\n", False),
        (f"op.execute('SET LOCAL lock_timeout = 4000')\n{BLOCK}op.execute('SELECT 1')\n", True),
    ],
)
def test_the_limit_that_the_revision_sets_holds_where_the_lock_is_taken(above: str, named: bool) -> None:
    env = "from alembic import context\ncontext.configure(connection=one, transaction_per_migration=True)\n"
    lock = f"op.execute('LOCK TABLE orders'){'  # finding' if named else ''}"
    assert_judged("explicit-table-lock", above + lock, env=env)


def test_weaker_locks_and_new_tables_are_silent() -> None:
    env = "from alembic import context\ncontext.configure(connection=one)\n"
    for mode in ("ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE"):
        assert_judged("explicit-table-lock", f"op.execute('LOCK TABLE orders IN {mode} MODE')", env=env)
    assert_judged("explicit-table-lock", "op.execute('LOCK TABLE orders IN SHARE MODE NOWAIT')", env=env)
    assert_judged("explicit-table-lock", f"{NEW}op.execute('LOCK TABLE t IN SHARE MODE')", env=env)


def test_a_lock_without_limit_waits_for_ever() -> None:
    rule, lock = "explicit-table-lock", 'op.execute("LOCK TABLE users IN {} MODE")'
    assert_judged(rule, lock.format("ACCESS EXCLUSIVE") + "  # finding", env=UNLIMITED)
    assert_judged(rule, 'op.execute("LOCK TABLE users")  # finding', env=UNLIMITED)
    assert_judged(rule, lock.format("ROW EXCLUSIVE"), env=UNLIMITED)
    assert_judged(rule, 'op.execute("LOCK TABLE users NOWAIT")', env=UNLIMITED)
    assert_judged(rule, 'op.execute("LOCK TABLE users")')
    assert_judged(rule, 'op.execute("LOCK TABLE users")', env=UNLIMITED, settings="lock_timeout: 4s\n")
    limit = "op.execute(\"SET LOCAL lock_timeout = '{}'\")\n"
    assert_judged(rule, limit.format("4s") + 'op.execute("LOCK TABLE users")', env=UNLIMITED)
    assert_judged(rule, limit.format("0") + 'op.execute("LOCK TABLE users")  # finding', env=UNLIMITED)
