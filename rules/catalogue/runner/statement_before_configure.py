"""A statement on the connection before `context.configure(...)` makes Alembic commit nothing.

SQLAlchemy 2 begins a transaction with the first statement of a connection. `context.configure(connection=connection)`
finds a transaction that Alembic did not begin, takes it for the caller's, and leaves it alone. When the connection is
closed it is rolled back: the migrations ran, the command ends with exit code 0, and the database is as it was.

Write `connection.commit()` directly behind the statement, do it inside `with connection.begin():`, or open the
connection by `with engine.begin() as connection:`, which commits at its end. A timeout is better an option of the
connection (`connect_args`).
"""

import re
from collections.abc import Iterator

from rules.context import Scene
from rules.model.finding import Finding, Severity
from rules.rule import Bad, Fixes, Good, Rule
from rules.runner import Run
from rules.runner.edits import line_behind

_ENV = '''"""Runs the migrations."""

from alembic import context
from sqlalchemy import create_engine, text

engine = create_engine("postgresql+psycopg://localhost/shop")

with engine.connect() as connection:
    connection.execute(text("SET lock_timeout = '60s'"))
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
'''
_SET = """    connection.execute(text("SET lock_timeout = '60s'"))
"""
_NOTE = """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.SUGGESTION,
    examples=(
        Bad(_NOTE, env=_ENV, env_becomes=_ENV.replace(_SET, f"{_SET}    connection.commit()\n")),
        Good(
            _NOTE,
            env=_ENV.replace(_SET, f"    with connection.begin():\n    {_SET}"),
            because="the transaction of the statement is ended before Alembic begins its own",
        ),
        Good(
            _NOTE,
            env=_ENV.replace("engine.connect()", "engine.begin()"),
            because="env.py commits the whole run itself",
        ),
    ),
    references=(
        "https://docs.sqlalchemy.org/en/20/core/connections.html#commit-as-you-go",
        "https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.environment.EnvironmentContext.configure",
    ),
)

_BEFORE_2 = re.compile(r"sqlalchemy(?:\[[^\]]*\])?\s*(?:~=\s*1|==\s*1|[^\"'\n]*<\s*2)", re.IGNORECASE)
_STATED_IN = ("pyproject.toml", "setup.cfg", "requirements.txt")


@rule.on(Run)
def check(run: Run, scene: Scene) -> Iterator[Finding]:
    if run.runner.autocommit or any(_BEFORE_2.search(run.texts.get(path) or "") for path in _STATED_IN):
        return
    for place, call in run.runner.stray:
        connection = call.rpartition(".")[0]
        commit = "await " if run.runner.source.line(place.line)[: place.column].rstrip().endswith("await") else ""
        yield rule.finding(
            place,
            f"`{call}(...)` begins a transaction before `context.configure(...)`: Alembic takes it for the caller's, "
            "and nothing of the run is committed, with exit code 0.",
            advice=f"Write `{connection}.commit()` directly behind it.",
            suggestion=line_behind(run.runner, place, f"{commit}{connection}.commit()", "Commit before configuring"),
            subject=call,
        )
