"""Adding a stored generated column computes it for every row at once, while everybody waits.

`GENERATED ALWAYS AS (...) STORED` (`sa.Computed(..., persisted=True)`) writes the table and its indexes anew under an
`ACCESS EXCLUSIVE` lock: reads and writes wait until it is done. So does `SET EXPRESSION` on such a column (PostgreSQL
17 and newer).

Add a plain column, a trigger that computes it for rows that are written, and fill the old rows in batches. From
PostgreSQL 18 on a virtual generated column is computed when it is read, and adding one writes nothing.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.columns import Generated
from rules.model.finding import Finding, Severity
from rules.model.operations import AddColumn, AlterColumnOther
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
    op.add_column("users", sa.Column("email_key", sa.Text(), sa.Computed("lower(email)", persisted=True)))


def downgrade() -> None:
    op.drop_column("users", "email_key")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.add_column("users", sa.Column("email_key", sa.Text(), sa.Computed("lower(email)", persisted=False)))


def downgrade() -> None:
    op.drop_column("users", "email_key")
""",
            server_version=18,
            because="a virtual column is computed when it is read",
        ),
        Good(
            """def upgrade() -> None:
    op.create_table(
        "prices",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("net", sa.Numeric(12, 2), nullable=False),
    )
    op.execute("ALTER TABLE prices ADD COLUMN gross numeric(12, 2) GENERATED ALWAYS AS (net * 1.19) STORED")


def downgrade() -> None:
    op.drop_table("prices")
""",
            because="the table is new, so there are no rows and nobody waits",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/ddl-generated-columns.html",
        "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",
    ),
    known_as={
        "squawk": ("adding-field-with-default", "ban-alter-generated-expression"),
        "eugene": ("E11",),
        "strong_migrations": ("add_column_generated_stored",),
        "migrationpilot": ("MP062",),
        "pgfence": ("add-column-stored-generated",),
        "online_migrations": ("add_column_generated_stored",),
    },
)


@rule.on(AddColumn)
def check(op: AddColumn, context: Context) -> Iterator[Finding]:
    if op.column.generated is Generated.STORED:
        yield from _computed(op, op.column.name, "Adding", context)


@rule.on(AlterColumnOther)
def check_expression(op: AlterColumnOther, context: Context) -> Iterator[Finding]:
    table = context.schema.trace(op.table)
    column = table.column(op.column) if table is not None else None
    if op.action.upper().startswith("SET EXPRESSION") and (column is None or column.generated is Generated.STORED):
        yield from _computed(op, op.column, "A new expression for", context)


def _computed(op: AddColumn | AlterColumnOther, column: str, what: str, context: Context) -> Iterator[Finding]:
    if not context.is_in_use(op.table):
        return
    yield rule.finding(
        op.place,
        f"{what} `{column}` computes it for every row of `{op.table}`: the table and its indexes are written anew; "
        "reads and writes wait until it is done.",
        advice="Use a plain column that a trigger fills, and compute the old rows in batches"
        + ("; or a virtual column, which writes nothing." if context.server_version >= VIRTUAL_SINCE else "."),
    )


VIRTUAL_SINCE = 18
