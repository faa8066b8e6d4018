"""A new enum label cannot be used in the transaction that adds it.

Since PostgreSQL 12 `ALTER TYPE ... ADD VALUE` may run in a transaction, but until that commits the label must not be
used: no default, no row, no CHECK, no predicate of an index may name it. The statement that does fails with "unsafe use
of new value". If all revisions run in one transaction, which is Alembic's default, a later revision fails as well.

Put `ADD VALUE IF NOT EXISTS` into `with op.get_context().autocommit_block():`, first in its revision: then it is
committed before anything else runs. Labels given in `CREATE TYPE` may be used at once.
"""

import re
from collections.abc import Iterator

from rules.context import Context
from rules.model import operations as model
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.names import Name
from rules.model.operations import AddEnumValue, CreateEnum, Operation
from rules.postgres.tokens import Token, TokenKind, identifier, string_value, tokens_of
from rules.rewriting import in_autocommit_block
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
_GIVEN = re.compile(r"""("[^"]*"|\w+) (?:=|<>|!=|(?:NOT )?IN \((?: '(?:[^']++|'')*+' ,)*+)$""", re.IGNORECASE)
"""What stands before a literal, a blank between its tokens."""


@rule.on(*USES)
def check(op: Operation, context: Context) -> Iterator[Finding]:
    added = [step.operation for step in context.transaction if isinstance(step.operation, AddEnumValue)]
    for label in added:
        if _uses(op, label, context) and not _is_created_here(label, context):
            yield rule.finding(
                op.place,
                f"`{label.label}` was added to `{label.type}` in this transaction: using it before the commit fails.",
                advice="Put the `ADD VALUE` into `with op.get_context().autocommit_block():`, first in its revision.",
                suggestion=_committed_first(label, context),
            )
            return


def _uses(op: Operation, label: AddEnumValue, context: Context) -> bool:
    """Whether the label stands there for the type, for a column of it, or for who knows what."""
    tokens = tokens_of(op.sql)
    found = [at for at, one in enumerate(tokens) if _is_literal(op.sql, one, label.label)]
    if not found or any(identifier(_text(op.sql, one)) == label.type.name for one in tokens):
        return bool(found)
    if isinstance(op, model.AddColumn | model.CreateTable):
        return isinstance(op, model.CreateTable) and op.from_query
    named = [getattr(op, "table", None), *getattr(op, "sources", ()), *getattr(op, "reads", ())]
    tables = [context.schema.table(name) for name in named if isinstance(name, Name)]
    if any(table is None or not table.complete for table in tables):
        return True
    own = {column for table, column in context.schema.columns_of_type(label.type) if table in tables}
    match op:
        case model.SetDefault(column=column):
            return column in own
        case model.Insert(columns=columns) if columns:
            return not own.isdisjoint(columns)
    return bool(own) and any(_partner(op.sql, tokens, at) in (None, *own) for at in found)


def _is_literal(sql: str, token: Token, value: str) -> bool:
    return token.kind is TokenKind.STRING and string_value(_text(sql, token)) == value


def _text(sql: str, token: Token) -> str:
    return sql[token.start : token.end]


def _partner(sql: str, tokens: list[Token], at: int) -> str | None:
    """The column that a literal is given to or compared with, as in `a = 'x'` and `a IN ('y', 'x')`."""
    found = _GIVEN.search(" ".join(_text(sql, token) for token in tokens[:at]))
    return identifier(found[1]) if found else None


def _is_created_here(label: AddEnumValue, context: Context) -> bool:
    """From 17 on a type that the same transaction creates has no labels that others could miss."""
    return context.server_version >= CREATED_TOGETHER_SINCE and any(
        isinstance(step.operation, CreateEnum) and step.operation.type.key == label.type.key
        for step in context.transaction
    )


def _committed_first(label: AddEnumValue, context: Context) -> Suggestion | None:
    """Only where the label is added by the first operation of this function."""
    if context.steps[0].operation is not label:
        return None
    sql = None if label.if_not_exists else (r"\bADD\s+VALUE\b", r"\g<0> IF NOT EXISTS")
    return in_autocommit_block(context.script.text, label.statement, "Commit the label first", sql=sql)
