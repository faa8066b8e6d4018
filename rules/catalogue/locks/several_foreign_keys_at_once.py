"""One transaction creates foreign keys to several existing tables.

Each foreign key, also one of a new table, takes a `SHARE ROW EXCLUSIVE` lock on the table it references: writes to all
of them wait until the transaction ends. With one key per revision they wait for one moment each.
"""

from collections.abc import Iterator

from rules.context import Context, Step
from rules.model.columns import ForeignKey
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import AddColumn, AddForeignKey, CreateTable, Operation
from rules.rule import Bad, Fixes, Good, Rule
from rules.wording import named

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.OFF,
    fixes=Fixes.PLAN,
    fold=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.BigInteger(), sa.ForeignKey("users.id"), index=True),
        sa.Column("order_id", sa.BigInteger(), sa.ForeignKey("orders.id"), index=True),
    )


def downgrade() -> None:
    op.drop_table("notes")
""",
            settings="rules:\n  several-foreign-keys-at-once: notice\n",
        ),
        Good(
            """def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.BigInteger(), sa.ForeignKey("users.id"), index=True),
    )


def downgrade() -> None:
    op.drop_table("notes")
""",
            settings="rules:\n  several-foreign-keys-at-once: notice\n",
            because="one existing table is referenced",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES",),
    known_as={"online_migrations": ("multiple_foreign_keys",)},
)


@rule.on(AddForeignKey, CreateTable, AddColumn)
def check(op: AddForeignKey | CreateTable | AddColumn, context: Context) -> Iterator[Finding]:
    here = _targets(op, context)
    before = {name for step in context.transaction for name in _targets_of(step, context)}
    if not here <= before and len(before | here) > 1:
        tables = named(sorted(map(str, before | here)))
        yield rule.finding(
            op.place,
            f"Writes to {tables} wait until this transaction ends, because foreign keys reference them.",
            advice="Create one foreign key per revision.",
        )


def _targets_of(step: Step, context: Context) -> set[Name]:
    return _targets(step.operation, context)


def _targets(op: Operation, context: Context) -> set[Name]:
    keys: list[object] = []
    match op:
        case AddForeignKey():
            keys = [op.constraint]
        case CreateTable():
            keys = [*op.constraints, *(key for column in op.columns for key in column.constraints)]
        case AddColumn():
            keys = list(op.column.constraints)
    targets = {key.target for key in keys if isinstance(key, ForeignKey)}
    own = op.table.key if isinstance(op, CreateTable) else None
    return {target for target in targets if target.key != own and not context.is_new(target)}
