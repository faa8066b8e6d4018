"""Adding a CHECK constraint in one step reads the whole table while everybody waits.

`ADD CONSTRAINT ... CHECK` looks at every row under an `ACCESS EXCLUSIVE` lock: reads and writes wait until it is done.

Added with `NOT VALID` (`postgresql_not_valid=True`) it guards new and changed rows at once and looks at no old one.
`VALIDATE CONSTRAINT` in the next revision checks the old rows while reads and writes pass. The two must not share a
transaction. The version of the application that still runs must already write values that pass.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import AddCheck
from rules.rule import Bad, Fixes, Good, Rule
from rules.spelling import not_valid

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.PLAN,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.create_check_constraint("orders_total_positive", "orders", "total >= 0")


def downgrade() -> None:
    op.drop_constraint("orders_total_positive", "orders", type_="check")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.create_check_constraint("orders_total_positive", "orders", "total >= 0", postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint("orders_total_positive", "orders", type_="check")
""",
            because="no old row is looked at; a later revision validates it",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",),
    known_as={
        "squawk": ("constraint-missing-not-valid",),
        "eugene": ("E1",),
        "strong_migrations": ("add_check_constraint",),
        "atlas": ("PG305",),
        "pg-migration-lint": ("PGM015",),
        "migrationpilot": ("MP030",),
        "pgfence": ("add-constraint-check-no-not-valid",),
        "online_migrations": ("add_check_constraint", "add_text_limit_constraint"),
        "bytebase": ("statement.add-check-not-valid",),
    },
)


@rule.on(AddCheck)
def check(op: AddCheck, context: Context) -> Iterator[Finding]:
    if op.constraint.not_valid or not context.is_in_use(op.table):
        return
    name = f"`{op.constraint.name}`" if op.constraint.name else "the CHECK"
    yield rule.finding(
        op.place,
        f"Adding {name} reads every row of `{op.table}`; reads and writes wait until it is done.",
        advice=f"Add it {not_valid(op.statement)} and run VALIDATE CONSTRAINT in the next revision.",
    )
