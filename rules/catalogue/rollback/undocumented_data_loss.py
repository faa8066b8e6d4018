"""`downgrade()` brings a column or table back empty, and nothing in the file says so.

What `upgrade()` drops takes its values along; the way back restores the form only. Whoever rolls back in a hurry reads
the docstring, if anything. Say there what is lost, or keep the values until nobody can want to go back: rename the
column first, drop it in a later release.
"""

from collections.abc import Iterator
from dataclasses import replace

from rules.context import Context, Step
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import Direction, DropColumn, DropTable, Insert, Raises, RenameTable
from rules.model.script import MigrationScript
from rules.rollback import (
    Filled,
    changes_schema,
    is_bare,
    is_filled,
    refilled,
    sentence_in_docstring,
    tells_of_loss,
    tells_why,
)
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule
from rules.schema import Table
from rules.wording import listed, named

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.SUGGESTION,
    downgrade=InDowngrade.SAME,
    examples=(
        Bad(
            '''"""Drop the age.

Revision ID: 0003
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.drop_column("users", "age")


def downgrade() -> None:
    op.add_column("users", sa.Column("age", sa.Integer()))
''',
            becomes='''"""Drop the age.

WARNING: downgrade() brings users.age back empty; its values are lost.

Revision ID: 0003
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.drop_column("users", "age")


def downgrade() -> None:
    op.add_column("users", sa.Column("age", sa.Integer()))
''',
        ),
        Good(
            """def upgrade() -> None:
    op.drop_column("users", "age")


def downgrade() -> None:
    # The values are lost: nothing has read them since last year.
    op.add_column("users", sa.Column("age", sa.Integer()))
""",
            because="a comment says so",
        ),
        Good(
            """def upgrade() -> None:
    op.drop_column("users", "age")


def downgrade() -> None:
    op.add_column("users", sa.Column("age", sa.Integer()))
    op.execute("UPDATE users SET age = 18")
""",
            because="the way back gives it values again",
        ),
        Good(
            """def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))


def downgrade() -> None:
    op.drop_column("users", "phone")
""",
            because="what the way back drops is what the way up added",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html",),
)


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    if is_bare(script) or not changes_schema(context) or any(isinstance(op, Raises) for op in script.downgrade):
        return
    filled = refilled(script.downgrade)
    if filled is None:
        return
    lost = [each for step in context.steps for each in _lost(step, context, filled)]
    if not lost or tells_of_loss(script) or tells_why(script):
        return
    them = "its" if len(lost) == 1 else "their"
    plain = listed(lost)
    finding = rule.finding(
        script.place_of("downgrade"),
        f"`downgrade()` brings {named(lost)} back without {them} values, and nothing in the file says so.",
        advice="Say in the docstring what is lost on the way back.",
        suggestion=sentence_in_docstring(
            script,
            f"WARNING: downgrade() brings {plain} back empty; {them} values are lost.",
            "Say what is lost",
        ),
        subject=" ".join(lost),
    )
    yield replace(finding, direction=Direction.DOWNGRADE)


def _lost(step: Step, context: Context, filled: set[Filled]) -> Iterator[str]:
    op = step.operation
    if not isinstance(op, DropColumn | DropTable) or op.statement.conditional:
        return
    if step.schema.is_new(op.table) or context.is_empty(op.table):
        return
    match op:
        case DropColumn(column=name):
            if not (is_filled(op.table, name, filled) or _is_new_or_computed(step.schema.trace(op.table), name)):
                yield f"{op.table}.{name}"
        case DropTable() if step.schema.table(op.table) is not None:
            if not (is_filled(op.table, None, filled) or _is_exchanged(op.table, context)):
                yield str(op.table)


def _is_new_or_computed(table: Table | None, name: str) -> bool:
    column = table.column(name) if table is not None else None
    return column is not None and (column.origin.new or column.expression is not None)


def _is_exchanged(table: Name, context: Context) -> bool:
    """Whether a copy with its rows takes the name of the table, as batch mode does with `recreate="always"`."""
    operations = [step.operation for step in context.steps]
    copies = {one.table.key for one in operations if isinstance(one, Insert) and table in one.sources}
    return any(
        isinstance(one, RenameTable) and one.new_name == table.name and one.table.key in copies for one in operations
    )
