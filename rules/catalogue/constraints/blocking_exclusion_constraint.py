"""Adding an exclusion constraint makes everybody wait until its index is built.

`ADD CONSTRAINT ... EXCLUDE` builds its index under an `ACCESS EXCLUSIVE` lock: reads and writes of the table wait until
the last row is indexed. There is no other form: `NOT VALID` is refused, and an index cannot be taken over.

Either writes and reads may rest for that long, in a maintenance window, or a new table with the constraint is filled
beside the old one and takes its place.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import AddExclusion
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.NONE,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("ALTER TABLE stays ADD CONSTRAINT stays_apart EXCLUDE USING gist (during WITH &&)")


def downgrade() -> None:
    op.drop_constraint("stays_apart", "stays")
""",
            before="""def upgrade() -> None:
    op.execute("CREATE TABLE stays (id bigint PRIMARY KEY, during tstzrange)")


def downgrade() -> None:
    op.drop_table("stays")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("CREATE TABLE stays (id bigint PRIMARY KEY, during tstzrange)")
    op.execute("ALTER TABLE stays ADD CONSTRAINT stays_apart EXCLUDE USING gist (during WITH &&)")


def downgrade() -> None:
    op.drop_table("stays")
""",
            because="the table is new, so nobody waits for it",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-EXCLUDE",),
    known_as={
        "squawk": ("constraint-missing-not-valid",),
        "eugene": ("E8",),
        "strong_migrations": ("add_exclusion_constraint",),
        "pg-migration-lint": ("PGM019",),
        "migrationpilot": ("MP031",),
        "pgfence": ("add-constraint-exclude",),
        "online_migrations": ("add_exclusion_constraint",),
    },
)


@rule.on(AddExclusion)
def check(op: AddExclusion, context: Context) -> Iterator[Finding]:
    if not context.is_in_use(op.table) or "NOT VALID" in op.sql.upper():
        return
    name = f"`{op.constraint.name}`" if op.constraint.name else "the exclusion constraint"
    yield rule.finding(
        op.place,
        f"Adding {name} makes reads and writes of `{op.table}` wait until its index is built.",
        advice="Do it in a maintenance window, or fill a new table that has the constraint and swap the two.",
    )
