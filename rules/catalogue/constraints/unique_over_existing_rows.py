"""Rows that exist may hold duplicates; then the unique index cannot be built.

A build that meets a duplicate fails. A concurrent build then leaves an index behind that is not valid: it costs every
write and has to be dropped before the next attempt. Look first:

`SELECT email, count(*) FROM users GROUP BY email HAVING count(*) > 1;`
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import AddUnique, CreateIndex, Delete, Update
from rules.rule import Bad, Fixes, Good, Rule

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
        yield from _over(op, [key.column for key in op.keys], context)


@rule.on(AddUnique)
def check_constraint(op: AddUnique, context: Context) -> Iterator[Finding]:
    if op.constraint.index is None and not context.is_in_use(op.table):
        yield from _over(op, list(op.constraint.columns), context)


def _over(op: CreateIndex | AddUnique, columns: list[str | None], context: Context) -> Iterator[Finding]:
    if context.is_new(op.table) or context.is_empty(op.table) or _has_empty_column(op, columns, context):
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


def _has_empty_column(op: CreateIndex | AddUnique, columns: list[str | None], context: Context) -> bool:
    """Whether one of the columns was added by this pull request and holds NULL in every row."""
    table = context.schema.trace(op.table)
    found = [table.column(column) if table and column else None for column in columns]
    return any(column is not None and column.origin.new and column.default is None for column in found)


def _was_cleaned(op: CreateIndex | AddUnique, context: Context) -> bool:
    """Whether an earlier revision of the pull request deleted or changed rows of the table."""
    line = context.history.ancestors(context.script.revision) & context.together - {context.script.revision}
    return any(
        isinstance(operation, Delete | Update) and operation.table.key == op.table.key
        for revision in line
        for operation in context.history.scripts[revision].upgrade
    )
