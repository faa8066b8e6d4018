"""A string with several statements is refused by asyncpg.

It prepares each string that it is given, and PostgreSQL prepares one statement at a time: "cannot insert multiple
commands into a prepared statement". psycopg2 and psycopg send the same string without complaint, so it may have worked
elsewhere. Semicolons inside literals and function bodies do not count.

Give each statement its own `op.execute`.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import Operation
from rules.reading.sql import split
from rules.rewriting.pieces import one_call_each
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule

ASYNCPG = '''"""Runs the migrations."""

import os

from alembic import context
from sqlalchemy import create_engine

engine = create_engine(
    os.environ.get("DATABASE_URL", "postgresql+asyncpg://localhost/shop"),
    connect_args={"options": "-c lock_timeout=4000"},
)

with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
'''

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.SUGGESTION,
    downgrade=InDowngrade.LOWER,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("COMMENT ON TABLE users IS 'People who buy'; COMMENT ON TABLE orders IS 'What they bought';")


def downgrade() -> None:
    pass
""",
            becomes="""def upgrade() -> None:
    op.execute("COMMENT ON TABLE users IS 'People who buy'")
    op.execute("COMMENT ON TABLE orders IS 'What they bought'")


def downgrade() -> None:
    pass
""",
            env=ASYNCPG,
        ),
        Good(
            """def upgrade() -> None:
    op.execute("COMMENT ON TABLE users IS 'People who buy'; COMMENT ON TABLE orders IS 'What they bought';")


def downgrade() -> None:
    pass
""",
            because="`env.py` does not use asyncpg, and psycopg sends both",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("COMMENT ON TABLE users IS 'People; who buy';")


def downgrade() -> None:
    pass
""",
            env=ASYNCPG,
            because="the semicolon inside the literal ends no statement",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY",),
)


@rule.on(Operation)
def check(op: Operation, context: Context) -> Iterator[Finding]:
    pieces = split(op.sql) if context.environment.driver == "asyncpg" else ()
    if len(pieces) < 2:
        return
    yield rule.finding(
        op.place,
        f"A string with {len(pieces)} statements is refused by asyncpg, which can prepare only one.",
        advice="Give each statement its own `op.execute`.",
        suggestion=one_call_each(context.script.text, op.statement, "One call for each statement"),
    )
