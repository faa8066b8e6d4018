"""A function for `on_version_apply` that does not take what Alembic calls it with.

It is called with the keywords `ctx`, `step`, `heads` and `run_args`, after each revision. A function with other
parameters stops the first revision with a TypeError: nothing is migrated. There is no callback before a revision.
Write `def after(ctx, step, heads, run_args, **kw):`.
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


def after_migration(ctx, revision, heads):
    print("Applied", revision)


with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True, on_version_apply=after_migration)
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
    severity=Severity.ERROR,
    examples=(
        Bad(_NOTE, env=_ENV),
        Good(
            _NOTE,
            env=_ENV.replace("(ctx, revision, heads)", "(ctx, step, heads, run_args, **kw)").replace(
                "revision)", "step)"
            ),
            because="it takes the keywords with which it is called",
        ),
    ),
    references=(
        "https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.environment.EnvironmentContext.configure.params.on_version_apply",
    ),
)


@rule.on(Run)
def check(run: Run, scene: Scene) -> Iterator[Finding]:
    for callback in run.runner.callbacks:
        parameters = ", ".join(callback.parameters) or "nothing"
        yield rule.finding(
            callback.place,
            f"`{callback.name}` takes {f'`{parameters}`' if callback.parameters else parameters}, and Alembic calls it "
            "with the keywords `ctx`, `step`, `heads` and `run_args`: the first revision ends in a TypeError.",
            advice="Declare it as `(ctx, step, heads, run_args, **kw)`.",
            subject=callback.name,
        )
