"""Between types without an automatic cast, a type change fails on every table, the empty one too.

Text does not become a number, a date, a boolean, a `uuid` or `jsonb` by itself, nor `boolean` an integer, nor one enum
another. `ALTER COLUMN ... TYPE` stops with error 42804 before it looks at any row; it does not depend on the data.

`postgresql_using="c::integer"` (`USING c::integer`) says how to convert. Then the statement runs, and writes the table
and its indexes anew while reads and writes wait: right for a new or a small table. For any other one add a column of
the new type, keep both equal by a trigger, fill it in batches, and switch over in several revisions.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.names import quoted
from rules.model.operations import AlterColumnType
from rules.retyping import Hazard, hazard_of, old_type
from rules.rewriting import in_sql, with_keyword
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
    op.alter_column("users", "name", existing_type=sa.Text(), type_=sa.Integer())


def downgrade() -> None:
    op.alter_column("users", "name", existing_type=sa.Integer(), type_=sa.Text())
""",
            fails="cannot be cast automatically",
        ),
        Bad(
            """def upgrade() -> None:
    op.execute("CREATE TABLE visits (id bigint PRIMARY KEY, token text)")
    op.alter_column("visits", "token", type_=sa.Uuid())


def downgrade() -> None:
    op.drop_table("visits")
""",
            becomes="""def upgrade() -> None:
    op.execute("CREATE TABLE visits (id bigint PRIMARY KEY, token text)")
    op.alter_column("visits", "token", type_=sa.Uuid(), postgresql_using="token::uuid")


def downgrade() -> None:
    op.drop_table("visits")
""",
            fails="cannot be cast automatically",
        ),
        Good(
            """def upgrade() -> None:
    op.alter_column("users", "email", existing_type=sa.String(320), type_=sa.Text())


def downgrade() -> None:
    op.alter_column("users", "email", existing_type=sa.Text(), type_=sa.String(320))
""",
            because="`varchar` becomes `text` by itself",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DATA-TYPE",
        "https://www.postgresql.org/docs/current/typeconv-query.html",
    ),
)


@rule.on(AlterColumnType)
def check(op: AlterColumnType, context: Context) -> Iterator[Finding]:
    if hazard_of(op, context) is not Hazard.NO_CAST:
        return
    in_use = context.is_in_use(op.table)
    yield rule.finding(
        op.place,
        f"`{op.column}` of `{op.table}` cannot change from `{old_type(op, context)}` to `{op.type}`: there is no "
        "automatic cast, the statement fails even on an empty table.",
        advice="Add a column of the new type, fill it in batches, and switch over in several revisions."
        if in_use
        else f"Say how to convert: `USING {quoted(op.column)}::{op.type}`.",
        suggestion=None if in_use else _using(op, context),
    )


def _using(op: AlterColumnType, context: Context) -> Suggestion | None:
    value = f"{quoted(op.column)}::{op.type}"
    title = f"Convert `{op.column}` by a cast"
    if not op.statement.cause.endswith("alter_column"):
        end, using = r"""(\bTYPE\s[^;'"]*?)(\s*;?\s*['"]+)\Z""", rf"\1 USING {value}\2"
        return in_sql(context.script.text, op.statement, end, using, title) if context.is_whole_statement else None
    written = context.script.text.split("\n")[op.place.line - 1 : op.place.last_line]
    quote = '"' if any('"' in line for line in written) else "'"
    if '"' in value:
        return None
    return with_keyword(context.script.text, op.statement, "postgresql_using", f"{quote}{value}{quote}", title)
