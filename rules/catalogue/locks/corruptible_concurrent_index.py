"""PostgreSQL 14.0 to 14.3 could leave rows out of an index that was built concurrently.

Queries that use such an index miss rows, and a unique one lets duplicates in. 14.4 repaired it. The statistics file
says that the server is one of these: upgrade it before building the index, or build the index the plain way in a
maintenance window.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import CreateIndex, Reindex
from rules.rule import Bad, Fixes, Good, Rule

BROKEN = range(140_000, 140_004)
"""https://www.postgresql.org/docs/release/14.4/"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.NONE,
    examples=(
        Bad(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_user_id", "orders", ["user_id"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("ix_orders_user_id", table_name="orders")
""",
            statistics='{"server_version": 140002, "tables": {}}',
        ),
        Good(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_user_id", "orders", ["user_id"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("ix_orders_user_id", table_name="orders")
""",
            statistics='{"server_version": 140004, "tables": {}}',
            because="14.4 repaired it",
        ),
    ),
    references=("https://www.postgresql.org/docs/release/14.4/",),
    known_as={"strong_migrations": ("add_index_corruption",), "online_migrations": ("add_index_corruption",)},
)


@rule.on(CreateIndex, Reindex)
def check(op: CreateIndex | Reindex, context: Context) -> Iterator[Finding]:
    statistics = context.settings.table_statistics
    if op.concurrently and statistics is not None and statistics.server_version_number in BROKEN:
        yield rule.finding(
            op.place,
            "The server is older than 14.4: an index built concurrently there may leave rows out.",
            advice="Upgrade the server first.",
        )
