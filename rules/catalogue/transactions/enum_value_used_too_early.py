"""A new enum label cannot be used in the transaction that adds it.

Since PostgreSQL 12 `ALTER TYPE ... ADD VALUE` may run in a transaction, but until that commits the label must not be
used: no default, no row, no CHECK, no predicate of an index may name it. The statement that does fails with "unsafe use
of new value". If all revisions run in one transaction, which is Alembic's default, a later revision fails as well.

Put `ADD VALUE IF NOT EXISTS` into `with op.get_context().autocommit_block():`, first in its revision: then it is
committed before anything else runs. Labels given in `CREATE TYPE` may be used at once.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model import operations as model
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.names import Name
from rules.model.operations import AddEnumValue, CreateEnum, Operation
from rules.postgres.tokens import TokenKind, string_value, tokens_of
from rules.rewriting import in_autocommit_block, sql_with
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule

TICKETS = """def upgrade() -> None:
    op.execute("CREATE TYPE ticket_state AS ENUM ('open', 'closed')")
    op.execute("CREATE TABLE tickets (id bigint PRIMARY KEY, state ticket_state)")
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.SUGGESTION,
    downgrade=InDowngrade.LOWER,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("ALTER TYPE ticket_state ADD VALUE 'stale'")
    op.alter_column("tickets", "state", server_default="stale")


def downgrade() -> None:
    op.alter_column("tickets", "state", server_default=None)
""",
            becomes="""def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE ticket_state ADD VALUE IF NOT EXISTS 'stale'")
    op.alter_column("tickets", "state", server_default="stale")


def downgrade() -> None:
    op.alter_column("tickets", "state", server_default=None)
""",
            before=TICKETS,
            fails="unsafe use of new value",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER TYPE ticket_state ADD VALUE 'stale'")
    op.alter_column("tickets", "state", server_default="open")


def downgrade() -> None:
    op.alter_column("tickets", "state", server_default=None)
""",
            before=TICKETS,
            because="only a label that exists is used",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertype.html#SQL-ALTERTYPE-NOTES",),
    known_as={"migrationpilot": ("MP012", "MP054")},
)

CREATED_TOGETHER_SINCE = 17
USES = (
    model.Insert,
    model.Update,
    model.Delete,
    model.Select,
    model.SetDefault,
    model.AddColumn,
    model.AddCheck,
    model.CreateTable,
    model.CreateIndex,
    model.CreateObject,
    model.AlterColumnType,
)


@rule.on(*USES)
def check(op: Operation, context: Context) -> Iterator[Finding]:
    if not op.statement.transactional or ("'" not in op.sql and "$" not in op.sql):
        return
    if _is_repeated_by_position(op, context):
        return
    added = [step.operation for step in context.transaction if isinstance(step.operation, AddEnumValue)]
    if not added:
        return
    literals = _literals(op.sql)
    for label in added:
        if (
            label.label in literals
            and _has_to_do_with(op, label.type, context)
            and not _is_created_here(label, context)
        ):
            yield rule.finding(
                op.place,
                f"`{label.label}` was added to `{label.type}` in this transaction: using it before the commit fails.",
                advice="Put the `ADD VALUE` into `with op.get_context().autocommit_block():`, first in its revision.",
                suggestion=_committed_first(label, context),
            )
            return


def _is_repeated_by_position(op: Operation, context: Context) -> bool:
    """Whether an operation of the same statement was looked at before."""
    before = context.steps[context.position - 1].operation if context.position else None
    return before is not None and before.statement is op.statement and isinstance(before, USES)


def _literals(sql: str) -> frozenset[str]:
    return frozenset(
        string_value(sql[token.start : token.end]) for token in tokens_of(sql) if token.kind is TokenKind.STRING
    )


def _has_to_do_with(op: Operation, type_: Name, context: Context) -> bool:
    """Whether the statement names the type, or a table that has a column of it, or one that nobody knows."""
    if type_.name in op.sql.lower():
        return True
    named = [getattr(op, "table", None), *getattr(op, "sources", ()), *getattr(op, "reads", ())]
    tables = [name for name in named if isinstance(name, Name)]
    having = {table.name.key for table, _ in context.schema.columns_of_type(type_)}
    return any(name.key in having or not _is_known(name, context) for name in tables)


def _is_known(name: Name, context: Context) -> bool:
    table = context.schema.table(name)
    return table is not None and table.complete


def _is_created_here(label: AddEnumValue, context: Context) -> bool:
    """From 17 on a type that the same transaction creates has no labels that others could miss."""
    return context.server_version >= CREATED_TOGETHER_SINCE and any(
        isinstance(step.operation, CreateEnum) and step.operation.type.key == label.type.key
        for step in context.transaction
    )


def _committed_first(label: AddEnumValue, context: Context) -> Suggestion | None:
    """Only where the label is added by the first operation of this function."""
    if not context.steps or context.steps[0].operation is not label:
        return None
    text = context.script.text
    sql = None
    if not label.if_not_exists:
        sql = sql_with(text, label.statement, r"\bADD\s+VALUE\b", r"\g<0> IF NOT EXISTS")
        if sql is None:
            return None
    return in_autocommit_block(text, label.statement, "Commit the label first", sql=sql)
