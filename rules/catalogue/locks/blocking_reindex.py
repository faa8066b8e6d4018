"""Rebuilding an index the plain way makes writes wait, and most reads too.

`REINDEX` holds a `SHARE` lock on the table, so writes wait, and an `ACCESS EXCLUSIVE` lock on the index, so every query
that only looks at the index while it is planned waits as well, until the last row is indexed.

`REINDEX ... CONCURRENTLY` (PostgreSQL 12 or newer) lets both pass. It cannot run inside a transaction: it belongs into
`autocommit_block()`, alone in its revision.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.names import Name
from rules.model.operations import Reindex
from rules.rewriting import in_autocommit_block
from rules.rule import Bad, Fixes, Good, Rule
from rules.runner.timeouts import without_lock_timeout

CONCURRENT_SINCE = 12

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.SUGGESTION,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("REINDEX TABLE users")


def downgrade() -> None:
    pass
""",
            becomes="""def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("REINDEX TABLE CONCURRENTLY users")


def downgrade() -> None:
    pass
""",
        ),
        Good(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("REINDEX INDEX CONCURRENTLY users_pkey")


def downgrade() -> None:
    pass
""",
            because="reads and writes pass while the new index is built",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY",),
    known_as={
        "squawk": ("require-concurrent-reindex",),
        "django-migration-linter": ("REINDEX",),
        "pg-migration-lint": ("PGM022",),
        "migrationpilot": ("MP021",),
        "pgfence": ("reindex-non-concurrent",),
        "sqlfluff": ("PG01",),
    },
)


@rule.on(Reindex)
def check(op: Reindex, context: Context) -> Iterator[Finding]:
    if op.concurrently or op.kind not in ("INDEX", "TABLE") or context.server_version < CONCURRENT_SINCE:
        return
    table = _table_of(op, context)
    if table is not None and not context.is_in_use(table):
        return
    whose = f"`{table}`" if table else f"the table of `{op.name}`"
    yield rule.finding(
        op.place,
        f"Rebuilding `{op.name}` makes writes to {whose} wait until it is built, and reads that plan with the index.",
        advice="Rebuild it concurrently, in `autocommit_block()`, as the only operation of its revision.",
        suggestion=_concurrently(op, context) if context.is_alone else None,
    )


def _table_of(op: Reindex, context: Context) -> Name | None:
    if op.kind == "TABLE":
        return op.name
    index = context.schema.index(op.name)
    return index.table if index else None


def _concurrently(op: Reindex, context: Context) -> Suggestion | None:
    sql = (r"\bREINDEX(\s*\([^)]*\))?\s+(INDEX|TABLE)\b", r"\g<0> CONCURRENTLY")
    around = without_lock_timeout(context)
    return in_autocommit_block(context.script.text, op.statement, "Rebuild it concurrently", sql=sql, around=around)
