"""Adding a column that counts by itself numbers every row at once, while everybody waits.

`SERIAL`, `BIGSERIAL`, `GENERATED ... AS IDENTITY` (`sa.Identity()`) and a `nextval()` default give each existing row
its number: table and indexes are written anew under an `ACCESS EXCLUSIVE` lock, reads and writes wait until it is
done.

It may be hidden: `op.add_column(..., sa.Column("id", sa.Integer(), primary_key=True))` sends `SERIAL NOT NULL`, and no
primary key.

Add a nullable `bigint`; create a sequence and set it as the default, for new rows; number the old rows in batches;
then build a unique index concurrently and make it the key with `PRIMARY KEY USING INDEX`. Turning an existing NOT NULL
column into an identity column (`ALTER COLUMN ... ADD GENERATED`) is a moment.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.columns import Generated
from rules.model.finding import Finding, Severity
from rules.model.operations import AddColumn
from rules.rule import Bad, Fixes, Good, Rule
from rules.schema.expressions import functions

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.PLAN,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("number", sa.BigInteger(), sa.Identity()))


def downgrade() -> None:
    op.drop_column("orders", "number")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("number", sa.BigInteger()))
    op.execute("CREATE SEQUENCE orders_number_seq OWNED BY orders.number")
    op.alter_column("orders", "number", server_default=sa.text("nextval('orders_number_seq')"))


def downgrade() -> None:
    op.drop_column("orders", "number")
""",
            because="the sequence counts for new rows only; the old ones are numbered later, in batches",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",),
    known_as={
        "squawk": ("adding-field-with-default",),
        "eugene": ("E11",),
        "strong_migrations": ("add_column_auto_incrementing",),
        "migrationpilot": ("MP015",),
        "pgfence": ("add-column-serial",),
    },
)

COUNTING = (Generated.SERIAL, Generated.IDENTITY_ALWAYS, Generated.IDENTITY_BY_DEFAULT)


@rule.on(AddColumn)
def check(op: AddColumn, context: Context) -> Iterator[Finding]:
    counts = op.column.generated in COUNTING or "nextval" in functions(op.column.default or "")
    if not counts or not context.is_in_use(op.table):
        return
    yield rule.finding(
        op.place,
        f"Adding `{op.column.name}` numbers every row of `{op.table}`: the table and its indexes are written anew; "
        "reads and writes wait until it is done.",
        advice="Add a nullable `bigint`, let a sequence number the new rows, number the old ones in batches, then "
        "build the key from a concurrent index.",
    )
