"""Adding a primary key in one step makes everybody wait until its index is built.

`ADD PRIMARY KEY` builds a unique index under an `ACCESS EXCLUSIVE` lock and reads the table for NULLs: reads and writes
wait until it is done.

Build a unique index concurrently, in a revision of its own; the next revision lets the key take it over: `op.execute(
"ALTER TABLE t ADD CONSTRAINT p PRIMARY KEY USING INDEX p")`. Its columns must be NOT NULL by then, else the statement
reads the whole table after all (`blocking-not-null`).
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.columns import PrimaryKey
from rules.model.finding import Finding, Severity
from rules.model.operations import AddColumn, AddPrimaryKey
from rules.rule import Bad, Fixes, Good, Rule

_TAGS = """def upgrade() -> None:
    op.create_table("tags", sa.Column("name", sa.Text(), nullable=False))
    op.create_index("tags_pkey", "tags", ["name"], unique=True)


def downgrade() -> None:
    op.drop_table("tags")
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.PLAN,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.create_primary_key("tags_key", "tags", ["name"])


def downgrade() -> None:
    op.drop_constraint("tags_key", "tags", type_="primary")
""",
            before=_TAGS,
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER TABLE tags ADD CONSTRAINT tags_pkey PRIMARY KEY USING INDEX tags_pkey")


def downgrade() -> None:
    op.drop_constraint("tags_pkey", "tags", type_="primary")
    op.create_index("tags_pkey", "tags", ["name"], unique=True)
""",
            before=_TAGS,
            because="the index is there already, and the column is NOT NULL",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT",
    ),
    known_as={
        "squawk": ("adding-serial-primary-key-field",),
        "eugene": ("E7",),
        "atlas": ("PG104",),
        "pg-migration-lint": ("PGM016",),
        "pgfence": ("add-pk-without-using-index",),
    },
)


@rule.on(AddPrimaryKey)
def check(op: AddPrimaryKey, context: Context) -> Iterator[Finding]:
    if op.constraint.index is None and "NOT VALID" not in op.sql.upper():
        yield from _blocking(op, context)


@rule.on(AddColumn)
def check_inline(op: AddColumn, context: Context) -> Iterator[Finding]:
    if any(isinstance(constraint, PrimaryKey) for constraint in op.column.constraints):
        yield from _blocking(op, context)


def _blocking(op: AddPrimaryKey | AddColumn, context: Context) -> Iterator[Finding]:
    if context.is_in_use(op.table):
        yield rule.finding(
            op.place,
            f"Adding the primary key makes reads and writes of `{op.table}` wait until its index is built.",
            advice="Build a unique index concurrently; in the next revision add the key USING INDEX.",
        )
