"""`SET LOCAL` ends with its transaction, and an autocommit block ends the transaction.

A `SET LOCAL lock_timeout` (or `set_config(..., true)`) above an `autocommit_block()` is lost inside the block and after
it: the statements that it was meant for run with the session's value.

Inside the block use `SET` without LOCAL, and `RESET` as the last statement of the block, so that later revisions do not
inherit it.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.operations import Setting
from rules.rewriting.blocks import setting_into_block
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.SUGGESTION,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("SET LOCAL maintenance_work_mem = '1GB'")
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_status", "orders", ["status"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("ix_orders_status", table_name="orders")
""",
            becomes="""def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("SET maintenance_work_mem = '1GB'")
        op.create_index("ix_orders_status", "orders", ["status"], postgresql_concurrently=True)
        op.execute("RESET maintenance_work_mem")


def downgrade() -> None:
    op.drop_index("ix_orders_status", table_name="orders")
""",
        ),
        Good(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("SET maintenance_work_mem = '1GB'")
        op.create_index("ix_orders_status", "orders", ["status"], postgresql_concurrently=True)
        op.execute("RESET maintenance_work_mem")


def downgrade() -> None:
    op.drop_index("ix_orders_status", table_name="orders")
""",
            because="the setting is made inside the block, and taken back there",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-set.html",),
)


@rule.on(Setting)
def check(op: Setting, context: Context) -> Iterator[Finding]:
    if not op.local or not op.statement.transactional or op.value is None:
        return
    later = [step.operation for step in context.steps[context.position + 1 :]]
    inside = [other for other in later if other.statement.block is not None]
    if not inside or any(isinstance(other, Setting) and other.name == op.name and not other.local for other in inside):
        return
    yield rule.finding(
        op.place,
        f"`{op.name}` is set for this transaction only, and `autocommit_block()` ends it: the block runs without it.",
        advice="Set it inside the block without LOCAL, and reset it there at the end.",
        suggestion=_into_block(op, context),
    )


def _into_block(op: Setting, context: Context) -> Suggestion | None:
    """Where the block is the very next thing."""
    if context.steps[context.position + 1].operation.statement.block is None:
        return None
    return setting_into_block(context.script.text, op.place, op.name, "Set it inside the block")
