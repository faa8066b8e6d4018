"""A domain with a CHECK or NOT NULL is checked row by row, in every table, at every later change.

Adding a column of such a type writes the whole table anew; changing the constraint reads every table that uses the
type. A base type with a CHECK on the column can be changed column by column, without anybody waiting.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import CreateDomain
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.OFF,
    fixes=Fixes.NONE,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("CREATE DOMAIN amount AS numeric CHECK (VALUE >= 0)")


def downgrade() -> None:
    op.execute("DROP DOMAIN amount")
""",
            settings="rules:\n  constrained-domain: notice\n",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("CREATE DOMAIN amount AS numeric")


def downgrade() -> None:
    op.execute("DROP DOMAIN amount")
""",
            settings="rules:\n  constrained-domain: notice\n",
            because="there is nothing to check",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-createdomain.html",),
    known_as={
        "squawk": ("ban-create-domain-with-constraint",),
        "pgfence": ("ban-create-domain-with-constraint",),
        "migrationpilot": ("MP043",),
    },
)


@rule.on(CreateDomain)
def check(op: CreateDomain, context: Context) -> Iterator[Finding]:
    if op.not_null or op.checks:
        yield rule.finding(
            op.place,
            f"Each later change of `{op.domain}` reads every table that uses it; adding such a column rewrites one.",
            advice="Use the base type, and a CHECK on the column.",
        )
