"""`LOCK TABLE` without a limit waits, and makes others wait, for as long as it takes.

The statement waits until it gets the lock; everybody whose work conflicts with it queues behind it. Then the lock is
held until the transaction ends. `NOWAIT`, or a lock timeout, makes it give up instead.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import LockTable
from rules.rewriting import statement_above
from rules.rule import Bad, Fixes, Good, Rule
from rules.runner.timeouts import waits_without_limit

STRONG = ("SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE")
_ENV = """from alembic import context
from sqlalchemy import create_engine

with create_engine("postgresql+psycopg://localhost/shop").connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.SUGGESTION,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("LOCK TABLE users IN SHARE MODE")


def downgrade() -> None:
    pass
""",
            becomes="""def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("LOCK TABLE users IN SHARE MODE")


def downgrade() -> None:
    pass
""",
            env=_ENV,
        ),
        Good(
            """def upgrade() -> None:
    op.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE NOWAIT")


def downgrade() -> None:
    pass
""",
            env=_ENV,
            because="it gives up at once if somebody holds the table",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-lock.html",),
    known_as={"migrationpilot": ("MP065",)},
)


@rule.on(LockTable)
def check(op: LockTable, context: Context) -> Iterator[Finding]:
    if op.nowait or op.mode.upper() not in STRONG or context.is_new(op.table) or not waits_without_limit(context):
        return
    yield rule.finding(
        op.place,
        f"This waits for `{op.table}` without limit, and whoever comes later waits behind it.",
        advice="Set a lock timeout above it, or add NOWAIT.",
        suggestion=statement_above(
            context.script.text,
            op.statement,
            "op.execute(\"SET LOCAL lock_timeout = '4s'\")",
            "Give up after 4 seconds",
        ),
    )
