"""Batch mode copies a table of SQLite without its unnamed checks, which are gone afterwards.

SQLite cannot alter much, so that Alembic makes a new table as it finds the old one, copies every row, drops the old
table and renames the new one. A CHECK constraint without a name is not among what it finds: the new table lets
everything in. Nothing fails, and no later migration shows the loss.

Say the check again inside the block, with a name: `batch_op.create_check_constraint("ck_orders_total", "total > 0")`. A
check that has a name is copied.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.dialects import SQLITE
from rules.model.columns import Check
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import RenameTable
from rules.rule import Bad, Good, InDowngrade, Rule
from rules.schema import ConstraintKind, Table

_SHIPMENTS = """def upgrade() -> None:
    op.create_table(
        "shipments",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("weight", sa.Integer()),
        sa.CheckConstraint("weight > 0"{name}),
    )


def downgrade() -> None:
    op.drop_table("shipments")
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    downgrade=InDowngrade.LOWER,
    dialects=SQLITE,
    examples=(
        Bad(
            """def upgrade() -> None:
    with op.batch_alter_table("shipments") as batch_op:
        batch_op.alter_column("weight", nullable=False, existing_type=sa.Integer())


def downgrade() -> None:
    raise RuntimeError("There is no way back.")
""",
            before=_SHIPMENTS.format(name=""),
            dialect="sqlite",
        ),
        Good(
            """def upgrade() -> None:
    with op.batch_alter_table("shipments") as batch_op:
        batch_op.alter_column("weight", nullable=False, existing_type=sa.Integer())


def downgrade() -> None:
    with op.batch_alter_table("shipments") as batch_op:
        batch_op.alter_column("weight", nullable=True, existing_type=sa.Integer())
""",
            before=_SHIPMENTS.format(name=', name="ck_shipments_weight"'),
            because="the check of `shipments` has a name, and is copied",
            dialect="sqlite",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/batch.html#including-check-constraints",),
)


@rule.on(RenameTable)
def check(op: RenameTable, context: Context) -> Iterator[Finding]:
    if op.statement.conditional:
        return
    name = Name(op.new_name, op.table.schema)
    old, new = context.schema.table(name), context.schema.table(op.table)
    if old is None or new is None or len(_checks(new)) >= len(_checks(old)):
        return
    lost = [one for one in _checks(old) if one.name is None]
    if lost:
        checks = " and ".join(f"`{' '.join(one.expression.split())}`" for one in lost)
        yield rule.finding(
            op.place,
            f"`{name}` loses the check {checks}: batch mode copies the table, and a check without a name is not found.",
            advice="Say it again inside the block, with a name.",
        )


def _checks(table: Table) -> list[Check]:
    of_its_kind = (it.definition for it in table.constraints if it.kind is ConstraintKind.CHECK)
    return [one for one in of_its_kind if isinstance(one, Check)]
