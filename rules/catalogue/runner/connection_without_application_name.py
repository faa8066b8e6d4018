"""The migrations have no `application_name`.

Whoever looks at `pg_stat_activity` while a migration makes others wait sees a session without a name. With
`connect_args={"application_name": "alembic"}` (asyncpg: in `server_settings`) it says what it is.
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
        Bad(_NOTE, env=_ENV, settings="rules:\n  connection-without-application-name: notice\n"),
        Good(
            _NOTE,
            env=_ENV.replace("=60000", "=60000 -c application_name=alembic"),
            settings="rules:\n  connection-without-application-name: notice\n",
            because="the session has a name",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-APPLICATION-NAME",),
    known_as={"pgfence": ("missing-application-name",)},
)

WANTED = ("application_name",)


@rule.on(Run)
def check(run: Run, scene: Scene) -> Iterator[Finding]:
    if run.runner.sessions_known and run.scripts and not any(run.runner.setting(name) for name in WANTED):
        yield rule.finding(
            run.place,
            "The migrations have no `application_name`: in `pg_stat_activity` their session has no name.",
            advice="Give the connection one, `alembic` for example.",
            subject=WANTED[0],
        )
