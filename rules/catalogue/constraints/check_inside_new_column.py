"""A CHECK inside a new column's definition reads the whole table while everybody waits.

The column is added under an `ACCESS EXCLUSIVE` lock, and the constraint is checked for every row under it, although
every row holds the same value: NULL, or the default.

Add the column first; then the CHECK with `NOT VALID`, a moment; then `VALIDATE CONSTRAINT` in the next revision.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.columns import Check
from rules.model.finding import Finding, Severity
from rules.model.operations import AddColumn
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.PLAN,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("ALTER TABLE orders ADD COLUMN weight numeric CONSTRAINT orders_weight CHECK (weight > 0)")


def downgrade() -> None:
    op.drop_column("orders", "weight")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("weight", sa.Numeric()))
    op.create_check_constraint("orders_weight", "orders", "weight > 0", postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_column("orders", "weight")
""",
            because="no row is looked at; a later revision validates the constraint",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",),
    known_as={"eugene": ("E1",)},
)


@rule.on(AddColumn)
def check(op: AddColumn, context: Context) -> Iterator[Finding]:
    carries = any(isinstance(constraint, Check) for constraint in op.column.constraints)
    if carries and context.is_in_use(op.table):
        yield rule.finding(
            op.place,
            f"The CHECK of `{op.column.name}` reads every row of `{op.table}`; reads and writes wait until it is done.",
            advice="Add the column alone, then the CHECK NOT VALID, and validate it in the next revision.",
        )
