"""`IF NOT EXISTS` on a concurrent index hides that an earlier build failed.

A concurrent build that fails leaves an index that is not valid: it costs every write, serves no query, and a unique one
guards nothing reliably. Run again, the migration finds an index of that name and reports success.

Drop what may be left first: `op.drop_index(..., postgresql_concurrently=True, if_exists=True)` (Alembic 1.11.2 or
newer) above the build, in the same block, and build without `if_not_exists`.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.names import Name
from rules.model.operations import CreateIndex, DropIndex
from rules.rewriting import statement_above
from rules.rule import Bad, Fixes, Good, Rule
from rules.spelling import in_python

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.SUGGESTION,
    examples=(
        Bad(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_orders_user_id", "orders", ["user_id"], postgresql_concurrently=True, if_not_exists=True
        )


def downgrade() -> None:
    op.drop_index("ix_orders_user_id", table_name="orders")
""",
            becomes="""def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            "ix_orders_user_id", table_name="orders", postgresql_concurrently=True, if_exists=True
        )
        op.create_index(
            "ix_orders_user_id", "orders", ["user_id"], postgresql_concurrently=True
        )


def downgrade() -> None:
    op.drop_index("ix_orders_user_id", table_name="orders")
""",
        ),
        Good(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_orders_user_id")
        op.execute("CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_orders_user_id ON orders (user_id)")


def downgrade() -> None:
    op.drop_index("ix_orders_user_id", table_name="orders")
""",
            because="what a failed attempt left is dropped first",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",),
    known_as={"squawk": ("prefer-robust-stmts",), "migrationpilot": ("MP070",)},
)


@rule.on(CreateIndex)
def check(op: CreateIndex, context: Context) -> Iterator[Finding]:
    index = op.index
    if index is None or not op.concurrently or not op.if_not_exists:
        return
    above = next(context.earlier(DropIndex), None)
    if above is not None and above.if_exists and above.index.key == index.key:
        return
    if any("indisvalid" in step.operation.sql.lower() for step in context.steps):
        return
    yield rule.finding(
        op.place,
        f"If a build of `{index}` failed before, this does nothing and reports success: the index stays invalid.",
        advice="Drop it above with `if_exists=True`, concurrently, and build it without `if_not_exists`.",
        suggestion=_drop_above(op, index.name, context),
    )


def _drop_above(op: CreateIndex, index: str, context: Context) -> Suggestion | None:
    title = "Drop what a failed build left"
    if not op.statement.cause.endswith("_index"):
        drop = f"op.execute({in_python(f'DROP INDEX CONCURRENTLY IF EXISTS {Name(index, op.table.schema).sql}')})"
        pattern = r"\s+IF\s+NOT\s+EXISTS\b"
        return statement_above(context.script.text, op.statement, drop, title, without_sql=pattern)
    schema = f', schema="{op.table.schema}"' if op.table.schema else ""
    drop = (
        f'op.drop_index("{index}", table_name="{op.table.name}"{schema}, postgresql_concurrently=True, if_exists=True)'
    )
    return statement_above(context.script.text, op.statement, drop, title, without="if_not_exists")
