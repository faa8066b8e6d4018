"""`context.configure(...)` takes an option that Alembic does not know, and ignores it.

It accepts any keyword and keeps it for whoever asks. `postgresql_set_session_options={"lock_timeout": "4s"}` looks like
a safety belt and does nothing: `SHOW lock_timeout` stays 0. A misspelt `transaction_per_migrations=True` leaves all
revisions in one transaction.

Timeouts are options of the connection: `connect_args={"options": "-c lock_timeout=4000"}`, with asyncpg
`connect_args={"server_settings": {"lock_timeout": "4000"}}`. An option that your own code reads from the migration
context is not spoken of.
"""

import inspect
import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache

from rules.context import Scene
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.place import Place
from rules.rule import Bad, Fixes, Good, Rule
from rules.runner import Configure, Option, Run
from rules.runner.edits import replaced_text, without_option

_ENV = '''"""Runs the migrations."""

from alembic import context
from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg://localhost/shop", connect_args={"options": "-c lock_timeout=60000"})

with engine.connect() as connection:
    context.configure(
        connection=connection,
        transaction_per_migration=True,
        postgresql_set_session_options={"statement_timeout": "30min"},
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
    severity=Severity.WARNING,
    fixes=Fixes.SUGGESTION,
    examples=(
        Bad(
            _NOTE,
            env=_ENV,
            env_becomes=_ENV.replace(
                'True,\n        postgresql_set_session_options={"statement_timeout": "30min"},', "True,"
            ),
        ),
        Bad(
            _NOTE,
            env=_ENV.replace('postgresql_set_session_options={"statement_timeout": "30min"}', "compare_types=True"),
            env_becomes=_ENV.replace(
                'postgresql_set_session_options={"statement_timeout": "30min"}', "compare_type=True"
            ),
        ),
        Good(
            _NOTE,
            env=_ENV.replace('postgresql_set_session_options={"statement_timeout": "30min"}', "compare_type=True"),
            because="Alembic knows the option",
        ),
    ),
    references=(
        "https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.environment.EnvironmentContext.configure",
    ),
)

_ELSEWHERE = frozenset(
    {
        "version_table",
        "version_table_schema",
        "version_table_pk",
        "include_symbol",
        "as_sql",
        "compare_foreign_keys",
        "mssql_batch_separator",
        "oracle_batch_separator",
    }
)
"""Taken as any keyword, and read by Alembic or by what extends it; old names among them."""
_TIMEOUT = re.compile(r"timeout|session|isolation|connect|postgres|options|application_name")


@rule.on(Run)
def check(run: Run, scene: Scene) -> Iterator[Finding]:
    said: set[str] = set()
    for configure in run.runner.configures:
        for name, option in configure.options.items():
            if name not in known_options() and name not in said and not _is_read(name, run):
                said.add(name)
                yield _finding(option, configure, run)


@cache
def known_options() -> frozenset[str]:
    from alembic.runtime.environment import EnvironmentContext  # takes half a second, with all of SQLAlchemy

    parameters = inspect.signature(EnvironmentContext.configure).parameters
    return frozenset(parameters) - {"self", "kw"} | _ELSEWHERE


def _is_read(name: str, run: Run) -> bool:
    """Whether somebody asks the migration context for it: by its name in quotes."""
    asked = re.compile(rf"(?:opts|get)\s*[\[(]\s*['\"]{re.escape(name)}['\"]")
    texts = [run.runner.source.text, *(script.text for script in run.scripts)]
    return any(asked.search(text) for text in texts)


def _finding(option: Option, configure: Configure, run: Run) -> Finding:
    near = get_close_matches(option.name, known_options(), 1, 0.8)
    if near and near[0] not in configure.options:
        advice = f"Did you mean `{near[0]}`?"
    elif _TIMEOUT.search(option.name):
        advice = "Take it out; what belongs to the connection goes into `connect_args` of the engine."
    else:
        advice = "Take it out."
    return rule.finding(
        option.place,
        f"Alembic knows no option `{option.name}`: `context.configure(...)` takes it and ignores it.",
        advice=advice,
        suggestion=_suggestion(option, configure, run, near[0] if near else None),
        subject=option.name,
    )


def _suggestion(option: Option, configure: Configure, run: Run, near: str | None) -> Suggestion | None:
    keyword = next((one for one in configure.node.keywords if one.arg == option.name), None)
    if keyword is None:
        return None
    if near and near not in configure.options:
        source = run.runner.source
        value = source.segment(keyword.value)
        place = Place(source.path, *source.start_of(keyword), *source.end_of(keyword))
        return replaced_text(run.runner, place, f"{near}={value}", f"Write {near}")
    return without_option(run.runner, configure.node, option.name, "Take out what is ignored")
