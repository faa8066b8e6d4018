"""A constraint added to a domain makes writes to every table that uses it wait.

`ALTER DOMAIN ... ADD CONSTRAINT` and `SET NOT NULL` read each table that has a column of the domain, under a `SHARE`
lock: reads go on, every write waits until all of them are read.

Added with `NOT VALID` the constraint looks at no row. `ALTER DOMAIN ... VALIDATE CONSTRAINT` looks at the old ones
under the same lock, and cannot be done otherwise: it is a notice, and belongs into a revision that runs when nobody
writes. Where a column is an array of the domain, the server refuses to look at old rows at all.
"""

import re
from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import AlterDomain
from rules.rule import Bad, Fixes, Good, Rule

_AMOUNT = """def upgrade() -> None:
    op.execute("CREATE DOMAIN amount AS numeric")
    op.execute("ALTER TABLE orders ADD COLUMN fee amount")


def downgrade() -> None:
    op.drop_column("orders", "fee")
    op.execute("DROP DOMAIN amount")
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
    op.execute("ALTER DOMAIN amount ADD CONSTRAINT amount_positive CHECK (VALUE >= 0)")


def downgrade() -> None:
    op.execute("ALTER DOMAIN amount DROP CONSTRAINT amount_positive")
""",
            before=_AMOUNT,
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER DOMAIN amount ADD CONSTRAINT amount_positive CHECK (VALUE >= 0) NOT VALID")


def downgrade() -> None:
    op.execute("ALTER DOMAIN amount DROP CONSTRAINT amount_positive")
""",
            before=_AMOUNT,
            because="no row is looked at",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-alterdomain.html",),
    known_as={
        "squawk": ("ban-alter-domain-with-add-constraint",),
        "pgfence": ("ban-alter-domain-add-constraint",),
        "migrationpilot": ("MP043",),
    },
)

_READING = re.compile(r"\s*(ADD|SET\s+NOT\s+NULL|VALIDATE)\b", re.IGNORECASE)
_VALIDATING = re.compile(r"\s*VALIDATE\b", re.IGNORECASE)
_NOT_VALID = re.compile(r"\bNOT\s+VALID\s*\Z", re.IGNORECASE)


@rule.on(AlterDomain)
def check(op: AlterDomain, context: Context) -> Iterator[Finding]:
    if not _READING.match(op.action) or _NOT_VALID.search(op.action.rstrip("; ")):
        return
    arrays = context.schema.columns_of_domain(op.domain, in_arrays=True)
    if arrays:
        table, column = arrays[0]
        yield rule.finding(
            op.place,
            f"PostgreSQL refuses this, even without a row: `{column}` of `{table.name}` is an array of `{op.domain}`.",
            advice="Leave the domain as it is and put the condition into a CHECK of the columns.",
        )
        return
    using = {str(table.name): table.name for table, _ in context.schema.columns_of_domain(op.domain)}
    waiting = [f"`{name}`" for name, table in sorted(using.items()) if context.is_in_use(table)]
    if waiting:
        validates = _VALIDATING.match(op.action)
        yield rule.finding(
            op.place,
            f"Every row of {' and of '.join(waiting)} is read; writes wait until it is done.",
            advice="Run it at a quiet time."
            if validates
            else "Add the constraint NOT VALID. Validating it makes writes wait too: do it later, at a quiet time.",
            severity=Severity.NOTICE if validates else None,
        )
