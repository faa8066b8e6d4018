"""A transaction cannot be begun on the migration's connection: one is open already.

Alembic opens the transaction before it calls `upgrade()`. `op.get_bind().begin()` therefore raises
`InvalidRequestError`, and so does `execution_options(isolation_level=...)` on that connection: the level cannot change
while a transaction is open. Inside `autocommit_block()` it is the same: there SQLAlchemy's own transaction is open,
though the server has none.

Remove the `with ...begin():` and leave its statements: they are in Alembic's transaction. For a part that
may fail by itself there is `begin_nested()`, a savepoint. To run outside a transaction, use
`with op.get_context().autocommit_block():`.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import TransactionControl, TransactionVerb
from rules.rewriting.blocks import without_with
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.SUGGESTION,
    downgrade=InDowngrade.LOWER,
    examples=(
        Bad(
            """def upgrade() -> None:
    connection = op.get_bind()
    with connection.begin():
        connection.execute(sa.text("COMMENT ON TABLE users IS 'People who buy'"))


def downgrade() -> None:
    op.execute("COMMENT ON TABLE users IS NULL")
""",
            becomes="""def upgrade() -> None:
    connection = op.get_bind()
    connection.execute(sa.text("COMMENT ON TABLE users IS 'People who buy'"))


def downgrade() -> None:
    op.execute("COMMENT ON TABLE users IS NULL")
""",
            fails="InvalidRequestError",
        ),
        Good(
            """def upgrade() -> None:
    connection = op.get_bind()
    with connection.begin_nested():
        connection.execute(sa.text("COMMENT ON TABLE users IS 'People who buy'"))


def downgrade() -> None:
    op.execute("COMMENT ON TABLE users IS NULL")
""",
            because="a savepoint stays inside Alembic's transaction",
        ),
    ),
    references=("https://docs.sqlalchemy.org/en/20/core/connections.html#using-transactions",),
)


@rule.on(TransactionControl)
def check(op: TransactionControl, context: Context) -> Iterator[Finding]:
    if op.verb is TransactionVerb.ISOLATION and not _has_ended(op, context):
        yield rule.finding(
            op.place,
            f"`{op.statement.cause}(isolation_level=...)` raises InvalidRequestError: the connection is in Alembic's "
            "transaction already.",
            advice="To run outside a transaction, use `with op.get_context().autocommit_block():`.",
        )
    if op.sql or op.verb is not TransactionVerb.BEGIN or _has_ended(op, context):
        return
    yield rule.finding(
        op.place,
        f"`{op.statement.cause}()` raises InvalidRequestError: the connection is in Alembic's transaction already.",
        advice="Remove it; what stands inside runs in that transaction. A savepoint is `begin_nested()`.",
        suggestion=without_with(context.script.text, op.place, "Leave it to Alembic's transaction"),
    )


def _has_ended(op: TransactionControl, context: Context) -> bool:
    """A commit above leaves no transaction; `commit-inside-migration` speaks of it."""
    return op.statement.transactional and any(
        not other.sql and other.verb.ends for other in context.earlier(TransactionControl)
    )
