"""`VACUUM FULL` and `CLUSTER` write the whole table anew while nobody can read it.

Both copy every row into a new file under an `ACCESS EXCLUSIVE` lock: reads and writes wait until the copy and all
indexes are done, for hours on a large table. It also needs the space of a second table.

They do not belong into a migration. A plain `VACUUM` lets reads and writes pass and makes the space usable again. To
give it back to the system, use a tool that repacks online, at a time of its own.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import Maintenance
from rules.rule import Bad, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("CLUSTER users USING users_pkey")


def downgrade() -> None:
    pass
""",
        ),
        Bad(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("VACUUM (FULL, ANALYZE) users")


def downgrade() -> None:
    pass
""",
        ),
        Good(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("VACUUM (ANALYZE) users")


def downgrade() -> None:
    pass
""",
            because="a plain `VACUUM` lets reads and writes pass",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/sql-vacuum.html",
        "https://www.postgresql.org/docs/current/sql-cluster.html",
    ),
    known_as={
        "squawk": ("prefer-repack",),
        "eugene": ("E10",),
        "pg-migration-lint": ("PGM018", "PGM021"),
        "migrationpilot": ("MP006", "MP032"),
        "pgfence": ("vacuum-full",),
    },
)


@rule.on(Maintenance)
def check(op: Maintenance, context: Context) -> Iterator[Finding]:
    if op.verb not in ("VACUUM FULL", "CLUSTER"):
        return
    if op.table is not None and not context.is_in_use(op.table):
        return
    what = f"`{op.table}`" if op.table is not None else "every table"
    yield rule.finding(
        op.place,
        f"`{op.verb}` writes {what} anew; reads and writes wait until it is done.",
        advice="Leave it out of the migration: a plain `VACUUM` lets them pass, an online tool gives the space back.",
    )
