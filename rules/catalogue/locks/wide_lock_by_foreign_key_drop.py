"""Dropping a foreign key makes reads and writes of both tables wait until the transaction ends.

`DROP CONSTRAINT` of a foreign key takes an `ACCESS EXCLUSIVE` lock on the referencing and on the referenced table. The
work is a moment; whatever else the same transaction does makes it longer, for everybody who uses either table.

Give it a revision of its own, with `transaction_per_migration=True` in env.py.
"""

from collections.abc import Iterator

from rules.context import Context, Step
from rules.model.columns import ForeignKey
from rules.model.finding import Finding, Severity
from rules.model.operations import DropConstraint, Opaque
from rules.rule import Bad, Fixes, Good, Rule
from rules.wording import named

_KEY = """def upgrade() -> None:
    op.create_foreign_key("orders_user_id_fkey", "orders", "users", ["user_id"], ["id"])
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.PLAN,
    fold=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.drop_constraint("orders_user_id_fkey", "orders", type_="foreignkey")
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
    op.create_foreign_key("orders_user_id_fkey", "orders", "users", ["user_id"], ["id"])
""",
            before=_KEY,
        ),
        Good(
            """def upgrade() -> None:
    op.drop_constraint("orders_user_id_fkey", "orders", type_="foreignkey")


def downgrade() -> None:
    op.create_foreign_key("orders_user_id_fkey", "orders", "users", ["user_id"], ["id"])
""",
            before=_KEY,
            because="alone in its transaction it takes a moment",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html",),
)


@rule.on(DropConstraint)
def check(op: DropConstraint, context: Context) -> Iterator[Finding]:
    table = context.schema.trace(op.table)
    constraint = table.constraint(op.name) if table else None
    key = constraint.definition if constraint else None
    if not isinstance(key, ForeignKey) or context.is_new(op.table) or key.target.key == op.table.key:
        return
    company = [
        step
        for step in (*context.transaction, *context.rest_of_transaction)
        if step.operation.statement is not op.statement and _meets_others(step)
    ]
    if company:
        both = named((op.table, key.target))
        yield rule.finding(
            op.place,
            f"Dropping `{op.name}` makes reads and writes of {both} wait until the transaction ends.",
            advice="Drop the key in a revision of its own.",
        )


def _meets_others(step: Step) -> bool:
    """Whether it locks or writes what was there before; what could not be read may."""
    tables = [name for fact in step.locks for name in fact.tables]
    return isinstance(step.operation, Opaque) or any(not step.schema.is_new(name) for name in tables)
