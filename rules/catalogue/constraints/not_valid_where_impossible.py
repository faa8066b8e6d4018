"""`NOT VALID` exists for foreign keys and CHECK constraints only.

On a unique constraint, a primary key or an exclusion constraint the statement fails: these have an index, and an index
covers all rows or none. Before PostgreSQL 18 it also fails for a foreign key of a partitioned table.

For unique constraints and primary keys build a unique index concurrently and add the constraint `USING INDEX`. For a
partitioned table add the key to each partition first, then to the parent.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.locking.constraints import NOT_VALID_ON_PARTITIONED_SINCE
from rules.model.finding import Finding, Severity
from rules.model.operations import AddExclusion, AddForeignKey, AddPrimaryKey, AddUnique, Opaque
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
    op.execute("ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email) NOT VALID")


def downgrade() -> None:
    op.drop_constraint("users_email_key", "users", type_="unique")
""",
            fails="NOT VALID",
        ),
        Good(
            """def upgrade() -> None:
    op.create_foreign_key(
        "orders_user_id_fkey", "orders", "users", ["user_id"], ["id"], postgresql_not_valid=True
    )


def downgrade() -> None:
    op.drop_constraint("orders_user_id_fkey", "orders", type_="foreignkey")
""",
            because="a foreign key may wait with its validation",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT",
    ),
)


def is_refused_unique(op: Opaque) -> bool:
    """SQLAlchemy has no such keyword for unique constraints; `unreadable-operation` is silent where this speaks."""
    return op.statement.cause.endswith("create_unique_constraint") and "postgresql_using_index" in op.reason


@rule.on(Opaque)
def check_keyword(op: Opaque, context: Context) -> Iterator[Finding]:
    if is_refused_unique(op):
        yield rule.finding(
            op.place,
            "This raises `ArgumentError`: there is no keyword `postgresql_using_index` for unique constraints.",
            advice='Write `op.execute("ALTER TABLE ... ADD CONSTRAINT ... UNIQUE USING INDEX ...")`.',
        )


_WHAT = {AddUnique: "a unique constraint", AddPrimaryKey: "a primary key", AddExclusion: "an exclusion constraint"}


@rule.on(AddUnique, AddPrimaryKey, AddExclusion)
def check(op: AddUnique | AddPrimaryKey | AddExclusion, context: Context) -> Iterator[Finding]:
    if " ".join(op.sql.upper().split()).rstrip("; ").endswith("NOT VALID"):
        advice = "Build a unique index concurrently, then add it USING INDEX."
        if isinstance(op, AddExclusion):
            advice = "Add it without NOT VALID, in a maintenance window."
        yield rule.finding(op.place, f"PostgreSQL refuses NOT VALID on {_WHAT[type(op)]}.", advice=advice)


@rule.on(AddForeignKey)
def check_key(op: AddForeignKey, context: Context) -> Iterator[Finding]:
    table = context.schema.trace(op.table)
    if (
        op.constraint.not_valid
        and table
        and table.partitioned
        and context.server_version < NOT_VALID_ON_PARTITIONED_SINCE
    ):
        yield rule.finding(
            op.place,
            f"`{op.table}` is partitioned: before PostgreSQL 18 its foreign keys cannot be NOT VALID.",
            advice="Add the key to each partition first, then to the parent.",
        )
