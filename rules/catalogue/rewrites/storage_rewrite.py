"""Moving a table to another kind of storage copies all of it while everybody waits.

`SET LOGGED`, `SET UNLOGGED`, `SET TABLESPACE` and `SET ACCESS METHOD` copy every row under an `ACCESS EXCLUSIVE` lock:
reads and writes wait until the copy is done. `SET UNLOGGED` also means that a crash empties the table.

Do it in a maintenance window, or make a new table of the wanted kind and copy in batches.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import Maintenance, SetStorage
from rules.rule import Bad, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("ALTER TABLE orders SET UNLOGGED")


def downgrade() -> None:
    op.execute("ALTER TABLE orders SET LOGGED")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("CREATE UNLOGGED TABLE baskets (id bigint PRIMARY KEY, content jsonb)")
    op.execute("ALTER TABLE baskets SET LOGGED")


def downgrade() -> None:
    op.drop_table("baskets")
""",
            because="the table is new and holds no row",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER TABLE orders SET LOGGED")


def downgrade() -> None:
    pass
""",
            because="the table is logged already, nothing is copied",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-LOGGED-UNLOGGED",),
    known_as={"eugene": ("E10",), "migrationpilot": ("MP047", "MP095"), "pgfence": ("set-logged-unlogged",)},
)


@rule.on(SetStorage)
def check(op: SetStorage, context: Context) -> Iterator[Finding]:
    if not context.is_in_use(op.table) or context.schema.is_stored_so(op.table, op.target):
        return
    yield rule.finding(
        op.place,
        f"`SET {op.target}` copies `{op.table}`; reads and writes wait until the copy is done.",
        advice="Do it in a maintenance window, or copy into a new table in batches.",
    )


@rule.on(Maintenance)
def check_all(op: Maintenance, _: Context) -> Iterator[Finding]:
    if op.verb.endswith(" ALL IN TABLESPACE"):
        yield rule.finding(
            op.place,
            "Whatever stands in the tablespace is copied; reads and writes of each table wait until the copies are "
            "done.",
            advice="Do it in a maintenance window, or copy into new tables in batches.",
        )
