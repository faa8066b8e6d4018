"""Rows that exist may hold duplicates; then the unique index cannot be built.

A build that meets a duplicate fails. A concurrent build then leaves an index behind that is not valid: it costs every
write and has to be dropped before the next attempt. Look first:

`SELECT email, count(*) FROM users GROUP BY email HAVING count(*) > 1;`
"""

from collections.abc import Iterator

from rules.context import Context
from rules.locking.columns import default_of
from rules.model.finding import Finding, Severity
from rules.model.operations import AddUnique, CreateIndex, Delete, Update
from rules.postgres.volatility import Volatility, volatility_of
from rules.rule import Bad, Fixes, Good, Rule
from rules.schema import Table

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.NONE,
    examples=(
        Bad(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("users_email_key", "users", ["email"], unique=True, postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("users_email_key", table_name="users")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))


def downgrade() -> None:
    op.drop_column("users", "phone")
""",
            also=(
                """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("users_phone_key", "users", ["phone"], unique=True, postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("users_phone_key", table_name="users")
""",
            ),
            because="the column is new and empty, and NULL repeats nothing",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",),
    known_as={"django-migration-linter": ("ADD_UNIQUE",), "atlas": ("MF101", "MF102")},
)


@rule.on(CreateIndex)
def check(op: CreateIndex, context: Context) -> Iterator[Finding]:
    blocks = not op.concurrently and context.is_in_use(op.table)
    if op.unique and not blocks and not op.only:
        yield from _over(op, [key.column for key in op.keys], op.nulls_not_distinct, context)


@rule.on(AddUnique)
def check_constraint(op: AddUnique, context: Context) -> Iterator[Finding]:
    if op.constraint.index is None and not context.is_in_use(op.table):
        yield from _over(op, list(op.constraint.columns), op.constraint.nulls_not_distinct, context)


def _over(
    op: CreateIndex | AddUnique, columns: list[str | None], nulls_too: bool, context: Context
) -> Iterator[Finding]:
    if context.is_new(op.table) or context.is_empty(op.table):
        return
    table = context.schema.trace(op.table)
    if table is not None and (
        _has_own_values(table, columns, nulls_too, context) or _is_unique_already(table, columns, nulls_too)
    ):
        return
    changes: tuple[Delete | Update, ...] = (*context.earlier(Delete), *context.earlier(Update))
    if any(change.table.key == op.table.key for change in changes) or _was_cleaned(op, context):
        return
    named = " and ".join(f"`{column}`" for column in columns if column) or "the expression"
    yield rule.finding(
        op.place,
        f"If two rows of `{op.table}` agree in {named} the build fails; a concurrent one leaves an invalid index.",
        advice="Look for duplicates first; the rule's page has the query.",
    )


def _has_own_values(table: Table, columns: list[str | None], nulls_too: bool, context: Context) -> bool:
    """Whether this pull request added one of the columns, and no two rows agree in it.

    It holds NULL, which repeats nothing, or what its sequence or its volatile default gave to each row.
    """
    for column in table.columns:
        if column.name not in columns or not column.origin.new or column.expression is not None:
            continue
        default = default_of(column, context.schema, context.server_version)
        if default is None:
            if column.generated is not None or not nulls_too:
                return True
        elif volatility_of(default) is Volatility.VOLATILE:
            return True
    return False


def _is_unique_already(table: Table, columns: list[str | None], nulls_too: bool) -> bool:
    """Whether another unique index over some of the columns leaves no room for duplicates."""
    nullable = {column.name for column in table.columns if column.nullable}
    return any(
        index.unique
        and index.valid
        and index.predicate is None
        and index.columns
        and set(index.columns) <= set(columns) - {None}
        and not (nulls_too and nullable & set(index.columns))
        for index in table.indexes
    )


def _was_cleaned(op: CreateIndex | AddUnique, context: Context) -> bool:
    """Whether an earlier revision of the pull request deleted or changed rows of the table."""
    line = context.history.ancestors(context.script.revision) & context.together - {context.script.revision}
    return any(
        isinstance(operation, Delete | Update) and operation.table.key == op.table.key
        for revision in line
        for operation in context.history.scripts[revision].upgrade
    )
