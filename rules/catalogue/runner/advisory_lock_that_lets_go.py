"""An advisory lock in env.py that does not keep two runs apart.

`pg_advisory_xact_lock` ends with its transaction. With `transaction_per_migration=True` that is the end of the first
revision: from there on a second runner migrates at the same time.

`pg_advisory_lock` stays, but a runner that waits in it has a snapshot open, and a concurrent index build of the other
runner waits for every snapshot: each waits for the other, and PostgreSQL ends one of them as a deadlock.

Ask again and again instead, and commit after each try, before `context.configure(...)`:

    while not connection.scalar(text("SELECT pg_try_advisory_lock(hashtext('alembic'))")):
        connection.commit()
        time.sleep(1)
    connection.commit()

It does not work through a pooler in transaction mode.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.model.finding import Finding, Severity
from rules.rule import Bad, Good, Rule
from rules.runner import Run
from rules.runner.run import waits_long

_ENV = '''"""Runs the migrations."""

import time

from alembic import context
from sqlalchemy import create_engine, text

engine = create_engine("postgresql+psycopg://localhost/shop", connect_args={"options": "-c lock_timeout=60000"})

with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(4711)"))
        context.run_migrations()
'''
_POLLING = '''"""Runs the migrations."""

import time

from alembic import context
from sqlalchemy import create_engine, text

engine = create_engine("postgresql+psycopg://localhost/shop", connect_args={"options": "-c lock_timeout=60000"})

with engine.connect() as connection:
    while not connection.scalar(text("SELECT pg_try_advisory_lock(hashtext('alembic'))")):
        connection.commit()
        time.sleep(1)
    connection.commit()
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
'''
_WAITING = """    connection.execute(text("SELECT pg_advisory_lock(4711)"))
    connection.commit()
"""
_CONFIGURE = "    context.configure("
_BUILD = """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_user_id", "orders", ["user_id"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("ix_orders_user_id", table_name="orders")
"""
_NOTE = """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
"""
_WITHOUT = _ENV.replace('        connection.execute(text("SELECT pg_advisory_xact_lock(4711)"))\n', "")

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    examples=(
        Bad(_NOTE, env=_ENV),
        Bad(_BUILD, env=_WITHOUT.replace(_CONFIGURE, _WAITING + _CONFIGURE)),
        Good(_BUILD, env=_POLLING, because="it asks again and again, and waits in no statement"),
    ),
    references=("https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS",),
)


@rule.on(Run)
def check(run: Run, scene: Scene) -> Iterator[Finding]:
    runner = run.runner
    stray = {place for place, _ in runner.stray}
    for lock in runner.locks:
        if any(place.line == lock.place.line for place in stray):
            continue
        if lock.function == "pg_advisory_xact_lock":
            if not runner.everywhere("transaction_per_migration", True):
                continue
            message = (
                "`pg_advisory_xact_lock` ends with the first revision, because each has a transaction of its own: "
                "a second runner migrates at the same time from there on."
            )
        else:
            builder = next((step.script.path for step in run.steps() if waits_long(step.operation)), None)
            if builder is None:
                continue
            message = (
                f"A runner that waits in `pg_advisory_lock` keeps a snapshot open, and the concurrent build of "
                f"`{builder}` waits for every snapshot: the two deadlock."
            )
        yield rule.finding(
            lock.place,
            message,
            advice="Poll `pg_try_advisory_lock` and commit after each try, as the page of this rule shows.",
            subject=lock.function,
        )
        return
