"""A type change fails if the column's default cannot follow.

`USING` converts the rows, not the default. If the default has no automatic cast to the new type, the statement stops
with "default for column cannot be cast automatically", on an empty table too: a text default when the column becomes a
number, `true` when it becomes an integer, any label when one enum takes the place of another.

Drop the default, change the type, and set the default again, in this order.
"""

import re
from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.operations import AlterColumnType
from rules.retyping import enum_of, has_cast
from rules.rewriting.blocks import statements_around
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.SUGGESTION,
    changes_schema=True,
    downgrade=InDowngrade.LOWER,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("CREATE TABLE visits (id bigint PRIMARY KEY, pages text DEFAULT '1')")
    op.alter_column("visits", "pages", type_=sa.Integer(), postgresql_using="pages::integer")


def downgrade() -> None:
    op.drop_table("visits")
""",
            becomes="""def upgrade() -> None:
    op.execute("CREATE TABLE visits (id bigint PRIMARY KEY, pages text DEFAULT '1')")
    op.alter_column("visits", "pages", server_default=None)
    op.alter_column("visits", "pages", type_=sa.Integer(), postgresql_using="pages::integer")
    op.alter_column("visits", "pages", server_default="1")


def downgrade() -> None:
    op.drop_table("visits")
""",
            fails="cannot be cast automatically",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("CREATE TABLE visits (id bigint PRIMARY KEY, pages integer DEFAULT 1)")
    op.alter_column("visits", "pages", type_=sa.BigInteger(), postgresql_using="pages::bigint")


def downgrade() -> None:
    op.drop_table("visits")
""",
            because="an integer default becomes a `bigint` by itself",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",),
)

NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric", "real", "double precision"})
_LITERAL = re.compile(r"'([^'\"\\]*)'(?:::.*)?\Z", re.DOTALL)
_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")


@rule.on(AlterColumnType)
def check(op: AlterColumnType, context: Context) -> Iterator[Finding]:
    table = context.schema.trace(op.table)
    column = table.column(op.column) if table is not None else None
    if op.using is None or column is None or column.default is None or has_cast(op, context):
        return
    yield rule.finding(
        op.place,
        f"The default of `{op.column}` (`{column.default}`) has no automatic cast from `{column.type}` to `{op.type}`: "
        f"changing the type fails, even if `{op.table}` is empty.",
        advice="Drop the default above the statement, and set it again below.",
        suggestion=_without_default_meanwhile(op, column.default, context),
    )


def _without_default_meanwhile(op: AlterColumnType, default: str, context: Context) -> Suggestion | None:
    literal = _LITERAL.match(default.strip())
    value = literal[1] if literal is not None else ""
    enum = enum_of(op.type, context)
    labels = enum.labels if enum is not None else ()
    if value not in labels and not (op.type.name in NUMBERS and _NUMBER.match(value)):
        return None
    schema = f', schema="{op.table.schema}"' if op.table.schema else ""
    call = f'op.alter_column("{op.table.name}", "{op.column}"'
    return statements_around(
        context.script.text,
        op.place,
        [f"{call}, server_default=None{schema})"],
        [f'{call}, server_default="{value}"{schema})'],
        "Drop the default meanwhile",
    )
