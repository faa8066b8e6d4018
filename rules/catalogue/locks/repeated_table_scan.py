"""One table is read or rewritten several times where once would do.

Each `ALTER TABLE` that checks or rewrites every row makes a pass of its own over the table, while others wait. One
`ALTER TABLE` with several actions makes one pass: `op.execute("ALTER TABLE t ALTER a SET NOT NULL, ALTER b SET NOT
NULL")`. A constraint that is added `NOT VALID` and validated later is something else: the two must not be joined.
"""

from collections.abc import Iterator

from rules.context import Context, Step
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.names import Name
from rules.model.operations import AddCheck, AddColumn, AddPrimaryKey, AddUnique, AlterColumnType, SetNotNull, Statement
from rules.rewriting import Source, one_alter_table
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.SUGGESTION,
    fold=True,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.alter_column("users", "email", existing_type=sa.String(320), nullable=False)
    op.alter_column("users", "name", existing_type=sa.Text(), nullable=False)


def downgrade() -> None:
    op.alter_column("users", "name", existing_type=sa.Text(), nullable=True)
    op.alter_column("users", "email", existing_type=sa.String(320), nullable=True)
""",
            becomes="""def upgrade() -> None:
    op.execute(
        "ALTER TABLE users "
        "ALTER COLUMN email SET NOT NULL, "
        "ALTER COLUMN name SET NOT NULL"
    )


def downgrade() -> None:
    op.alter_column("users", "name", existing_type=sa.Text(), nullable=True)
    op.alter_column("users", "email", existing_type=sa.String(320), nullable=True)
""",
            settings="rules:\n  blocking-not-null: off\n",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER TABLE users ALTER email SET NOT NULL, ALTER name SET NOT NULL")


def downgrade() -> None:
    op.execute("ALTER TABLE users ALTER email DROP NOT NULL, ALTER name DROP NOT NULL")
""",
            settings="rules:\n  blocking-not-null: off\n",
            because="one statement makes one pass",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",),
    known_as={
        "eugene": ("W12",),
        "pg-migration-lint": ("PGM023",),
        "migrationpilot": ("MP058",),
        "bytebase": ("statement.merge-alter-table",),
    },
)

Joinable = AddColumn | AlterColumnType | SetNotNull | AddCheck | AddUnique | AddPrimaryKey


@rule.on(AddColumn, AlterColumnType, SetNotNull, AddCheck, AddUnique, AddPrimaryKey)
def check(op: Joinable, context: Context) -> Iterator[Finding]:
    if not context.is_in_use(op.table) or _fails(op) or not _passes(context.steps[context.position], op.table, context):
        return
    first = next((step for step in context.transaction if _is_pass(step, op, context)), None)
    if first is not None:
        yield rule.finding(
            op.place,
            f"`{op.table}` is {_how(context)}, after line {first.operation.place.line}; others wait twice.",
            advice="Join the two in one `ALTER TABLE` with several actions.",
            suggestion=_joined(op, context),
        )


def _how(context: Context) -> str:
    rewrites = any(fact.rewrites for fact in context.steps[context.position].locks)
    return "written anew once more" if rewrites else "read whole again"


def _joined(op: Joinable, context: Context) -> Suggestion | None:
    """Neighbours that alter the table made one statement, from the first that reads it whole to the last."""
    source = Source.of(context.script.path, context.script.text)
    statements = context.script.statements(context.direction)
    at = next((number for number, one in enumerate(statements) if one is op.statement), None)
    if source is None or at is None or not _may_join(op.statement, op) or context.environment.render_as_batch:
        return None
    start, end = at, at + 1
    while start > 0 and _may_join(statements[start - 1], op):
        start -= 1
    while end < len(statements) and _may_join(statements[end], op):
        end += 1
    reading = {id(step.operation.statement) for step in context.steps if _passes(step, op.table, context)}
    while end > start and id(statements[start]) not in reading:
        start += 1
    while end > start and id(statements[end - 1]) not in reading:
        end -= 1
    if end - start < 2:
        return None
    return one_alter_table(context.script.text, statements[start:end], source.width, "Join them in one `ALTER TABLE`")


def _may_join(statement: Statement, op: Joinable) -> bool:
    """Written in a call of its own, in the same way under the same conditions, about the same table."""
    return (
        statement.cause.startswith("op.")
        and statement.transactional
        and not statement.conditional
        and statement.sql.startswith(f"ALTER TABLE {op.table.sql} ")
        and " NOT VALID" not in statement.sql.upper()
    )


def _fails(op: Joinable) -> bool:
    """`required-column-without-default` speaks."""
    return isinstance(op, AddColumn) and not op.column.nullable and op.column.default is None


def _is_pass(step: Step, op: Joinable, context: Context) -> bool:
    earlier = step.operation
    return (
        isinstance(earlier, Joinable)
        and not _fails(earlier)
        and earlier.statement is not op.statement
        and _passes(step, op.table, context)
    )


def _passes(step: Step, table: Name, context: Context) -> bool:
    return any(
        (fact.scans or fact.rewrites) and any(name.key == table.key for name in fact.tables) for fact in step.locks
    )
