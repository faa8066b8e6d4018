"""Dropping an index the plain way makes reads and writes of its table queue for a moment.

`DROP INDEX` needs an `ACCESS EXCLUSIVE` lock on the table. It holds it briefly, but while it waits for one long query
everybody who comes later waits behind it, readers too.

`DROP INDEX CONCURRENTLY` waits without making others wait. It cannot run inside a transaction: it belongs into
`autocommit_block()`, alone in its revision. The index of a constraint, or of a partitioned table, can only be dropped
the plain way; a lock timeout keeps the queue short.
"""

import ast
from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.operations import DropIndex, DropTable
from rules.rewriting import Source, in_autocommit_block
from rules.rule import Bad, Fixes, Good, Rule
from rules.runner.timeouts import without_lock_timeout

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.SUGGESTION,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.drop_index("ix_users_age", table_name="users")


def downgrade() -> None:
    op.create_index("ix_users_age", "users", ["age"])
""",
            becomes="""def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_users_age", table_name="users", postgresql_concurrently=True)


def downgrade() -> None:
    op.create_index("ix_users_age", "users", ["age"])
""",
            before="""def upgrade() -> None:
    op.create_index("ix_users_age", "users", ["age"])
""",
        ),
        Good(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY ix_users_age")


def downgrade() -> None:
    op.create_index("ix_users_age", "users", ["age"])
""",
            before="""def upgrade() -> None:
    op.create_index("ix_users_age", "users", ["age"])
""",
            because="the concurrent form makes nobody wait",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-dropindex.html",),
    known_as={
        "squawk": ("require-concurrent-index-deletion",),
        "strong_migrations": ("remove_index",),
        "django-migration-linter": ("DROP_INDEX",),
        "atlas": ("PG102",),
        "pg-migration-lint": ("PGM002",),
        "migrationpilot": ("MP009",),
        "pgfence": ("drop-index-not-concurrent",),
        "online_migrations": ("remove_index",),
        "sqlfluff": ("PG01",),
    },
)


@rule.on(DropIndex)
def check(op: DropIndex, context: Context) -> Iterator[Finding]:
    if op.concurrently or context.is_new(op.index):
        return
    index = context.schema.index(op.index)
    if index is not None:
        table = context.schema.trace(index.table)
        if index.constraint is not None or (table is not None and table.partitioned):
            return
    if _goes_with_its_table(op, context):
        return
    whose = f"`{index.table}`" if index is not None else "its table"
    yield rule.finding(
        op.place,
        f"Dropping `{op.index}` makes reads and writes of {whose} wait behind it until it gets its turn.",
        advice="Drop it concurrently, in `autocommit_block()`, as the only operation of its revision.",
        suggestion=_concurrently(op, context) if context.is_alone else None,
    )


def _goes_with_its_table(op: DropIndex, context: Context) -> bool:
    """Whether the table itself is dropped below."""
    table = _table_of(op, context)
    return any(later.table.name == table for later in context.later(DropTable))


def _table_of(op: DropIndex, context: Context) -> str | None:
    """Where nobody was seen to create the index, by the name in the call."""
    index = context.schema.index(op.index)
    if index is not None:
        return index.table.name
    source = Source.of(context.script.path, context.script.text)
    if source is None:
        return None
    match source.written_keyword(op.place, "table_name"):
        case ast.Constant(value=str() as name):
            return name
    return None


def _concurrently(op: DropIndex, context: Context) -> Suggestion | None:
    """The server takes one index at a time, and no CASCADE."""
    if op.cascade or not context.is_whole_statement:
        return None
    text, title = context.script.text, "Drop the index concurrently"
    around = without_lock_timeout(context)
    if op.statement.cause == "op.drop_index":
        keyword = ("postgresql_concurrently", "True")
        return in_autocommit_block(text, op.statement, title, keyword=keyword, around=around)
    sql = (r"\bDROP\s+INDEX\b", r"\g<0> CONCURRENTLY")
    return in_autocommit_block(text, op.statement, title, sql=sql, around=around)
