"""A constraint that an earlier revision left NOT VALID is still not validated.

It guards new rows, but nobody knows whether the old ones pass; the query planner ignores it, and so does the proof that
`SET NOT NULL` looks for. A revision with `VALIDATE CONSTRAINT` settles it while reads and writes pass.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import (
    AddCheck,
    AddColumn,
    AddForeignKey,
    AlterColumnType,
    DropColumn,
    DropConstraint,
    SetDefault,
    SetNotNull,
    ValidateConstraint,
)
from rules.model.script import MigrationScript
from rules.rule import Bad, Fixes, Good, Rule
from rules.schema import TableConstraint

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.PLAN,
    fold=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            before="""def upgrade() -> None:
    op.create_check_constraint("orders_total", "orders", "total >= 0", postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint("orders_total", "orders", type_="check")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_total")


def downgrade() -> None:
    pass
""",
            before="""def upgrade() -> None:
    op.create_check_constraint("orders_total", "orders", "total >= 0", postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint("orders_total", "orders", type_="check")
""",
            because="it is validated here",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",),
)

_ALTERING = (AddColumn, DropColumn, AlterColumnType, SetNotNull, SetDefault, AddCheck, AddForeignKey)


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for step in context.steps:
        operation = step.operation
        if not isinstance(operation, _ALTERING) or operation.table.key in seen:
            continue
        seen.add(operation.table.key)
        table = step.schema.trace(operation.table)
        for constraint in table.constraints if table else ():
            if not (constraint.validated or constraint.origin.new or _is_settled(operation.table, constraint, context)):
                yield rule.finding(
                    operation.place,
                    f"`{constraint.name}` of `{operation.table}` was added NOT VALID and never validated.",
                    advice="Add a revision with VALIDATE CONSTRAINT.",
                    subject=f"{operation.table}.{constraint.name}",
                )


def _is_settled(table: Name, constraint: TableConstraint, context: Context) -> bool:
    """Whether a revision of the pull request validates it, or drops it."""
    return any(
        isinstance(operation, ValidateConstraint | DropConstraint)
        and operation.name == constraint.name
        and operation.table.key == table.key
        for revision in context.together
        for operation in context.history.scripts[revision].upgrade
    )
