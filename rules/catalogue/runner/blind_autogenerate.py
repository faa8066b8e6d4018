"""Autogenerate is told not to compare types.

With `compare_type=False`, and before Alembic 1.12 by default, `alembic revision --autogenerate` and `alembic check` do
not see that a column of a model has another type than the column of the table. The change is never migrated. Leave the
option out, or write `compare_type=True`; a function for it may leave out single columns.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.model.finding import Finding, Severity
from rules.rule import Bad, Fixes, Good, Rule
from rules.runner import Run
from rules.runner.edits import without_option

_ENV = '''"""Runs the migrations."""

from alembic import context
from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg://localhost/shop", connect_args={"options": "-c lock_timeout=60000"})

with engine.connect() as connection:
    context.configure(connection=connection, compare_type=False, transaction_per_migration=True)
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
    fixes=Fixes.SUGGESTION,
    examples=(
        Bad(
            _NOTE,
            env=_ENV,
            env_becomes=_ENV.replace(", compare_type=False", ""),
            settings="rules:\n  blind-autogenerate: notice\n",
        ),
        Good(
            _NOTE,
            env=_ENV.replace("compare_type=False", "compare_type=True"),
            settings="rules:\n  blind-autogenerate: notice\n",
            because="types are compared",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/autogenerate.html#comparing-types",),
)


@rule.on(Run)
def check(run: Run, scene: Scene) -> Iterator[Finding]:
    for configure in run.runner.configures:
        if configure.constant("compare_type", True) is False:
            yield rule.finding(
                configure.options["compare_type"].place,
                "`compare_type=False`: autogenerate and `alembic check` do not see that a column's type changed.",
                advice="Leave the option out.",
                suggestion=without_option(run.runner, configure.node, "compare_type", "Compare types"),
                subject="compare_type",
            )
            return
