"""A commit on the migration's own connection loses the record of the revision.

`op.get_bind()` is the connection on which Alembic holds its transaction. `.commit()` on it keeps the schema changes and
the rows so far, but Alembic does not notice: the row in `alembic_version` and every later revision of the run are
rolled back at the end. The command ends with exit code 0, and the next `upgrade head` fails because the objects exist.
This holds on psycopg2, psycopg and asyncpg. `.rollback()` throws the work away and leaves the same confusion. On
SQLAlchemy 1.4 a connection has no `commit()` at all.

For work in batches that commit on their own, write a revision of its own and put the loop inside `with
op.get_context().autocommit_block():`; there each statement commits by itself. A `.commit()` in the block is one too
many: it ends the transaction object that Alembic keeps for the block, and leaving the block raises InvalidRequestError.
Where env.py itself commits the connection after `run_migrations()`, the record is kept. Committing a
`Session(bind=op.get_bind())` is no way out: it commits nothing and frees no lock.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import TransactionControl, TransactionVerb
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.PLAN,
    downgrade=InDowngrade.LOWER,
    examples=(
        Bad(
            """def upgrade() -> None:
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE users SET name = 'unknown' WHERE id = 1"))
    connection.commit()


def downgrade() -> None:
    pass  # The old name was a test; nobody needs it back.
""",
        ),
        Good(
            """def upgrade() -> None:
    connection = op.get_bind()
    with op.get_context().autocommit_block():
        while connection.execute(
            sa.text(
                "UPDATE users SET name = 'unknown' WHERE id IN "
                "(SELECT id FROM users WHERE name IS NULL LIMIT 5000)"
            )
        ).rowcount:
            pass


def downgrade() -> None:
    pass
""",
            because="inside the block each batch commits by itself, and Alembic knows of it",
        ),
    ),
    references=(
        "https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.migration.MigrationContext.autocommit_block",
        "https://docs.sqlalchemy.org/en/20/core/connections.html#commit-as-you-go",
    ),
)


@rule.on(TransactionControl)
def check(op: TransactionControl, context: Context) -> Iterator[Finding]:
    if not op.statement.cause.endswith((".commit", ".rollback")):
        return
    written = f"`{op.statement.cause}()`"
    if not op.statement.transactional:
        yield rule.finding(
            op.place,
            f"{written} ends what Alembic keeps open around the block: leaving the block raises InvalidRequestError.",
            advice="Take it out; inside `autocommit_block()` each statement commits by itself.",
        )
        return
    if op.verb is TransactionVerb.COMMIT and context.environment.commits_behind:
        return
    yield rule.finding(
        op.place,
        f"{written} ends the transaction that Alembic records the revision in: the changes stay, "
        "the revision is not recorded, and the next run fails on what exists."
        if op.verb is TransactionVerb.COMMIT
        else f"{written} throws away what this revision did so far, and its record with it.",
        advice="Put work that commits on its own into `with op.get_context().autocommit_block():`, "
        "in a revision of its own.",
    )
