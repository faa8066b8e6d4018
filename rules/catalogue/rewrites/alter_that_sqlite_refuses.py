"""SQLite's `ALTER TABLE` cannot do this, so the migration fails.

SQLite renames tables and columns, adds a column and drops one; it alters no column and no constraint. Alembic refuses
some of these calls itself, before anything is sent, the others fail as syntax errors. A new column cannot be a key, and
on a table with rows it can neither be NOT NULL without a default nor have a default that is computed, such as
`CURRENT_TIMESTAMP`. A column that a key or an index is on cannot be dropped.

Use batch mode: inside `with op.batch_alter_table("users") as batch_op` Alembic makes a new table, copies every row,
drops the old one and renames the new one. Constraints are dropped by their names there, so that those without one need
a `naming_convention`. Nobody can write to the database while the table is copied.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.dialects import SQLITE
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import Direction, Opaque, Operation
from rules.rewriting.batches import in_batch
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule
from rules.sqlite.altering import NO_ALTER_OF_CONSTRAINTS, Refusal, refusal

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.SUGGESTION,
    downgrade=InDowngrade.LOWER,
    changes_schema=True,
    dialects=SQLITE,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.alter_column("users", "name", nullable=False, existing_type=sa.String(200))


def downgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.alter_column("name", nullable=True, existing_type=sa.String(200))
""",
            becomes="""def upgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.alter_column("name", nullable=False, existing_type=sa.String(200))


def downgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.alter_column("name", nullable=True, existing_type=sa.String(200))
""",
            fails="syntax error",
            dialect="sqlite",
        ),
        Bad(
            """def upgrade() -> None:
    op.drop_constraint("uq_users_email", "users", type_="unique")


def downgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.create_unique_constraint("uq_users_email", ["email"])
""",
            becomes="""def upgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_constraint("uq_users_email", type_="unique")


def downgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.create_unique_constraint("uq_users_email", ["email"])
""",
            before="""def upgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.create_unique_constraint("uq_users_email", ["email"])


def downgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_constraint("uq_users_email", type_="unique")
""",
            fails="No support for ALTER of constraints",
            dialect="sqlite",
        ),
        Good(
            """def upgrade() -> None:
    op.add_column("users", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_users_email", "users", ["email"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_users_email", "users")
    op.drop_column("users", "note")
""",
            because="SQLite adds a column with a constant default, and indexes are no constraints",
            dialect="sqlite",
        ),
    ),
    references=(
        "https://www.sqlite.org/lang_altertable.html",
        "https://alembic.sqlalchemy.org/en/latest/batch.html",
    ),
)


@rule.on(Operation)
def check(op: Operation, context: Context) -> Iterator[Finding]:
    if op.statement.conditional:
        return
    if isinstance(op, Opaque):
        if is_refused_by_alembic(op):
            yield _finding(op, Refusal("it cannot add or drop a constraint of a table that exists"), context)
        return
    table = getattr(op, "table", None)
    if not isinstance(table, Name):
        return
    found = refusal(op, context.schema.trace(table))
    if found is not None and (found.when_empty or not (context.is_new(table) or context.is_empty(table))):
        yield _finding(op, found, context)


def is_refused_by_alembic(op: Opaque) -> bool:
    return NO_ALTER_OF_CONSTRAINTS in op.reason


def _finding(op: Operation, found: Refusal, context: Context) -> Finding:
    suggestion = None
    if op.statement.direction is Direction.UPGRADE:
        suggestion = in_batch(context.script.text, op.place, "Alter it in batch mode")
    where = "" if found.when_empty else " where the table has rows"
    return rule.finding(
        op.place,
        f"SQLite refuses this{where}: {found.why}.",
        advice=_advice(found),
        suggestion=suggestion,
    )


def _advice(found: Refusal) -> str:
    if found.when_empty:
        return "Do it inside `op.batch_alter_table()`, which copies the table."
    return "Give it a constant default, or add it as nullable and fill it before it is altered in batch mode."
