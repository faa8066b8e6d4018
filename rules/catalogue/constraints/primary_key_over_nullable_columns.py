"""A primary key over a nullable column reads the whole table, though its index is there already.

`ADD PRIMARY KEY USING INDEX` makes its columns NOT NULL. Where one of them is nullable PostgreSQL reads every row under
an `ACCESS EXCLUSIVE` lock: reads and writes wait until it is done. Columns that are NOT NULL already, or that a
validated CHECK proves to be, cost nothing: go the way of `blocking-not-null` first.
"""

from collections.abc import Iterator, Sequence

from rules.context import Context
from rules.model.columns import PrimaryKey
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import AddPrimaryKey
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
    op.execute("ALTER TABLE tags ADD CONSTRAINT tags_pkey PRIMARY KEY USING INDEX tags_pkey")


def downgrade() -> None:
    op.drop_constraint("tags_pkey", "tags", type_="primary")
    op.create_index("tags_pkey", "tags", ["name"], unique=True)
    op.alter_column("tags", "name", existing_type=sa.Text(), nullable=True)
""",
            before="""def upgrade() -> None:
    op.create_table("tags", sa.Column("name", sa.Text()))
    op.create_index("tags_pkey", "tags", ["name"], unique=True)


def downgrade() -> None:
    op.drop_table("tags")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER TABLE tags ADD CONSTRAINT tags_pkey PRIMARY KEY USING INDEX tags_pkey")


def downgrade() -> None:
    op.drop_constraint("tags_pkey", "tags", type_="primary")
    op.create_index("tags_pkey", "tags", ["name"], unique=True)
""",
            before="""def upgrade() -> None:
    op.create_table("tags", sa.Column("name", sa.Text(), nullable=False))
    op.create_index("tags_pkey", "tags", ["name"], unique=True)


def downgrade() -> None:
    op.drop_table("tags")
""",
            because="the column is NOT NULL already",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT",
    ),
    known_as={
        "eugene": ("W14",),
        "atlas": ("PG304",),
        "pg-migration-lint": ("PGM016",),
        "pgfence": ("add-pk-using-index",),
    },
)


@rule.on(AddPrimaryKey)
def check(op: AddPrimaryKey, context: Context) -> Iterator[Finding]:
    match op.constraint:
        case PrimaryKey(index=str() as name) if context.is_in_use(op.table):
            index = context.schema.index(Name(name, op.table.schema))
            yield from _over(op, index.columns if index else (), context)


def _over(op: AddPrimaryKey, columns: Sequence[str | None], context: Context) -> Iterator[Finding]:
    table = context.schema.trace(op.table)
    nullable = [
        f"`{column.name}`"
        for column in (table.columns if table else ())
        if column.name in columns and column.nullable and not context.schema.proves_not_null(op.table, column.name)
    ]
    if nullable:
        named = " and ".join(nullable)
        yield rule.finding(
            op.place,
            f"{named} may hold NULL, so every row of `{op.table}` is read; reads and writes wait until it is done.",
            advice="Make it NOT NULL first, with a validated CHECK as the proof.",
        )
