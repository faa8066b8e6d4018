"""Transactions or timeouts of the migrations hang on an environment variable.

If production runs each revision in a transaction of its own and every other environment all of them in one, then what
CI has tested is not what production runs: a label of an enum that is used too early, a validation under a lock, a
statement that needs a timeout show up in production first. Use one set of options everywhere.

The address, the schema, `echo` and the pool may differ; so may the length of a timeout that a variable holds.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.model.finding import Finding, Severity
from rules.model.place import Place
from rules.rule import Bad, Good, Rule
from rules.runner import Run

_ENV = '''"""Runs the migrations."""

import os

from alembic import context
from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg://localhost/shop", connect_args={"options": "-c lock_timeout=60000"})

with engine.connect() as connection:
    context.configure(
        connection=connection, transaction_per_migration=os.environ.get("ENVIRONMENT") == "production"
    )
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
    severity=Severity.NOTICE,
    examples=(
        Bad(_NOTE, env=_ENV),
        Good(
            _NOTE,
            env=_ENV.replace('os.environ.get("ENVIRONMENT") == "production"', "True").replace(
                '"postgresql+psycopg://localhost/shop"', 'os.environ["DATABASE_URL"]'
            ),
            because="only the address differs",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/api/runtime.html",),
)

OPTIONS = ("transaction_per_migration", "transactional_ddl")
TIMEOUTS = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "transaction_timeout")


@rule.on(Run)
def check(run: Run, scene: Scene) -> Iterator[Finding]:
    found = next(_differing(run), None)
    if found is not None:
        place, name = found
        yield rule.finding(
            place,
            f"`{name}` hangs on an environment variable: what CI runs is not what production runs.",
            advice="Use the same value everywhere.",
            subject=name,
        )


def _differing(run: Run) -> Iterator[tuple[Place, str]]:
    for configure in run.runner.configures:
        for name in OPTIONS:
            option = configure.options.get(name)
            if option is not None and option.varies:
                yield option.place, name
    for setting in run.runner.settings:
        if setting.name in TIMEOUTS and setting.varies:
            yield setting.place, setting.name
