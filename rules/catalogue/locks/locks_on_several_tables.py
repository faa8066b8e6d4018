"""One transaction locks several tables that are in use.

Each lock is kept until the transaction ends, so whoever uses the first table waits for the work on the others too. Two
transactions that take such locks in different order wait for each other, and PostgreSQL ends one of them.

One table per revision, with `transaction_per_migration=True` in env.py, keeps each wait a moment.
"""

from collections.abc import Iterator

from rules.context import Context, Step
from rules.locks import stands_for_itself
from rules.model.finding import Finding, Severity
from rules.model.operations import Operation
from rules.postgres.lock_modes import LockMode
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.PLAN,
    fold=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
    op.drop_column("users", "phone")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))
    op.create_table("notes", sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True))


def downgrade() -> None:
    op.drop_table("notes")
    op.drop_column("users", "phone")
""",
            because="one of the tables is new",
        ),
        Good(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("payer_id", sa.BigInteger()))
    op.create_foreign_key("orders_payer", "orders", "users", ["payer_id"], ["id"], postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint("orders_payer", "orders", type_="foreignkey")
    op.drop_column("orders", "payer_id")
""",
            because="the foreign key alone locks both tables: another revision would change nothing",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS",),
    known_as={"eugene": ("E4",), "migrationpilot": ("MP008",)},
)


@rule.on(Operation)
def check(op: Operation, context: Context) -> Iterator[Finding]:
    if not op.statement.transactional:
        return
    here = _locked(context.steps[context.position], context)
    if not here:
        return
    steps = (step for step in context.transaction if step.operation.place != op.place)
    before = {key: name for step in steps for key, name in _locked(step, context).items()}
    if before and not here.keys() <= before.keys() and not before.keys() <= here.keys():
        others = " and of ".join(f"`{name}`" for name in sorted(before.values()))
        added = " and ".join(f"`{here[key]}`" for key in sorted(here.keys() - before.keys()))
        yield rule.finding(
            op.place,
            f"This locks {added} too: whoever waits for the lock of {others} waits for it as well.",
            advice="Change one table per revision, with `transaction_per_migration=True`.",
        )


def _locked(step: Step, context: Context) -> dict[tuple[str, str], str]:
    return {
        name.key: str(name)
        for fact in step.locks
        if fact.mode.rank >= LockMode.SHARE_ROW_EXCLUSIVE.rank
        for name in fact.tables
        if not (step.schema.is_new(name) or context.is_small(name) or stands_for_itself(step.operation, name))
    }
