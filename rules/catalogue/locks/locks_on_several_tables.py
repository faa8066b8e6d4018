"""One transaction works on a table while it keeps the lock of another one.

Each lock is kept until the transaction ends. Whoever needs the first table waits while the second is checked or written
anew; and two transactions that take such locks in different order wait for each other, until PostgreSQL ends one of
them.

One table per revision, with `transaction_per_migration=True` in env.py, keeps each wait its own. Several brief locks,
such as those of two new columns, are over in a moment: they are named only where the statistics say that at least two
of the tables are large.
"""

from collections.abc import Iterator

from rules.context import Context, Step
from rules.locks import stands_for_itself
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import AddForeignKey, Operation
from rules.postgres.lock_modes import LockMode
from rules.renames import Renames
from rules.rule import Bad, Fixes, Good, Rule
from rules.wording import named

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
    op.alter_column("orders", "total", existing_type=sa.Numeric(12, 2), nullable=False)


def downgrade() -> None:
    op.alter_column("orders", "total", existing_type=sa.Numeric(12, 2), nullable=True)
    op.drop_column("users", "phone")
""",
            settings="rules:\n  blocking-not-null: off\n",
        ),
        Bad(
            """def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
    op.drop_column("users", "phone")
""",
            statistics='{"tables": {"users": {"rows": 2000000, "bytes": 300000000}, '
            '"orders": {"rows": 9000000, "bytes": 900000000}}}',
        ),
        Good(
            """def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
    op.drop_column("users", "phone")
""",
            because="both locks are brief, and nothing says that the tables are large",
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
    here = _locked(context.steps[context.position], context)
    if not here:
        return
    renames = Renames(context.transaction)
    steps = ((at, step) for at, step in enumerate(context.transaction) if step.operation.place != op.place)
    earlier = (renames.present(name, at) for at, step in steps for name in _locked(step, context).values())
    before = {name.key: name for name in earlier if name is not None}
    held = [name for key, name in before.items() if key not in here]
    if not held:
        return
    others = named(sorted(map(str, held)))
    if (work := _work(op, context)) is not None:
        yield rule.finding(
            op.place,
            f"While {work}, {_kept(held, others)} waits as long.",
            advice="Change one table per revision, with `transaction_per_migration=True`.",
        )
    elif any(key not in before for key in here) and _are_large([*held, *here.values()], context):
        added = named(here[key] for key in sorted(here.keys() - before.keys()))
        yield rule.finding(
            op.place,
            f"This locks {added} too: whoever waits for the lock of {others} waits for it as well.",
            advice="Change one table per revision, with `transaction_per_migration=True`.",
        )


def _kept(held: list[Name], others: str) -> str:
    if len(held) == 1:
        return f"the lock of {others} is kept: whoever needs it"
    return f"the locks of {others} are kept: whoever needs one of them"


def _locked(step: Step, context: Context) -> dict[tuple[str, str], Name]:
    return {
        name.key: name
        for fact in step.locks
        if fact.mode.rank >= LockMode.SHARE_ROW_EXCLUSIVE.rank
        for name in fact.tables
        if not (step.schema.is_new(name) or context.is_small(name) or stands_for_itself(step.operation, name))
    }


def _work(op: Operation, context: Context) -> str | None:
    """What takes as long as a table is big; None where the locks are brief."""
    for fact in context.steps[context.position].locks:
        if fact.scans or fact.rewrites:
            for name in (op.table,) if isinstance(op, AddForeignKey) else fact.tables:
                if context.is_in_use(name):
                    return f"`{name}` is {'written anew' if fact.rewrites else 'read whole'}"
    return None


def _are_large(tables: list[Name], context: Context) -> bool:
    return sum(context.is_large(name) for name in tables) > 1
