"""Batch mode with `recreate="always"` copies the table, which PostgreSQL never needs.

For SQLite, which cannot alter much, Alembic makes a new table, copies every row, drops the old table and renames the
new one. With `recreate="always"` it does so on PostgreSQL too: reads and writes wait while the table is copied, the
grants and triggers of the old table are gone, the sequence of an identity column keeps the temporary name, and the
drop fails if another table references it.

Leave the argument out. `recreate="auto"` is the default: plain `ALTER TABLE` on PostgreSQL, the copy on SQLite only.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import Operation
from rules.rewriting.batches import recreating_batch, without_recreation
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.SUGGESTION,
    size_bound=True,
    changes_schema=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    with op.batch_alter_table("orders", recreate="always") as batch_op:
        batch_op.add_column(sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            becomes="""def upgrade() -> None:
    with op.batch_alter_table("orders") as batch_op:
        batch_op.add_column(sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
        ),
        Good(
            """def upgrade() -> None:
    with op.batch_alter_table("orders", recreate="auto") as batch_op:
        batch_op.add_column(sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            because="on PostgreSQL `auto` sends a plain `ALTER TABLE`",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/batch.html",),
)


@rule.on(Operation)
def check(op: Operation, context: Context) -> Iterator[Finding]:
    text = context.script.text
    batch = recreating_batch(text, op.place)
    if batch is None or not context.is_in_use(Name(*batch.table)):
        return
    earlier = context.steps[: context.position]
    if any(batch.holds(step.operation.place) for step in earlier):
        return
    yield rule.finding(
        batch.place,
        f'`recreate="always"` copies `{batch.table[0]}` into a new table; reads and writes wait until it is done, and '
        "grants and triggers are lost.",
        advice="Leave the argument out: PostgreSQL needs no copy.",
        suggestion=without_recreation(text, op.place, "Alter the table in place"),
        subject=f"recreate {batch.table[0]}",
    )
