"""A COMMIT, ROLLBACK or BEGIN in SQL text works against the transaction that Alembic keeps.

Alembic opens the transaction and records the revision in it. Text that ends it behind Alembic's back does different
things on different drivers:

- `COMMIT` ends it on psycopg2 and asyncpg. On psycopg 3 the driver opens the next one at once, so a concurrent build
  after it still fails with error 25001. Wherever it works, what follows runs without protection: when a later statement
  fails, what was created in between stays, and the next attempt stumbles over it.
- `ROLLBACK` throws away what the revision did so far. The run fails, or goes on and forgets the revision.
- `BEGIN` does nothing but draw a warning, because a transaction is open already.

To leave the transaction for a statement that needs it, use `with op.get_context().autocommit_block():` (Alembic 1.2 or
newer), alone in its revision. `SAVEPOINT` and `RELEASE` are fine, and so is a `BEGIN ... COMMIT` of your own inside
`autocommit_block()`.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.operations import CreateIndex, DetachPartition, DropIndex, Reindex, TransactionControl, TransactionVerb
from rules.rewriting.blocks import block_instead_of
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.BOTH,
    downgrade=InDowngrade.LOWER,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("COMMIT")
    op.create_index("ix_orders_user_id", "orders", ["user_id"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("ix_orders_user_id", table_name="orders")
""",
            becomes="""def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_orders_user_id", "orders", ["user_id"], postgresql_concurrently=True
        )


def downgrade() -> None:
    op.drop_index("ix_orders_user_id", table_name="orders")
""",
            fails="cannot run inside a transaction block",
        ),
        Bad(
            """def upgrade() -> None:
    op.execute("BEGIN; COMMENT ON TABLE users IS 'People who buy'; COMMIT")


def downgrade() -> None:
    op.execute("COMMENT ON TABLE users IS NULL")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.execute(
        \"\"\"
        DO $$
        BEGIN
            COMMENT ON TABLE users IS 'People who buy';
        END
        $$
        \"\"\"
    )


def downgrade() -> None:
    op.execute("COMMENT ON TABLE users IS NULL")
""",
            because="`BEGIN` and `END` of PL/pgSQL enclose a block and end no transaction",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("SAVEPOINT before_comment")
    op.execute("COMMENT ON TABLE users IS 'People who buy'")
    op.execute("RELEASE SAVEPOINT before_comment")


def downgrade() -> None:
    op.execute("COMMENT ON TABLE users IS NULL")
""",
            because="a savepoint stays inside the transaction",
        ),
    ),
    references=(
        "https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.migration.MigrationContext.autocommit_block",
        "https://www.postgresql.org/docs/current/sql-commit.html",
    ),
    known_as={
        "squawk": ("transaction-nesting", "ban-uncommitted-transaction"),
        "migrationpilot": ("MP053",),
        "pgfence": ("unclosed-transaction",),
        "bytebase": ("statement.disallow-commit",),
    },
)

MESSAGES = {
    TransactionVerb.COMMIT: "`COMMIT` in SQL text ends Alembic's transaction behind its back: what follows stays even "
    "if the revision fails, and on psycopg 3 the next statement is inside a transaction again.",
    TransactionVerb.ROLLBACK: "`ROLLBACK` in SQL text throws away what this revision did so far; the run fails, or "
    "goes on and forgets it.",
    TransactionVerb.BEGIN: "`BEGIN` in SQL text opens nothing: the transaction is open already, PostgreSQL warns.",
}


@rule.on(TransactionControl)
def check(op: TransactionControl, context: Context) -> Iterator[Finding]:
    if not op.sql or op.verb not in MESSAGES or _is_matched_in_block(op, context):
        return
    if any(other.statement is op.statement and other.verb in MESSAGES for other in context.earlier(TransactionControl)):
        return
    yield rule.finding(
        op.place,
        MESSAGES[op.verb],
        advice="Remove it. A statement that cannot run in a transaction goes into "
        "`with op.get_context().autocommit_block():`, alone in its revision.",
        suggestion=_block(op, context),
    )


def _is_matched_in_block(op: TransactionControl, context: Context) -> bool:
    """Whether it is one half of a BEGIN ... COMMIT inside the same `autocommit_block()`."""
    if op.statement.block is None:
        return False
    opened: TransactionControl | None = None
    for step in context.steps:
        other = step.operation
        if not isinstance(other, TransactionControl) or other.statement.block != op.statement.block:
            continue
        if other.verb is TransactionVerb.BEGIN:
            opened = other
        elif other.verb.ends and opened is not None:
            if op is opened or op is other:
                return True
            opened = None
    return False


def _block(op: TransactionControl, context: Context) -> Suggestion | None:
    """A COMMIT, concurrent statements, perhaps a BEGIN at the end: `autocommit_block()` around the statements."""
    if op.verb is not TransactionVerb.COMMIT or not op.statement.transactional:
        return None
    inside = []
    closing: TransactionControl | None = None
    for step in context.steps[context.position + 1 :]:
        after = step.operation
        if isinstance(after, TransactionControl) and after.verb is TransactionVerb.BEGIN and after.sql:
            closing = after
            break
        if not isinstance(after, CreateIndex | DropIndex | Reindex | DetachPartition) or not after.concurrently:
            return None
        inside.append(after.place)
    if not inside:
        return None
    end = None if closing is None else closing.place
    return block_instead_of(context.script.text, op.place, inside, end, "Leave the transaction by `autocommit_block()`")
