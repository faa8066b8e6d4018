"""A concurrent statement must be sent alone: not in a DO block, not in a function, not in a string with others.

`CREATE INDEX CONCURRENTLY` and its kin commit in between. Inside `DO` or a function there is always a transaction
around them, and PostgreSQL makes one of a string with several statements. So they fail there even inside
`autocommit_block()`.

Give the statement an `op.execute` of its own in `with op.get_context().autocommit_block():`. A condition that a `DO`
block was meant for can be asked in Python, or be left to `IF EXISTS`.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import CreateIndex, CreateObject, DetachPartition, DropIndex, Operation, Reindex, Statement
from rules.nesting import function_bodies, is_in_block, is_inside_another_statement
from rules.reading.sql import operations_of
from rules.reading.sql.blocks import statements_of
from rules.rewriting.pieces import one_call_each
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.BOTH,
    downgrade=InDowngrade.LOWER,
    examples=(
        Bad(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS i; CREATE INDEX CONCURRENTLY i ON orders (user_id)")


def downgrade() -> None:
    op.drop_index("i", table_name="orders")
""",
            becomes="""def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS i")
        op.execute("CREATE INDEX CONCURRENTLY i ON orders (user_id)")


def downgrade() -> None:
    op.drop_index("i", table_name="orders")
""",
            fails="cannot run inside a transaction block",
        ),
        Bad(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DO $$ BEGIN CREATE INDEX CONCURRENTLY i ON orders (user_id); END $$")


def downgrade() -> None:
    op.drop_index("i", table_name="orders")
""",
            fails="cannot be executed from a function",
        ),
        Good(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY i ON orders (user_id); -- for the list of orders")


def downgrade() -> None:
    op.drop_index("i", table_name="orders")
""",
            because="a semicolon and a comment make no second statement",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT",),
)

Concurrent = CreateIndex | DropIndex | Reindex | DetachPartition
ADVICE = "Give it an `op.execute` of its own in `with op.get_context().autocommit_block():`."


@rule.on(CreateIndex, DropIndex, Reindex, DetachPartition)
def check(op: Concurrent, context: Context) -> Iterator[Finding]:
    if not op.concurrently or not is_inside_another_statement(op, context):
        return
    in_block = is_in_block(op, context)
    where = "a `DO` block has a transaction around it" if in_block else "one string of statements is one transaction"
    yield rule.finding(
        op.place,
        f"PostgreSQL refuses the concurrent statement here: {where}.",
        advice=ADVICE,
        suggestion=one_call_each(context.script.text, op.statement, "One call for each statement"),
    )


@rule.on(CreateObject)
def check_function(op: CreateObject, context: Context) -> Iterator[Finding]:
    for body in function_bodies(op):
        inner = (Statement(one.sql, op.place) for one in statements_of(body) if one.sql is not None)
        if any(_is_concurrent(found) for statement in inner for found in operations_of(statement)):
            yield rule.finding(
                op.place,
                f"`{op.name}` fails when it is called: PostgreSQL refuses a concurrent statement inside a function.",
                advice=ADVICE,
            )
            return


def _is_concurrent(op: Operation) -> bool:
    return isinstance(op, Concurrent) and op.concurrently
