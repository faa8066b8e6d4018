"""An index without a name gets one from the server.

Nobody can drop a failed concurrent build by name, and the downgrade has to guess. Name it, as the other indexes of the
repository are named.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import CreateIndex
from rules.rewriting import in_sql
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.SUGGESTION,
    changes_schema=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY ON orders (user_id)")


def downgrade() -> None:
    op.execute("DROP INDEX IF EXISTS orders_user_id_idx, ix_orders_user_id")
""",
            becomes="""def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY ix_orders_user_id ON orders (user_id)")


def downgrade() -> None:
    op.execute("DROP INDEX IF EXISTS orders_user_id_idx, ix_orders_user_id")
""",
        ),
        Good(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(op.f("ix_orders_user_id"), "orders", ["user_id"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("ix_orders_user_id", table_name="orders")
""",
            because="the index has a name",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-createindex.html",),
    known_as={"squawk": ("prefer-robust-stmts",), "migrationpilot": ("MP042",)},
)


@rule.on(CreateIndex)
def check(op: CreateIndex, context: Context) -> Iterator[Finding]:
    if op.index is not None:
        return
    columns = [key.column for key in op.keys]
    name = f"ix_{op.table.name}_{'_'.join(column or 'expression' for column in columns)}"
    yield rule.finding(
        op.place,
        f"The server picks a name for this index of `{op.table}`; the downgrade cannot know it.",
        advice="Name it.",
        suggestion=in_sql(
            context.script.text,
            op.statement,
            r"\bINDEX(\s+CONCURRENTLY)?(?=\s+ON\b)",
            rf"\g<0> {name}",
            f"Name it {name}",
        )
        if None not in columns
        else None,
    )
