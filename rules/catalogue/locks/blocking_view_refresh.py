"""Refreshing a materialized view the plain way makes its readers wait until its query is done.

`REFRESH MATERIALIZED VIEW` holds an `ACCESS EXCLUSIVE` lock on the view while the query runs.

`REFRESH MATERIALIZED VIEW CONCURRENTLY` lets readers pass. It needs a unique index over all rows of the view (no
expression, no condition), and may run inside a transaction.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import RefreshView
from rules.rewriting import in_sql
from rules.rule import Bad, Fixes, Good, Rule
from rules.schema import View

_TOTALS = """def upgrade() -> None:
    op.execute("CREATE MATERIALIZED VIEW totals AS SELECT user_id, sum(total) AS total FROM orders GROUP BY user_id")
    op.execute("CREATE UNIQUE INDEX totals_user_id ON totals (user_id)")
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.BOTH,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("REFRESH MATERIALIZED VIEW totals")


def downgrade() -> None:
    pass
""",
            becomes="""def upgrade() -> None:
    op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY totals")


def downgrade() -> None:
    pass
""",
            before=_TOTALS,
        ),
        Good(
            """def upgrade() -> None:
    op.execute("CREATE MATERIALIZED VIEW counts AS SELECT count(*) FROM orders WITH NO DATA")
    op.execute("REFRESH MATERIALIZED VIEW counts")


def downgrade() -> None:
    op.execute("DROP MATERIALIZED VIEW counts")
""",
            because="the view is new, so nobody reads it yet",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html",),
    known_as={"migrationpilot": ("MP033",), "pgfence": ("refresh-matview-blocking",), "sqlfluff": ("PG01",)},
)


@rule.on(RefreshView)
def check(op: RefreshView, context: Context) -> Iterator[Finding]:
    view = context.schema.view(op.view)
    if op.concurrently or not op.with_data or not context.is_in_use(op.view):
        return
    if view is not None and not view.populated:
        return
    ready = view is not None and _has_row_key(view)
    yield rule.finding(
        op.place,
        f"Refreshing `{op.view}` makes everybody who reads it wait until its query is done.",
        advice="Refresh it concurrently." if ready else "Give it a unique index, then refresh it concurrently.",
        suggestion=in_sql(
            context.script.text,
            op.statement,
            r"\bREFRESH\s+MATERIALIZED\s+VIEW\b",
            r"\g<0> CONCURRENTLY",
            "Refresh it concurrently",
        )
        if ready
        else None,
    )


def _has_row_key(view: View) -> bool:
    return any(index.unique and index.predicate is None and None not in index.columns for index in view.indexes)
