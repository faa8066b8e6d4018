"""Some type changes keep the table and still rebuild the indexes on the column while everybody waits.

Between `text` and `citext`, between `integer` and `oid`, between `timestamp` and `timestamptz` in UTC, or to another
collation the rows stay as they are, but values compare differently. So each index on the column is built anew under the
`ACCESS EXCLUSIVE` lock of the change: reads and writes wait until it is done. An index with an expression or a
condition that has to do with the column is built anew by every change of type, even to the same one.

Drop the index concurrently in a revision before, change the type, and build the index concurrently in a revision after;
both in `autocommit_block()`. A longer `varchar` or `varchar` to `text` keeps the plain indexes and is not reported.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import AlterColumnType
from rules.retyping import Hazard, hazard_of, rebuilt_by
from rules.rule import Bad, Fixes, Good, Rule

INDEXED = """def upgrade() -> None:
    op.execute("CREATE INDEX ix_users_name ON users (name)")
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
    op.execute('ALTER TABLE users ALTER COLUMN name TYPE text COLLATE "C"')


def downgrade() -> None:
    op.execute('ALTER TABLE users ALTER COLUMN name TYPE text COLLATE "default"')
""",
            before=INDEXED,
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER TABLE users ALTER COLUMN name TYPE varchar")


def downgrade() -> None:
    op.execute("ALTER TABLE users ALTER COLUMN name TYPE text")
""",
            before=INDEXED,
            because="`text` and `varchar` compare alike, so the index is kept",
        ),
        Good(
            """def upgrade() -> None:
    op.execute('ALTER TABLE users ALTER COLUMN name TYPE text COLLATE "C"')


def downgrade() -> None:
    op.execute('ALTER TABLE users ALTER COLUMN name TYPE text COLLATE "default"')
""",
            because="no index covers the column",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",),
    known_as={"migrationpilot": ("MP089",)},
)


@rule.on(AlterColumnType)
def check(op: AlterColumnType, context: Context) -> Iterator[Finding]:
    if hazard_of(op, context) is not Hazard.INDEX:
        return
    indexes = " and ".join(f"`{name}`" for name in rebuilt_by(op, context))
    yield rule.finding(
        op.place,
        f"Changing `{op.column}` builds {indexes} of `{op.table}` anew; reads and writes wait until it is done.",
        advice="Drop the index concurrently before, change the type, and build the index concurrently afterwards.",
    )
