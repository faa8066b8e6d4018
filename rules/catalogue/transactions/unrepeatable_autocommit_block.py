"""Several statements outside a transaction: if the second one fails, the first one stays.

In `autocommit_block()` each statement commits by itself. When one fails, those before it stay applied, the revision is
not recorded, and the next attempt begins again with the first: it must not stumble over its own work.

Write the statements so that they may run twice: `if_exists=True`, `if_not_exists=True` (for an index from Alembic
1.11.2 on, for a table from 1.13.3, for dropping a column or a constraint from 1.16.0; in SQL `IF [NOT] EXISTS`). For a
concurrent index `if_not_exists` hides one that is not valid; drop it with `if_exists=True` above instead. Or give each
statement a revision of its own.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.operations import Operation
from rules.repeating import is_repeatable, leaves_something
from rules.rewriting import in_sql, with_keyword
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.SUGGESTION,
    examples=(
        Bad(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_orders_status", "orders", postgresql_concurrently=True)
        op.execute("CREATE INDEX CONCURRENTLY ix_users_name ON users (name)")


def downgrade() -> None:
    op.drop_index("ix_users_name", table_name="users")
    op.create_index("ix_orders_status", "orders", ["status"])
""",
            becomes="""def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            "ix_orders_status", "orders", postgresql_concurrently=True, if_exists=True
        )
        op.execute("CREATE INDEX CONCURRENTLY ix_users_name ON users (name)")


def downgrade() -> None:
    op.drop_index("ix_users_name", table_name="users")
    op.create_index("ix_orders_status", "orders", ["status"])
""",
            before="""def upgrade() -> None:
    op.create_index("ix_orders_status", "orders", ["status"])
""",
        ),
        Good(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_orders_status")
        op.execute("CREATE INDEX CONCURRENTLY ix_orders_status ON orders (status)")


def downgrade() -> None:
    op.drop_index("ix_orders_status", table_name="orders")
""",
            because="the first statement may run twice, and nothing stands below the second",
        ),
    ),
    references=(
        "https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.migration.MigrationContext.autocommit_block",
    ),
    known_as={
        "squawk": ("prefer-robust-stmts",),
        "pg-migration-lint": ("PGM401", "PGM402"),
        "migrationpilot": ("MP023",),
        "pgfence": (
            "prefer-robust-create-index",
            "prefer-robust-drop-index",
            "prefer-robust-create-table",
            "prefer-robust-drop-table",
        ),
    },
)


@rule.on(Operation)
def check(op: Operation, context: Context) -> Iterator[Finding]:
    if op.statement.block is None or is_repeatable(op, context):
        return
    below = (step.operation for step in context.steps[context.position + 1 :])
    if not any(other.statement.block is not None and _may_fail(other, op) for other in below):
        return
    yield rule.finding(
        op.place,
        "If a later statement of the block fails, this one stays applied, and the next attempt fails on it.",
        advice="Write it with IF [NOT] EXISTS so that it may run twice, or give it a revision of its own.",
        suggestion=_guarded(op, context),
    )


def _may_fail(other: Operation, op: Operation) -> bool:
    return other.statement is not op.statement and leaves_something(other)


def _guarded(op: Operation, context: Context) -> Suggestion | None:
    """For dropping an index, which every supported Alembic can; other forms depend on its version."""
    text, title = context.script.text, "Let it run twice"
    if op.statement.cause == "op.drop_index":
        return with_keyword(text, op.statement, "if_exists", "True", title)
    return in_sql(text, op.statement, r"\bDROP\s+INDEX(\s+CONCURRENTLY)?\b", r"\g<0> IF EXISTS", title)
