"""A foreign key on a column that is just being added is checked row by row, though every row is NULL.

For `sa.ForeignKey(...)` in `op.add_column` Alembic sends two statements: `ADD COLUMN`, then an `ADD FOREIGN KEY` that
looks at every row. Writes to both tables wait until it is done.

`inline_references=True` (Alembic 1.18.2 or newer) sends `ADD COLUMN ... REFERENCES ...` instead: PostgreSQL knows that
the new column is empty and checks nothing. Alembic before 1.18.5 loses `ondelete`, `onupdate` and `deferrable` on that
way. With a default, or NOT NULL, the check runs all the same: then add the column first, and the key NOT VALID.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.columns import ForeignKey
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.operations import AddColumn, AddForeignKey
from rules.rewriting import with_keyword
from rules.rule import Bad, Fixes, Good, Rule
from rules.wording import named

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.BOTH,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("seller_id", sa.BigInteger(), sa.ForeignKey("users.id")))


def downgrade() -> None:
    op.drop_column("orders", "seller_id")
""",
            becomes="""def upgrade() -> None:
    op.add_column(
        "orders",
        sa.Column("seller_id", sa.BigInteger(), sa.ForeignKey("users.id")),
        inline_references=True,
    )


def downgrade() -> None:
    op.drop_column("orders", "seller_id")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER TABLE orders ADD COLUMN seller_id bigint REFERENCES users (id)")


def downgrade() -> None:
    op.drop_column("orders", "seller_id")
""",
            because="a nullable column without default is known to be empty",
        ),
    ),
    references=(
        "https://alembic.sqlalchemy.org/en/latest/ops.html#alembic.operations.Operations.add_column",
        "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",
    ),
    known_as={
        "squawk": ("adding-foreign-key-constraint",),
        "eugene": ("E1",),
        "strong_migrations": ("add_reference",),
        "atlas": ("PG306",),
        "online_migrations": ("add_reference",),
    },
)


@rule.on(AddForeignKey)
def check(op: AddForeignKey, context: Context) -> Iterator[Finding]:
    """The second statement of an `op.add_column`."""
    if op.statement.cause.endswith("add_column") and not op.constraint.not_valid:
        yield from _blocking(op, op.constraint, _inline(op, context), context)


@rule.on(AddColumn)
def check_inline(op: AddColumn, context: Context) -> Iterator[Finding]:
    """REFERENCES inside the column's definition, with a value to check."""
    if op.column.default is None and op.column.nullable and op.column.generated is None:
        return  # a domain's default counts for none: the server does not check the key then
    for constraint in op.column.constraints:
        if isinstance(constraint, ForeignKey):
            yield from _blocking(op, constraint, None, context)


def _blocking(
    op: AddColumn | AddForeignKey, key: ForeignKey, suggestion: Suggestion | None, context: Context
) -> Iterator[Finding]:
    if context.is_new(op.table) or (context.is_small(op.table) and context.is_small(key.target)):
        return
    yield rule.finding(
        op.place,
        f"The foreign key of the new column is checked for every row; writes to {named((op.table, key.target))} wait.",
        advice="Reference inline (`inline_references=True`), or add the key NOT VALID and validate it later.",
        suggestion=suggestion,
    )


def _inline(op: AddForeignKey, context: Context) -> Suggestion | None:
    """Only where no Alembic that takes the keyword would lose a part of the key."""
    key = op.constraint
    if key.on_delete or key.on_update or not key.plain or op.statement.cause != "op.add_column":
        return None
    title = "Reference inline (Alembic 1.18.2 or newer)"
    return with_keyword(context.script.text, op.statement, "inline_references", "True", title)
