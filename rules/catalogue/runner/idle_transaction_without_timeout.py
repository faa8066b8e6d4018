"""The migrations have no `idle_in_transaction_session_timeout`.

A runner that hangs between two statements, a pod that is stopped, keeps its locks until somebody ends its session.
`-c idle_in_transaction_session_timeout=60000` ends it after a minute. From PostgreSQL 17 on
`transaction_timeout` bounds the whole transaction.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.model.finding import Finding, Severity
from rules.rule import Bad, Good, Rule
from rules.runner import Run

_ENV = '''"""Runs the migrations."""

from alembic import context
from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg://localhost/shop", connect_args={"options": "-c lock_timeout=60000"})

with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
'''
_NOTE = """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.OFF,
    examples=(
        Bad(_NOTE, env=_ENV, settings="rules:\n  idle-transaction-without-timeout: notice\n"),
        Good(
            _NOTE,
            env=_ENV.replace("=60000", "=60000 -c idle_in_transaction_session_timeout=60000"),
            settings="rules:\n  idle-transaction-without-timeout: notice\n",
            because="an idle transaction is ended after a minute",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-IN-TRANSACTION-SESSION-TIMEOUT",
    ),
    known_as={"pgfence": ("missing-idle-timeout",)},
)

WANTED = ("idle_in_transaction_session_timeout", "transaction_timeout")


@rule.on(Run)
def check(run: Run, scene: Scene) -> Iterator[Finding]:
    if run.runner.sessions_known and run.scripts and not any(run.runner.setting(name) for name in WANTED):
        yield rule.finding(
            run.place,
            "The migrations have no `idle_in_transaction_session_timeout`: a runner that hangs keeps its locks.",
            advice="Give the connection one of a minute.",
            subject=WANTED[0],
        )
