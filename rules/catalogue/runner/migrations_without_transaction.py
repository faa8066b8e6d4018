"""The migrations run without a transaction: a revision that fails stays half applied.

PostgreSQL rolls back almost every schema change, and that is what makes a failed migration harmless: mend it, run it
again. With `isolation_level="AUTOCOMMIT"` each statement is committed by itself; when the third of five fails, two have
happened, `alembic_version` says that none has, and the next attempt stops at the first one ("already exists").

The few statements that refuse a transaction, concurrent index builds above all, go into
`with op.get_context().autocommit_block():` in their own revision.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.model.finding import Finding, Severity, Suggestion
from rules.rule import Bad, Fixes, Good, Rule
from rules.runner import Run
from rules.runner.edits import without_option

_ENV = '''"""Runs the migrations."""

from alembic import context
from sqlalchemy import create_engine

engine = create_engine(
    "postgresql+psycopg://localhost/shop",
    connect_args={"options": "-c lock_timeout=60000"},
    isolation_level="AUTOCOMMIT",
)

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
    severity=Severity.WARNING,
    fixes=Fixes.SUGGESTION,
    examples=(
        Bad(_NOTE, env=_ENV, env_becomes=_ENV.replace('\n    isolation_level="AUTOCOMMIT",', "")),
        Bad(
            _NOTE,
            env=_ENV.replace('\n    isolation_level="AUTOCOMMIT",', "").replace(
                "engine.connect()", 'engine.execution_options(isolation_level="AUTOCOMMIT").connect()'
            ),
        ),
        Good(
            _NOTE,
            env=_ENV.replace("AUTOCOMMIT", "REPEATABLE READ"),
            because="each revision is one transaction",
        ),
    ),
    references=(
        "https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.migration.MigrationContext.autocommit_block",
    ),
)


@rule.on(Run)
def check(run: Run, scene: Scene) -> Iterator[Finding]:
    runner = run.runner
    if not runner.autocommit:
        return
    yield rule.finding(
        runner.autocommit[0],
        '`isolation_level="AUTOCOMMIT"` commits every statement of a migration by itself: a revision that fails stays '
        "half applied.",
        advice="Take it out; what refuses a transaction goes into an `autocommit_block()` of its revision.",
        suggestion=_suggestion(run),
        subject="AUTOCOMMIT",
    )


def _suggestion(run: Run) -> Suggestion | None:
    runner = run.runner
    given = [call for call in runner.engines if any(one.arg == "isolation_level" for one in call.keywords)]
    if len(given) != 1 or len(runner.autocommit) != 1:
        return None
    return without_option(runner, given[0], "isolation_level", "Keep the transaction")
