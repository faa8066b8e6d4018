"""Building an index the plain way makes every write to its table wait.

`CREATE INDEX` holds a `SHARE` lock on the table until the last row is indexed. Reads go on; every `INSERT`, `UPDATE`
and `DELETE` waits, for as long as the table is big, and after it until the transaction ends.

`CREATE INDEX CONCURRENTLY` lets writes pass. It takes longer, it waits for transactions that are older than itself,
and it cannot run inside a transaction: it belongs into `autocommit_block()`, alone in its revision. If it fails it
leaves an invalid index behind, which has to be dropped before the next attempt.

The index may be hidden: `index=True` on a column given to `op.add_column` sends a `CREATE INDEX` of its own.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.operations import CreateIndex
from rules.rewriting import in_autocommit_block
from rules.rule import Bad, Fixes, Good, Rule
from rules.runner.timeouts import without_lock_timeout

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.BOTH,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.create_index("ix_orders_user_id", "orders", ["user_id"])


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
        ),
        Good(
            """def upgrade() -> None:
    op.create_table(
        "coupons",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("code", sa.Text(), nullable=False),
    )
    op.create_index("ix_coupons_code", "coupons", ["code"])


def downgrade() -> None:
    op.drop_index("ix_coupons_code", table_name="coupons")
    op.drop_table("coupons")
""",
            because="the table is new, so nobody waits for it",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
        "https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.migration.MigrationContext.autocommit_block",
    ),
    known_as={
        "squawk": ("require-concurrent-index-creation",),
        "eugene": ("E6",),
        "strong_migrations": ("add_index",),
        "django-migration-linter": ("CREATE_INDEX",),
        "atlas": ("PG101",),
        "pg-migration-lint": ("PGM001",),
        "migrationpilot": ("MP001",),
        "pgfence": ("create-index-not-concurrent",),
        "online_migrations": ("add_index",),
        "bytebase": ("index.create-concurrently",),
        "sqlfluff": ("PG01",),
    },
)


@rule.on(CreateIndex)
def check(op: CreateIndex, context: Context) -> Iterator[Finding]:
    if op.concurrently or not context.is_in_use(op.table):
        return
    table = context.schema.trace(op.table)
    if (table is not None and table.partitioned) or (op.only and context.schema.table(op.table) is None):
        return
    name = f"`{op.index}`" if op.index else "an index"
    yield rule.finding(
        op.place,
        f"Building {name} makes every write to `{op.table}` wait until the index is built.",
        advice="Build it concurrently, in `autocommit_block()`, as the only operation of its revision.",
        suggestion=_concurrently(op, context) if context.is_alone else None,
    )


def _concurrently(op: CreateIndex, context: Context) -> Suggestion | None:
    text, title = context.script.text, "Build the index concurrently"
    around = without_lock_timeout(context)
    if op.statement.cause == "op.create_index":
        keyword = ("postgresql_concurrently", "True")
        return in_autocommit_block(text, op.statement, title, keyword=keyword, around=around)
    sql = (r"\bCREATE(\s+UNIQUE)?\s+INDEX\b", r"\g<0> CONCURRENTLY")
    return in_autocommit_block(text, op.statement, title, sql=sql, around=around)
