"""A constraint added to a domain makes writes to every table that uses it wait.

`ALTER DOMAIN ... ADD CONSTRAINT` and `SET NOT NULL` read each table that has a column of the domain, under a `SHARE`
lock: reads go on, every write waits until all of them are read.

Added with `NOT VALID` the constraint looks at no row; `ALTER DOMAIN ... VALIDATE CONSTRAINT` in the next revision looks
at the old ones.
"""

import re
from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import AlterDomain
from rules.rule import Bad, Fixes, Good, Rule
from rules.schema import Schema

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
            because="no row is looked at; a later revision validates it",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-alterdomain.html",),
    known_as={
        "squawk": ("ban-alter-domain-with-add-constraint",),
        "pgfence": ("ban-alter-domain-add-constraint",),
        "migrationpilot": ("MP043",),
    },
)

_CHECKING = re.compile(r"\s*(ADD\b|SET\s+NOT\s+NULL\b)", re.IGNORECASE)
_NOT_VALID = re.compile(r"\bNOT\s+VALID\s*\Z", re.IGNORECASE)


@rule.on(AlterDomain)
def check(op: AlterDomain, context: Context) -> Iterator[Finding]:
    if not _CHECKING.match(op.action) or _NOT_VALID.search(op.action.rstrip("; ")):
        return
    domains = _with_those_over_it(op.domain, context.schema)
    columns = (column for domain in domains for column in context.schema.columns_of_type(domain))
    using = {str(table.name): table.name for table, _ in columns}
    waiting = [f"`{name}`" for name, table in sorted(using.items()) if context.is_in_use(table)]
    if waiting:
        yield rule.finding(
            op.place,
            f"Every row of {' and of '.join(waiting)} is read; writes wait until it is done.",
            advice="Add the constraint NOT VALID, and validate it in the next revision.",
        )


def _with_those_over_it(name: Name, schema: Schema) -> list[Name]:
    """The domain, and the domains whose values are of it, directly or through others."""
    found = [name]
    for below in found:
        for domain in schema.domains.values():
            if Name(domain.base.name, domain.base.schema).key == below.key and domain.name not in found:
                found.append(domain.name)
    return found
