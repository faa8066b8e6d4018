"""Between `timestamp` and `timestamptz`, the session's time zone decides what the values become.

PostgreSQL reads a `timestamp` in the zone of the session that runs the migration. The same migration gives other values
on a laptop than on the server. And unless that zone is UTC, the table and all its indexes are written anew while reads
and writes wait; with `USING` they are written anew in any case.

If the stored values mean UTC, `SET LOCAL TimeZone = 'UTC'` above the statement makes both right: from PostgreSQL 12 on
no row is written. Only you can know whether they mean UTC. Where an index covers the column it is rebuilt under the
lock even then (`index-rebuilding-type-change`). Otherwise add a column of the new type, fill it in batches with the
zone that the values mean, and switch over.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.operations import AlterColumnType
from rules.retyping import Hazard, hazard_of, old_type
from rules.rewriting import statement_above
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.BOTH,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.alter_column("orders", "placed_at", type_=sa.DateTime())


def downgrade() -> None:
    op.alter_column("orders", "placed_at", type_=sa.DateTime(timezone=True))
""",
            becomes="""def upgrade() -> None:
    op.execute("SET LOCAL TimeZone = 'UTC'")
    op.alter_column("orders", "placed_at", type_=sa.DateTime())


def downgrade() -> None:
    op.alter_column("orders", "placed_at", type_=sa.DateTime(timezone=True))
""",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("SET LOCAL TimeZone = 'UTC'")
    op.alter_column("orders", "placed_at", type_=sa.DateTime())


def downgrade() -> None:
    op.execute("SET LOCAL TimeZone = 'UTC'")
    op.alter_column("orders", "placed_at", type_=sa.DateTime(timezone=True))
""",
            because="the zone is said, and in UTC the change writes no row",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-TIMEZONES",
        "https://www.postgresql.org/docs/12/release-12.html",
    ),
    known_as={
        "squawk": ("changing-column-type",),
        "eugene": ("E5",),
        "pg-migration-lint": ("PGM007",),
        "strong_migrations": ("change_column",),
    },
)


@rule.on(AlterColumnType)
def check(op: AlterColumnType, context: Context) -> Iterator[Finding]:
    if hazard_of(op, context) is not Hazard.ZONE:
        return
    yield rule.finding(
        op.place,
        f"Changing `{op.column}` of `{op.table}` from `{old_type(op, context)}` to `{op.type}` reads the values in the "
        "session's time zone, and outside UTC writes the table anew; reads and writes wait until it is done.",
        advice="If the values mean UTC, set `TimeZone` to UTC for the transaction above the statement and leave out "
        "USING; otherwise add a new column and switch over.",
        suggestion=_in_utc(op, context),
    )


def _in_utc(op: AlterColumnType, context: Context) -> Suggestion | None:
    written = "op.execute(\"SET LOCAL TimeZone = 'UTC'\")"
    return statement_above(context.script.text, op.statement, written, "Say the zone, if the stored values mean UTC")
