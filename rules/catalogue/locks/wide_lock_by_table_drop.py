"""Dropping a table makes reads and writes of every table that it references wait.

`DROP TABLE` drops the table's foreign keys, and for each takes an `ACCESS EXCLUSIVE` lock on the referenced table too,
until the transaction ends. Drop the foreign keys first, one revision each, then the table.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.columns import ForeignKey
from rules.model.finding import Finding, Severity
from rules.model.operations import DropTable
from rules.rule import Bad, Fixes, Good, Rule
from rules.wording import named

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.PLAN,
    fold=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.drop_table("notes")


def downgrade() -> None:
    # The notes themselves are lost.
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.BigInteger(), sa.ForeignKey("users.id"), index=True),
    )
""",
            before="""def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.BigInteger(), sa.ForeignKey("users.id"), index=True),
    )
""",
        ),
        Good(
            """def upgrade() -> None:
    op.drop_table("notes")


def downgrade() -> None:
    # The notes themselves are lost.
    op.create_table("notes", sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True))
""",
            before="""def upgrade() -> None:
    op.create_table("notes", sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True))
""",
            because="the table references no other",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-droptable.html",),
    known_as={"online_migrations": ("drop_table_multiple_foreign_keys",)},
)


@rule.on(DropTable)
def check(op: DropTable, context: Context) -> Iterator[Finding]:
    table = context.schema.trace(op.table)
    if table is None or context.is_new(op.table):
        return
    dropped = {other.table.key for other in (op, *context.earlier(DropTable), *context.later(DropTable))}
    keys = (each.definition for each in table.constraints if isinstance(each.definition, ForeignKey))
    targets = dict.fromkeys(
        str(key.target) for key in keys if key.target.key not in dropped and not context.is_new(key.target)
    )
    if targets:
        yield rule.finding(
            op.place,
            f"Dropping `{op.table}` makes reads and writes of {named(targets)} wait too, until the transaction ends.",
            advice="Drop its foreign keys first, one revision each, then the table.",
        )
