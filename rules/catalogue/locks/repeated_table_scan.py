"""One table is read or rewritten several times where once would do.

Each `ALTER TABLE` that checks or rewrites every row makes a pass of its own over the table, while others wait. One
`ALTER TABLE` with several actions makes one pass: `op.execute("ALTER TABLE t ALTER a SET NOT NULL, ALTER b SET NOT
NULL")`. A constraint that is added `NOT VALID` and validated later is something else: the two must not be joined. Nor
is there anything to gain where an index is built or a foreign key checked: each of these reads the table by itself.
"""

from collections.abc import Iterator
from itertools import groupby

from rules.context import Context, Step
from rules.locking.columns import default_of
from rules.model.columns import Check
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.operations import AddCheck, AddColumn, AlterColumnType, SetNotNull, Statement
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

Joinable = AddColumn | AlterColumnType | SetNotNull | AddCheck


@rule.on(AddColumn, AlterColumnType, SetNotNull, AddCheck)
def check(op: Joinable, context: Context) -> Iterator[Finding]:
    here = context.steps[context.position]
    if not context.is_in_use(op.table) or _fails(here) or not _passes(here):
        return
    first = next((step for step in context.transaction if _may_join(step, op)), None)
    if first is not None:
        how = "written anew once more" if any(fact.rewrites for fact in here.locks) else "read whole again"
        yield rule.finding(
            op.place,
            f"`{op.table}` is {how}, after line {first.operation.place.line}; others wait twice.",
            advice="Join the two in one `ALTER TABLE` with several actions.",
            suggestion=_joined(op, context),
        )


def _joined(op: Joinable, context: Context) -> Suggestion | None:
    """Neighbours that alter the table made one statement, from the first that reads it whole to the last."""
    source = Source.of(context.script.path, context.script.text)
    if source is None or context.environment.render_as_batch:
        return None
    reading = {id(op.statement), *(id(step.operation.statement) for step in context.steps if _may_join(step, op))}
    for joinable, group in groupby(context.script.statements(context.direction), _is_call_in_transaction):
        run = tuple(group)
        if joinable and any(one is op.statement for one in run):
            at = [number for number, one in enumerate(run) if id(one) in reading]
            together = run[at[0] : at[-1] + 1]
            return one_alter_table(context.script.text, together, source.width, "Join them in one `ALTER TABLE`")
    return None


def _is_call_in_transaction(statement: Statement) -> bool:
    return statement.cause.startswith("op.") and statement.transactional


def _fails(step: Step) -> bool:
    """`required-column-without-default` speaks."""
    op = step.operation
    if not isinstance(op, AddColumn) or op.column.nullable:
        return False
    return default_of(op.column, step.schema, step.server_version) is None


def _may_join(step: Step, op: Joinable) -> bool:
    earlier = step.operation
    return (
        isinstance(earlier, Joinable)
        and earlier.table.key == op.table.key
        and not _fails(step)
        and earlier.statement is not op.statement
        and _passes(step)
    )


def _passes(step: Step) -> bool:
    """Whether it goes over the rows itself: indexes and foreign keys take a pass each, joined or not."""
    op = step.operation
    checks = not isinstance(op, AddColumn) or any(isinstance(one, Check) for one in op.column.constraints)
    return any(fact.rewrites or (fact.scans and checks and not fact.builds) for fact in step.locks)
