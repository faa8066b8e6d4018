"""A NOT NULL column without a default cannot be added to a table that has rows.

PostgreSQL has no value for the rows that exist and stops with error 23502. On an empty table the statement passes, and
the running version of the application fails instead: its inserts do not name the column.

A `server_default` gives both a value. Since PostgreSQL 11 a constant or stable default (`0`, `now()`) is stored once
in the catalog: no row is written, nobody waits. A Python `default=` does not help: Alembic renders nothing for it.

Where no constant fits, add the column nullable, let the application write it, fill the old rows in batches, and make
it NOT NULL in a later revision (`blocking-not-null` says how).
"""

import ast
from collections.abc import Iterator

from rules.context import Context
from rules.locking.columns import default_of
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.names import Name
from rules.model.operations import AddColumn, Copy, Delete, Insert, Operation, Rows, Truncate
from rules.rewriting import Source, column_argument
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.BOTH,
    changes_schema=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("priority", sa.Integer(), nullable=False, default=0))


def downgrade() -> None:
    op.drop_column("orders", "priority")
""",
            becomes="""def upgrade() -> None:
    op.add_column("orders", sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("orders", "priority")
""",
        ),
        Bad(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("region", sa.Text(), nullable=False))


def downgrade() -> None:
    op.drop_column("orders", "region")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.add_column(
        "orders", sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("orders", "seen_at")
""",
            because="`now()` is stable: it is evaluated once and stored in the catalog",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",),
    known_as={
        "squawk": ("adding-required-field",),
        "django-migration-linter": ("NOT_NULL",),
        "atlas": ("MF103",),
        "pg-migration-lint": ("PGM008",),
        "migrationpilot": ("MP084",),
        "pgfence": ("add-column-not-null-no-default",),
    },
)


@rule.on(AddColumn)
def check(op: AddColumn, context: Context) -> Iterator[Finding]:
    column = op.column
    if (
        column.nullable
        or column.generated is not None
        or default_of(column, context.schema, context.server_version) is not None
    ):
        return
    if context.is_new(op.table) or context.is_empty(op.table):
        return
    yield rule.finding(
        op.place,
        f"After this every insert into `{op.table}` that does not name `{column.name}` fails."
        if _is_emptied(op.table, context)
        else f"Adding `{column.name}` fails if `{op.table}` has a row; afterwards inserts that do not name it fail.",
        advice="Give it a `server_default`, or add it nullable, fill it, and make it NOT NULL in a later revision.",
        suggestion=_server_default(op, context),
    )


def _is_emptied(table: Name, context: Context) -> bool:
    """The migration has deleted all rows before."""
    for op in context.earlier(Operation):
        match op:
            case (
                Insert(table=touched) | Copy(table=touched, into=True) | Truncate(table=touched) | Delete(table=touched)
            ):
                if touched.key == table.key:
                    return isinstance(op, Truncate) or (isinstance(op, Delete) and op.rows is Rows.ALL)
    return False


def _server_default(op: AddColumn, context: Context) -> Suggestion | None:
    """A literal `default=` turned into the `server_default=` of the same value."""
    column = column_argument(context.script.text, op.statement, "op.add_column")
    source = Source.of(context.script.path, context.script.text)
    if column is None or source is None:
        return None
    quote = "'" if source.segment(column).count("'") > source.segment(column).count('"') else '"'
    for default in column.keywords:
        match default:
            case ast.keyword(arg="default", value=ast.Constant(value=str())):
                return _filled(source, default, source.segment(default.value))
            case ast.keyword(arg="default", value=ast.Constant(value=int() as value)):
                return _filled(source, default, f"{quote}{str(value).lower()}{quote}")
    return None


def _filled(source: Source, default: ast.keyword, written: str) -> Suggestion:
    return Suggestion("Let the server fill the column", (source.replace(default, f"server_default={written}"),))
