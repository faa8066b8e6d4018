"""Rows are changed or deleted so that nothing can bring the old values back.

`downgrade()` restores the schema; the values that an UPDATE wrote over, and the rows that a DELETE took, are gone, and
the older version of the application meets the new ones. Keep the old values beside the new ones until the contract
step, give `downgrade()` the statement that turns them back, or say in a sentence that they go and why that is right.
"""

import re
from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import Delete, DropColumn, DropTable, Opaque, Raises, Truncate, Update
from rules.rollback import most_have_none, tells_of_loss, tells_why, touched_rows
from rules.rule import Bad, Good, Rule
from rules.schema import TableColumn

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fold=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("UPDATE orders SET status = 'closed' WHERE id = 7")


def downgrade() -> None:
    pass
""",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("UPDATE orders SET status = 'closed' WHERE id = 7 AND status = 'done'")


def downgrade() -> None:
    op.execute("UPDATE orders SET status = 'done' WHERE id = 7")
""",
            because="the way back turns the values back",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("UPDATE orders SET status = 'open' WHERE id = 7 AND status IS NULL")


def downgrade() -> None:
    pass
""",
            because="there was no value to lose",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("DELETE FROM orders WHERE id = 7")


def downgrade() -> None:
    pass  # The row was a test; it cannot be restored.
""",
            because="a sentence says that it goes, and why",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/tutorial.html#downgrading",),
    known_as={
        "django-migration-linter": ("RUNPYTHON_REVERSIBLE", "RUNSQL_REVERSIBLE"),
        "pytest-alembic": ("test_up_down_consistency",),
    },
)


@rule.on(Update, Delete, Truncate)
def check(op: Update | Delete | Truncate, context: Context) -> Iterator[Finding]:
    script = context.script
    if context.is_new(op.table) or context.is_empty(op.table) or _loses_nothing(op, context):
        return
    back = script.downgrade
    if op.table.key in touched_rows(back) or any(isinstance(each, Opaque | Raises) for each in back):
        return
    if _goes_anyway(op, context) or tells_of_loss(script) or tells_why(script) or most_have_none(context):
        return
    what = "old values" if isinstance(op, Update) else "rows"
    verb = "writes over the" if isinstance(op, Update) else "deletes"
    yield rule.finding(
        op.place,
        f"This {verb} {what} of `{op.table}`, and nothing brings them back: not `downgrade()`, and no sentence says "
        "that they go.",
        advice="Keep the old values until the contract step, or say in the docstring that they go and why.",
    )


def _loses_nothing(op: Update | Delete | Truncate, context: Context) -> bool:
    """Whether each column is new, or was without a value where it is written."""
    if not isinstance(op, Update) or not op.columns:
        return False
    table = context.schema.trace(op.table)
    return all(_is_new(table.column(name) if table else None) or _was_null(name, op.condition) for name in op.columns)


def _is_new(column: TableColumn | None) -> bool:
    return column is not None and column.origin.new


def _was_null(column: str, condition: str | None) -> bool:
    text = condition or ""
    return re.search(rf"\b{re.escape(column)}\"?\s+IS\s+NULL\b", text, re.IGNORECASE) is not None and not re.search(
        r"\bOR\b", text, re.IGNORECASE
    )


def _goes_anyway(op: Update | Delete | Truncate, context: Context) -> bool:
    """What the same revision drops, `undocumented-data-loss` speaks of."""
    if any(later.table.key == op.table.key for later in context.later(DropTable)):
        return True
    columns = {later.column for later in context.later(DropColumn) if later.table.key == op.table.key}
    return isinstance(op, Update) and bool(op.columns) and columns.issuperset(op.columns)
