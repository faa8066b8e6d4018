"""An advisory lock taken inside a migration comes too late, and its unlock hides the real error.

When `upgrade()` runs, Alembic has read the version and planned its steps. A second runner that waits for the lock goes
on with the plan that it made before, and repeats the revision that the first one has just finished.

`pg_advisory_unlock` in a `finally:` fails as well when the migration has failed, because the transaction is aborted;
what people then see is the error of the unlock, not that of the migration.

Take the lock in `env.py`, before the run: ask `pg_try_advisory_lock` again and again until it says yes, commit after
each try, and only then call `context.configure()`. A runner that *waits* inside `pg_advisory_lock` holds a snapshot, on
which the concurrent index build of the first runner waits in turn.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import Select
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.PLAN,
    downgrade=InDowngrade.LOWER,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("SELECT pg_advisory_xact_lock(4711)")
    op.execute("COMMENT ON TABLE users IS 'People who buy'")


def downgrade() -> None:
    op.execute("COMMENT ON TABLE users IS NULL")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("COMMENT ON TABLE users IS 'Serialised by pg_advisory_lock(4711) in env.py'")


def downgrade() -> None:
    op.execute("COMMENT ON TABLE users IS NULL")
""",
            because="the text only names the function, it does not call it",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS",
        "https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADVISORY-LOCKS",
    ),
)

TAKEN_BY = {
    "pg_advisory_lock",
    "pg_advisory_lock_shared",
    "pg_advisory_xact_lock",
    "pg_advisory_xact_lock_shared",
}


@rule.on(Select)
def check(op: Select, context: Context) -> Iterator[Finding]:
    taken = next((function for function in op.functions if function in TAKEN_BY), None)
    if taken is None:
        return
    yield rule.finding(
        op.place,
        f"`{taken}` runs after Alembic has planned the steps: a runner that waited here repeats the revision.",
        advice="Take the lock in `env.py` before the run: poll `pg_try_advisory_lock`, commit, then configure.",
    )
