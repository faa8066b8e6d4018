"""The migrations run without a transaction: a revision that fails stays half applied.

PostgreSQL rolls back almost every schema change, and that is what makes a failed migration harmless: mend it, run it
again. With `isolation_level="AUTOCOMMIT"` or `transactional_ddl=False` each statement is committed by itself; when the
third of five fails, two have happened, `alembic_version` says that none has, and the next attempt stops at the first
one ("already exists").

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

engine = create_engine("postgresql+psycopg://localhost/shop", connect_args={"options": "-c lock_timeout=60000"})

with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True, transactional_ddl=False)
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
        Bad(_NOTE, env=_ENV, env_becomes=_ENV.replace(", transactional_ddl=False", "")),
        Bad(
            _NOTE,
            env=_ENV.replace(", transactional_ddl=False", "").replace(
                "engine.connect()", 'engine.execution_options(isolation_level="AUTOCOMMIT").connect()'
            ),
        ),
        Good(
            _NOTE,
            env=_ENV.replace("transactional_ddl=False", "transactional_ddl=True"),
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
    switched = [each for each in runner.configures if each.constant("transactional_ddl", True) is False]
    suggestion: Suggestion | None = None
    if switched:
        place, what = switched[0].options["transactional_ddl"].place, "`transactional_ddl=False`"
        if len(switched) == 1:
            suggestion = without_option(runner, switched[0].node, "transactional_ddl", "Keep the transaction")
    elif runner.autocommit:
        place, what = runner.autocommit[0], '`isolation_level="AUTOCOMMIT"`'
    else:
        return
    yield rule.finding(
        place,
        f"{what} commits every statement of a migration by itself: a revision that fails stays half applied.",
        advice="Take it out; what refuses a transaction goes into an `autocommit_block()` of its revision.",
        suggestion=suggestion,
        subject=what,
    )
