"""Making a column NOT NULL reads the whole table while everybody waits.

`SET NOT NULL` looks at every row under an `ACCESS EXCLUSIVE` lock: reads and writes of the table wait until it is
done.

Since PostgreSQL 12 the look is skipped if a **validated** CHECK constraint proves that the column holds no NULL. So:

1. let the application write the column, and fill the old rows in batches;
2. add `CHECK (c IS NOT NULL)` with `postgresql_not_valid=True`: a moment;
3. in the next revision, which must be a transaction of its own, `VALIDATE CONSTRAINT` (reads and writes pass), then
   `nullable=False` (the proof is there), then drop the CHECK, in this order.

Do not add the CHECK before the old rows are filled: every update of an unfilled row would fail. From PostgreSQL 18 on
`ADD CONSTRAINT n NOT NULL c NOT VALID` and `VALIDATE CONSTRAINT` do the same without a CHECK.
"""

import ast
from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import AddNotNullConstraint, SetNotNull
from rules.rewriting import written_keyword
from rules.rule import Bad, Fixes, Good, Rule
from rules.schema import ConstraintKind

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.PLAN,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.alter_column("users", "email", existing_type=sa.String(320), nullable=False)


def downgrade() -> None:
    op.alter_column("users", "email", existing_type=sa.String(320), nullable=True)
""",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER TABLE users VALIDATE CONSTRAINT users_email_filled")
    op.alter_column("users", "email", existing_type=sa.String(320), nullable=False)
    op.drop_constraint("users_email_filled", "users", type_="check")


def downgrade() -> None:
    op.execute("ALTER TABLE users ADD CONSTRAINT users_email_filled CHECK (email IS NOT NULL) NOT VALID")
    op.alter_column("users", "email", existing_type=sa.String(320), nullable=True)
""",
            before="""def upgrade() -> None:
    op.execute("UPDATE users SET email = '' WHERE email IS NULL")
    op.create_check_constraint("users_email_filled", "users", "email IS NOT NULL", postgresql_not_valid=True)
""",
            because="the validated CHECK proves that no row holds NULL, so no row is read again",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL",),
    known_as={
        "squawk": ("adding-not-nullable-field",),
        "eugene": ("E2",),
        "strong_migrations": ("change_column_null_postgresql", "change_column_with_not_null"),
        "django-migration-linter": ("NOT_NULL",),
        "atlas": ("PG303", "MF104"),
        "pg-migration-lint": ("PGM013",),
        "migrationpilot": ("MP002", "MP018", "MP081"),
        "pgfence": ("alter-column-set-not-null",),
        "online_migrations": ("change_column_null", "add_not_null_constraint"),
        "bytebase": ("statement.disallow-add-not-null",),
    },
)

PROOF_SINCE = 12


@rule.on(SetNotNull)
def check(op: SetNotNull, context: Context) -> Iterator[Finding]:
    if context.schema.table(op.table) is not None or not _is_said_to_be_not_null(op, context):
        yield from _blocking(op, op.column, context)


def _is_said_to_be_not_null(op: SetNotNull, context: Context) -> bool:
    """`existing_nullable=False` in the call itself; only asked where the history does not know the table."""
    match written_keyword(context.script.text, op.place, "existing_nullable"):
        case ast.Constant(value=False):
            return True
    return False


@rule.on(AddNotNullConstraint)
def check_constraint(op: AddNotNullConstraint, context: Context) -> Iterator[Finding]:
    if not op.constraint.not_valid:
        yield from _blocking(op, op.constraint.column, context)


def _reads_rows(table: Name, column: str, context: Context) -> bool:
    found = context.schema.trace(table)
    known = found.column(column) if found else None
    for constraint in found.constraints if found else ():
        if constraint.kind is ConstraintKind.NOT_NULL and constraint.columns == (column,) and not constraint.validated:
            return True  # 18+: it is validated then, whatever else proves it
    if known is not None and not known.nullable:
        return False
    return context.server_version < PROOF_SINCE or not context.schema.proves_not_null(table, column)


def _blocking(op: SetNotNull | AddNotNullConstraint, column: str, context: Context) -> Iterator[Finding]:
    if context.is_in_use(op.table) and _reads_rows(op.table, column, context):
        yield rule.finding(
            op.place,
            f"Making `{column}` NOT NULL reads every row of `{op.table}`; reads and writes wait until it is done.",
            advice="Prove it first: a CHECK added NOT VALID, validated in the next revision, makes this a moment.",
        )
