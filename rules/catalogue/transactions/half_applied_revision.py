"""If the rows do not allow a statement, what the same revision did before it stays: MySQL cannot take it back.

MySQL and MariaDB commit each statement about the schema by itself, and Alembic knows it. When a later statement of the
revision fails, since two rows hold the same value, a null is where none may be, or a key points nowhere, the earlier
ones stay applied, the revision is not recorded as run, and the next attempt stops at the first of them: the column or
the table is there already. Somebody then mends the database by hand.

Give the statement that the rows may refuse a revision of its own, or let it come first.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.dialects import MYSQL
from rules.model.columns import ForeignKey
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import (
    AddCheck,
    AddForeignKey,
    AddPrimaryKey,
    AddUnique,
    CreateIndex,
    Insert,
    Operation,
    RedefineColumn,
    Update,
)
from rules.repeating import is_repeatable
from rules.rule import Bad, Good, Rule
from rules.schema import TableColumn

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fold=True,
    dialects=MYSQL,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))
    op.create_unique_constraint("uq_users_email", "users", ["email"])


def downgrade() -> None:
    op.drop_constraint("uq_users_email", "users", type_="unique")
    op.drop_column("orders", "note")
""",
            dialect="mysql",
        ),
        Good(
            """def upgrade() -> None:
    op.create_unique_constraint("uq_users_email", "users", ["email"])
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
    op.drop_constraint("uq_users_email", "users", type_="unique")
""",
            because="when the rows refuse the key, nothing has been done yet",
            dialect="mysql",
        ),
        Good(
            """def upgrade() -> None:
    op.create_table(
        "coupons",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(20)),
    )
    op.create_unique_constraint("uq_coupons_code", "coupons", ["code"])


def downgrade() -> None:
    op.drop_table("coupons")
""",
            because="a table that this revision creates has no rows to refuse anything",
            dialect="mariadb",
        ),
    ),
    references=(
        "https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html",
        "https://mariadb.com/kb/en/sql-statements-that-cause-an-implicit-commit/",
    ),
    known_as={"atlas": ("MY120",)},
)

_ROWS = (Insert, Update)


@rule.on(AddUnique, AddForeignKey, AddCheck, AddPrimaryKey, CreateIndex, RedefineColumn)
def check(op: Operation, context: Context) -> Iterator[Finding]:
    what = _refused(op, context)
    if what is None or op.statement.conditional:
        return
    stays = [
        step.operation
        for step in context.steps[: context.position]
        if step.operation.statement is not op.statement and _stays(step.operation, context)
    ]
    if not stays:
        return
    table: Name = op.table  # type: ignore[attr-defined]
    yield rule.finding(
        op.place,
        f"If the rows of `{table}` do not allow {what}, the statements above it stay applied, and the next attempt "
        "fails on them.",
        advice="Give it a revision of its own, or let it come first.",
    )


def _stays(operation: Operation, context: Context) -> bool:
    """What is in the way of a second attempt. Rows alone are not counted: they may be written twice."""
    return not isinstance(operation, _ROWS) and not is_repeatable(operation, context)


def _refused(op: Operation, context: Context) -> str | None:
    """What the rows may refuse; nothing of a table that the pull request creates."""
    if context.is_new(op.table) or context.is_empty(op.table):  # type: ignore[attr-defined]
        return None
    match op:
        case AddUnique() | AddPrimaryKey():
            return "the key"
        case CreateIndex(unique=True):
            return "the unique index"
        case AddForeignKey(constraint=ForeignKey(columns=columns)):
            return None if _are_new(columns, op.table, context) else "the foreign key"
        case AddCheck():
            return "the check"
        case RedefineColumn(definition=definition) if not definition.nullable:
            known = _known((op.column,), op.table, context)
            return "NOT NULL" if any(one.nullable for one in known) else None
    return None


def _are_new(columns: tuple[str, ...], table: Name, context: Context) -> bool:
    """Columns that this pull request adds hold nulls so far, which point nowhere."""
    return sum(one.origin.new and one.default is None for one in _known(columns, table, context)) == len(columns)


def _known(columns: tuple[str, ...], table: Name, context: Context) -> list[TableColumn]:
    """Those of them whose definition was seen."""
    found = context.schema.trace(table)
    return [one for one in found.columns if one.name in columns and one.type.known] if found is not None else []
