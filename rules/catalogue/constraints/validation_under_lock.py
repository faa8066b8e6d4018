"""A constraint is validated while the lock of the statement that added it is still held.

`VALIDATE CONSTRAINT` lets reads and writes pass. But locks are kept until the transaction ends: in one transaction with
the `ADD ... NOT VALID`, or with any other statement that took an `ACCESS EXCLUSIVE` lock on the table, everybody waits
for the whole validation all the same.

Two revisions are two transactions only with `transaction_per_migration=True` in env.py; without it all pending
revisions run in one.
"""

from collections.abc import Iterator

from rules.context import Context, Step
from rules.model.finding import Finding, Severity
from rules.model.operations import AddForeignKey, ValidateConstraint
from rules.postgres.lock_modes import LockMode
from rules.rule import Bad, Fixes, Good, Rule

_ADD = """def upgrade() -> None:
    op.create_check_constraint("orders_total", "orders", "total >= 0", postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint("orders_total", "orders", type_="check")
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.PLAN,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.create_check_constraint("orders_total", "orders", "total >= 0", postgresql_not_valid=True)
    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_total")


def downgrade() -> None:
    op.drop_constraint("orders_total", "orders", type_="check")
""",
        ),
        Good(
            _ADD,
            also=(
                """def upgrade() -> None:
    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_total")


def downgrade() -> None:
    pass
""",
            ),
            because="each revision has a transaction of its own",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",
        "https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.environment.EnvironmentContext.configure",
    ),
    known_as={
        "eugene": ("E4",),
        "strong_migrations": ("validate_foreign_key", "validate_check_constraint"),
        "squawk": ("constraint-missing-not-valid",),
        "pgfence": ("not-valid-validate-same-tx",),
        "online_migrations": ("validate_constraint", "validate_foreign_key"),
    },
)


@rule.on(ValidateConstraint)
def check(op: ValidateConstraint, context: Context) -> Iterator[Finding]:
    if not context.is_in_use(op.table):
        return
    step = next((step for step in context.transaction if _holds(step, op, context)), None)
    if step is None:
        return
    elsewhere = f" of `{step.script.revision}`" if step.script.revision != context.script.revision else ""
    waiting = "writes" if isinstance(step.operation, AddForeignKey) else "reads and writes"
    yield rule.finding(
        op.place,
        f"The lock of line {step.operation.place.line}{elsewhere} is still held: {waiting} of `{op.table}` wait until"
        f" `{op.name}` is validated.",
        advice="Validate in a revision of its own, with `transaction_per_migration=True` in env.py.",
    )


def _holds(step: Step, op: ValidateConstraint, context: Context) -> bool:
    earlier = step.operation
    if isinstance(earlier, AddForeignKey) and earlier.table.key == op.table.key:
        return True
    return any(
        fact.mode is LockMode.ACCESS_EXCLUSIVE and any(name.key == op.table.key for name in fact.tables)
        for fact in step.locks
    )
