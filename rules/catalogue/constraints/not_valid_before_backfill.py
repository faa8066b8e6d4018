"""A CHECK that forbids NULL is added before the old rows are filled.

`NOT VALID` leaves old rows alone only until somebody changes them: every UPDATE of a row that is still empty, of any of
its columns, fails with error 23514. So it is with `NOT NULL ... NOT VALID` from PostgreSQL 18 on (23502).

The order is: let the application write the column, fill the old rows in batches, then add the CHECK `NOT VALID`, catch
up on what was missed, then validate it.
"""

import re
from collections.abc import Iterator

from rules.context import Context
from rules.locking.columns import default_of
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import (
    AddCheck,
    AddColumn,
    AddNotNullConstraint,
    AlterColumnType,
    Call,
    Insert,
    Opaque,
    Operation,
    RenameColumn,
    Select,
    Update,
)
from rules.postgres.volatility import KNOWN
from rules.rule import Bad, Fixes, Good, Rule
from rules.schema.expressions import proves_not_null

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.PLAN,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.create_check_constraint("users_phone_filled", "users", "phone IS NOT NULL", postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint("users_phone_filled", "users", type_="check")
""",
            before="""def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))


def downgrade() -> None:
    op.drop_column("users", "phone")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.create_check_constraint("users_phone_filled", "users", "phone IS NOT NULL", postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint("users_phone_filled", "users", type_="check")
""",
            before="""def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))
    op.execute("UPDATE users SET phone = '' WHERE phone IS NULL")


def downgrade() -> None:
    op.drop_column("users", "phone")
""",
            because="the old rows are filled",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",),
)

_REPLACING = re.compile(r"\bUPDATE\s+SET\b", re.IGNORECASE)


@rule.on(AddCheck, AddNotNullConstraint)
def check(op: AddCheck | AddNotNullConstraint, context: Context) -> Iterator[Finding]:
    table = context.schema.trace(op.table)
    if not op.constraint.not_valid or table is None or not context.is_in_use(op.table):
        return
    for column in table.columns:
        if (
            column.nullable
            and proves_not_null(op.constraint, column.name)
            and _was_left_empty(op, column.name, context)
        ):
            yield rule.finding(
                op.place,
                f"No revision fills `{column.name}`: from now on each update of an unfilled row of `{op.table}` fails.",
                advice=f"Fill the old rows first, then add the {_kind(op)}.",
            )


def _kind(op: AddCheck | AddNotNullConstraint) -> str:
    return "CHECK" if isinstance(op, AddCheck) else "constraint"


def _was_left_empty(op: AddCheck | AddNotNullConstraint, column: str, context: Context) -> bool:
    """Whether the column came by ADD COLUMN without a value, and nothing wrote it since."""
    for earlier in reversed(list(_line(context))):
        match earlier:
            case RenameColumn(table=table, new_name=name) if table.key == op.table.key and name == column:
                column = earlier.column
            case AddColumn(table=table) if table.key == op.table.key and earlier.column.name == column:
                return (
                    default_of(earlier.column, context.schema, context.server_version) is None
                    and earlier.column.generated is None
                )
            case _ if _may_fill(earlier, op.table, column):
                return False
    return False


def _may_fill(earlier: Operation, name: Name, column: str) -> bool:
    """Whether it writes the column in rows that are there, or nobody can tell."""
    match earlier:
        case Update(table=table, columns=columns):
            return table.key == name.key and (column in columns or not columns)
        case Insert(table=table, sql=sql):
            return table.key == name.key and _REPLACING.search(sql) is not None
        case AlterColumnType(table=table, using=using):
            return table.key == name.key and earlier.column == column and using is not None
        case Select(functions=functions):
            return not KNOWN.issuperset(functions)
        case Opaque() | Call():
            return True
    return False


def _line(context: Context) -> Iterator[Operation]:
    """Every operation beneath this one: of earlier revisions, and of this function."""
    line = context.history.ancestors(context.script.revision) - {context.script.revision}
    for revision in context.history.order:
        if revision in line:
            yield from context.history.scripts[revision].upgrade
    yield from (step.operation for step in context.steps[: context.position])
