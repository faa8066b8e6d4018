"""Adding a column whose type is a domain with a CHECK or NOT NULL writes the whole table anew.

PostgreSQL has to try the domain's constraint on each row, even where the column has no default and every value is NULL.
It does so by writing the table and its indexes anew under an `ACCESS EXCLUSIVE` lock: reads and writes wait until it is
done. A domain without a constraint costs nothing.

Give the column the base type, and add the domain's condition as a CHECK of the table with `postgresql_not_valid=True`;
validate it in the next revision.
"""

from collections.abc import Iterator

from rules.context import Context
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
    op.execute("ALTER TABLE users ADD COLUMN country country_code")


def downgrade() -> None:
    op.drop_column("users", "country")
""",
            before="""def upgrade() -> None:
    op.execute("CREATE DOMAIN country_code AS text CHECK (length(VALUE) = 2)")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER TABLE users ADD COLUMN country country_code")


def downgrade() -> None:
    op.drop_column("users", "country")
""",
            before="""def upgrade() -> None:
    op.execute("CREATE DOMAIN country_code AS text")
""",
            because="a domain without a constraint has nothing to try on the rows",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",),
)


@rule.on(AddColumn)
def check(op: AddColumn, context: Context) -> Iterator[Finding]:
    domains = context.schema.domains_under(op.column.type)
    constrained = next((domain for domain in domains if domain.constrained), None)
    if constrained is None or not context.is_in_use(op.table):
        return
    yield rule.finding(
        op.place,
        f"The domain `{constrained.name}` has a constraint, so adding `{op.column.name}` writes `{op.table}` and its "
        "indexes anew; reads and writes wait until it is done.",
        advice=f"Give the column the type `{domains[-1].base}`, and add the condition as a CHECK, NOT VALID at first.",
    )
