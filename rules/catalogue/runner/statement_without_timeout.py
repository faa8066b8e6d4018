"""The migrations have no `statement_timeout`, or a short one over work that takes long.

A statement that runs away, a type change on a table that grew, holds its lock until somebody ends it. A timeout of half
an hour ends it by itself. But a timeout under a minute ends concurrent index builds, `VALIDATE CONSTRAINT` and
backfills, which are long on purpose: give those `SET statement_timeout = 0`, and `RESET` it behind them.
"""

from collections.abc import Iterator

from rules.context import Scene, Step
from rules.model.finding import Finding, Severity
from rules.model.operations import Delete, Insert, Setting, Update, ValidateConstraint
from rules.rule import Bad, Good, Rule
from rules.runner import Run
from rules.runner.durations import is_off, is_short
from rules.runner.run import waits_long

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
        Bad(_NOTE, env=_ENV, settings="rules:\n  statement-without-timeout: notice\n"),
        Good(
            _NOTE,
            env=_ENV.replace("=60000", "=60000 -c statement_timeout=30min"),
            settings="rules:\n  statement-without-timeout: notice\n",
            because="there is one",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT",),
    known_as={
        "squawk": ("require-statement-timeout",),
        "migrationpilot": ("MP020",),
        "pgfence": ("missing-statement-timeout", "statement-timeout-too-long"),
    },
)


@rule.on(Run)
def check(run: Run, scene: Scene) -> Iterator[Finding]:
    found = run.runner.setting("statement_timeout")
    if found is None or is_off(found.value):
        if run.runner.sessions_known and run.scripts:
            yield rule.finding(
                run.place,
                "The migrations have no `statement_timeout`: a statement that runs away keeps its lock.",
                advice="Give the connection one of some minutes.",
                subject="none",
            )
        return
    long = _long_work(run) if is_short(found.value) else None
    if long is not None:
        yield rule.finding(
            found.place,
            f"`statement_timeout` is `{found.value}` while `{long}` does work that takes as long as the table is big.",
            advice="Switch it off around that statement: `SET statement_timeout = 0`, and `RESET` behind it.",
            subject="short",
        )


def _long_work(run: Run) -> str | None:
    for script in run.scripts:
        own = False
        for step in run.steps_of(script):
            operation = step.operation
            if isinstance(operation, Setting) and operation.name.lower() == "statement_timeout":
                own = operation.value is not None
            elif not own and _takes_long(step):
                return script.path
    return None


def _takes_long(step: Step) -> bool:
    operation = step.operation
    if isinstance(operation, Insert | Update | Delete):
        return not step.schema.rows_of(operation).few
    return isinstance(operation, ValidateConstraint) or waits_long(operation)
