"""A concurrent statement fails inside the transaction that Alembic opens.

`CREATE INDEX CONCURRENTLY`, `DROP INDEX CONCURRENTLY`, `REINDEX CONCURRENTLY` and `DETACH PARTITION CONCURRENTLY`
commit in between, so PostgreSQL refuses them in a transaction block: the migration stops at once.

`with op.get_context().autocommit_block():` (Alembic 1.2 or newer) ends the transaction before the statement and begins
a new one after it. What stands above the block is committed before the revision is recorded; that is why the statement
should be the only one of its revision.
"""

import re
from collections.abc import Iterator

from rules.context import Context
from rules.model.environment import may_run_in_autocommit
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.operations import (
    CreateIndex,
    DetachPartition,
    DropIndex,
    Reindex,
    TransactionControl,
    TransactionVerb,
)
from rules.nesting import is_inside_another_statement
from rules.rewriting import in_autocommit_block
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule
from rules.runner.timeouts import without_lock_timeout

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.BOTH,
    downgrade=InDowngrade.LOWER,
    examples=(
        Bad(
            """def upgrade() -> None:
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
        Good(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY ix_orders_user_id ON orders (user_id)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY ix_orders_user_id")
""",
            because="the block runs outside the transaction",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
        "https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.migration.MigrationContext.autocommit_block",
    ),
    known_as={
        "squawk": ("ban-concurrent-index-creation-in-transaction",),
        "django-migration-linter": ("CREATE_INDEX_EXCLUSIVE",),
        "atlas": ("PG103",),
        "pg-migration-lint": ("PGM003",),
        "migrationpilot": ("MP025",),
        "pgfence": ("concurrent-in-transaction",),
        "bytebase": ("statement.non-transactional",),
    },
)

_SETS_AUTOCOMMIT = re.compile(r"\.autocommit\s*=\s*True|\bset_isolation_level\(|[\"']AUTOCOMMIT[\"']")
"""The migration switches its driver's connection itself; where that holds cannot be told, so nothing is said."""

Concurrent = CreateIndex | DropIndex | Reindex | DetachPartition


@rule.on(CreateIndex, DropIndex, Reindex, DetachPartition)
def check(op: Concurrent, context: Context) -> Iterator[Finding]:
    if not op.concurrently or not op.statement.transactional or may_run_in_autocommit(context.environment):
        return
    if _SETS_AUTOCOMMIT.search(context.script.text):
        return
    if (
        is_inside_another_statement(op, context)
        or _is_on_partitioned_table(op, context)
        or any(other.verb is TransactionVerb.COMMIT for other in context.earlier(TransactionControl))
        or _has_worked_before(context)
    ):  # `concurrently-inside-another-statement` and its kin speak
        return
    yield rule.finding(
        op.place,
        f"PostgreSQL refuses {_what(op)} inside the transaction of the migration.",
        advice="Put it into `with op.get_context().autocommit_block():`, alone in its revision.",
        suggestion=_in_block(op, context) if context.is_alone else None,
    )


def _has_worked_before(context: Context) -> bool:
    """A merged revision beneath does the same: it ran, so the connection comes in autocommit from elsewhere."""
    merged = context.history.ancestors(context.script.revision) - context.together
    return any(
        isinstance(op, Concurrent) and op.concurrently and op.statement.transactional
        for revision in merged
        for op in context.history.scripts[revision].upgrade
    )


def _is_on_partitioned_table(op: Concurrent, context: Context) -> bool:
    """Refused in `autocommit_block()` too."""
    index = context.schema.index(op.index) if isinstance(op, DropIndex) else None
    name = op.table if isinstance(op, CreateIndex) else index.table if index else None
    table = context.schema.trace(name) if name else None
    return table is not None and table.partitioned


def _what(op: Concurrent) -> str:
    match op:
        case CreateIndex():
            return f"to build `{op.index}` concurrently" if op.index else "to build an index concurrently"
        case DropIndex():
            return f"to drop `{op.index}` concurrently"
        case Reindex():
            return f"to rebuild `{op.name}` concurrently"
        case DetachPartition():
            return f"to detach `{op.partition}` concurrently"


def _in_block(op: Concurrent, context: Context) -> Suggestion | None:
    return in_autocommit_block(
        context.script.text,
        op.statement,
        "Leave the transaction for this statement",
        around=without_lock_timeout(context),
    )
