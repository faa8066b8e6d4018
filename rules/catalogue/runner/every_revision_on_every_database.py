"""`env.py` runs every revision on several databases, and the revisions do not say for which.

A loop over addresses with one script directory applies each revision to each database: the tables of the one appear in
the other as well. A branch label does not choose a database; it only names a line of revisions.

Alembic has a layout for this, `alembic init --template multidb`: env.py passes the name of the engine to
`context.run_migrations(engine_name=name)`, and a revision has a function for each, `upgrade_shop()`,
`upgrade_reports()`. Or give each database a script directory of its own.

Copies of one schema, a database for each tenant, are meant to be alike and are not spoken of.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.model.finding import Finding, Severity
from rules.rule import Bad, Good, Rule
from rules.runner import Run

_ENV = '''"""Runs the migrations."""

from alembic import context
from sqlalchemy import create_engine

URLS = ("postgresql+psycopg://localhost/shop", "postgresql+psycopg://localhost/reports")

for url in URLS:
    engine = create_engine(url, connect_args={"options": "-c lock_timeout=60000"})
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
    severity=Severity.NOTICE,
    examples=(
        Bad(_NOTE, env=_ENV),
        Good(
            _NOTE,
            env=_ENV.replace("URLS", "TENANT_URLS"),
            because="each tenant has a copy of one schema",
        ),
    ),
    references=(
        "https://alembic.sqlalchemy.org/en/latest/cookbook.html",
        "https://alembic.sqlalchemy.org/en/latest/branches.html",
    ),
)


@rule.on(Run)
def check(run: Run, scene: Scene) -> Iterator[Finding]:
    if run.runner.loop is None or not any(script.has_upgrade for script in run.scripts):
        return
    place, through = run.runner.loop
    yield rule.finding(
        place,
        f"The loop over `{through}` runs every revision on every database.",
        advice="Use Alembic's multidb layout (`upgrade_<name>()`), or a script directory for each database.",
        subject=through,
    )
