"""An autocommit block commits what stands above it, before the revision is recorded.

`autocommit_block()` ends the transaction that Alembic has opened, and begins another one behind itself. If anything in
the block or below it fails, what stands above stays applied, and so does what the block has done; the revision is not
recorded. The next attempt runs into what exists already.

Give the block a revision of its own, and the rest another one. Work below the block is fine where everything in the
block may run twice (`IF EXISTS`, `IF NOT EXISTS`), and work above it where that may.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import Operation
from rules.repeating import is_repeatable, leaves_something
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.PLAN,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("coupon", sa.Text()))
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_coupon", "orders", ["coupon"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_column("orders", "coupon")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS coupon text")
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_coupon", "orders", ["coupon"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_column("orders", "coupon")
""",
            because="the statement above the block may run a second time",
        ),
        Good(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_status", "orders", ["status"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("ix_orders_status", table_name="orders")
""",
            because="the block is alone in its revision",
        ),
    ),
    references=(
        "https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.migration.MigrationContext.autocommit_block",
    ),
)


@rule.on(Operation)
def check(op: Operation, context: Context) -> Iterator[Finding]:
    if op.statement.block is None or context.environment.autocommit:
        return
    blocks = [at for at, step in enumerate(context.steps) if step.operation.statement.block is not None]
    if context.position != blocks[0]:
        return
    until = blocks[-1] + 1
    below = any(leaves_something(step.operation) for step in context.steps[until:])
    until_there = [step.operation for step in context.steps[:until]]
    if all(is_repeatable(other, context) for other in until_there if below or other.statement.block is None):
        return
    yield rule.finding(
        op.place,
        "This block commits what stands above it before the revision is recorded: if anything fails from here on, "
        "that stays applied, and the next attempt runs into it.",
        advice="Give the block a revision of its own, and the rest another one.",
        subject="autocommit_block",
    )
