"""A foreign key must point at columns that are unique.

PostgreSQL refuses it with error 42830 where the referenced columns are no primary key, no unique constraint and no
plain unique index. A unique index over an expression, or with a condition, does not count.

Make the referenced columns unique first: a unique index built concurrently, then a constraint that takes it over.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import AddColumn, AddForeignKey, CreateTable
from rules.references import is_unique, joins_of
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.PLAN,
    downgrade=InDowngrade.LOWER,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.create_foreign_key(
        "orders_status_fkey", "orders", "users", ["status"], ["name"], postgresql_not_valid=True
    )


def downgrade() -> None:
    op.drop_constraint("orders_status_fkey", "orders", type_="foreignkey")
""",
            fails="42830",
        ),
        Good(
            """def upgrade() -> None:
    op.create_foreign_key(
        "orders_status_fkey", "orders", "users", ["status"], ["name"], postgresql_not_valid=True
    )


def downgrade() -> None:
    op.drop_constraint("orders_status_fkey", "orders", type_="foreignkey")
""",
            before="""def upgrade() -> None:
    op.create_index("users_name_key", "users", ["name"], unique=True)


def downgrade() -> None:
    op.drop_index("users_name_key", table_name="users")
""",
            because="a unique index covers the referenced column",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK",),
)


@rule.on(AddForeignKey, CreateTable, AddColumn)
def check(op: AddForeignKey | CreateTable | AddColumn, context: Context) -> Iterator[Finding]:
    for join in joins_of(op, context):
        if join.target is None:
            continue
        names = join.key.target_columns
        if is_unique(join.target, names) if names else join.target.primary_key is not None:
            continue
        named = " and ".join(f"`{name}`" for name in names) or "a primary key, which it does not have,"
        yield rule.finding(
            op.place,
            f"Nothing makes {named} of `{join.key.target}` unique: PostgreSQL refuses a foreign key to it.",
            advice="Make the referenced columns unique first.",
            subject=f"{op.table} {join.key.columns}",
        )
