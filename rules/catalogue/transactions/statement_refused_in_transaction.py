"""Some statements never run inside a transaction, and Alembic opens one.

`VACUUM`, `CREATE DATABASE`, `DROP DATABASE`, tablespaces, `ALTER SYSTEM`, `REINDEX SCHEMA` and `REINDEX DATABASE`,
`CLUSTER` without a table, and before PostgreSQL 12 `ALTER TYPE ... ADD VALUE`: PostgreSQL refuses each of them with
error 25001, "cannot run inside a transaction block". So does `DROP SUBSCRIPTION` while it has a replication slot.

Put the statement into `with op.get_context().autocommit_block():`, alone in its revision.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.environment import may_run_in_autocommit
from rules.model.finding import Finding, Severity
from rules.model.operations import AddEnumValue, CreateObject, DropObject, Kind, Maintenance, Operation, Reindex
from rules.nesting import is_inside_another_statement
from rules.rewriting import in_autocommit_block
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.SUGGESTION,
    downgrade=InDowngrade.LOWER,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("VACUUM (ANALYZE) orders")


def downgrade() -> None:
    pass
""",
            becomes="""def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("VACUUM (ANALYZE) orders")


def downgrade() -> None:
    pass
""",
            fails="cannot run inside a transaction block",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ANALYZE orders")


def downgrade() -> None:
    pass
""",
            because="`ANALYZE` runs inside a transaction",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/sql-vacuum.html",
        "https://www.postgresql.org/docs/current/sql-altersystem.html",
        "https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.migration.MigrationContext.autocommit_block",
    ),
    known_as={
        "bytebase": ("statement.non-transactional",),
        "migrationpilot": ("MP012", "MP054"),
        "pgfence": ("alter-enum-add-value",),
    },
)

ADD_VALUE_SINCE = 12


@rule.on(Maintenance, CreateObject, DropObject, Reindex, AddEnumValue)
def check(op: Operation, context: Context) -> Iterator[Finding]:
    if not op.statement.transactional or may_run_in_autocommit(context.environment):
        return
    refused = _refused(op, context)
    if refused is None:
        return
    alone = context.is_alone and not is_inside_another_statement(op, context)
    yield rule.finding(
        op.place,
        f"PostgreSQL refuses `{refused}` inside the transaction of the migration.",
        advice="Put it into `with op.get_context().autocommit_block():`, alone in its revision.",
        suggestion=in_autocommit_block(context.script.text, op.statement, "Leave the transaction for this statement")
        if alone
        else None,
    )


def _refused(op: Operation, context: Context) -> str | None:
    """The statement as people call it; None where it may run in a transaction."""
    match op:
        case Maintenance(verb="VACUUM" | "VACUUM FULL" | "ALTER SYSTEM"):
            return op.verb
        case Maintenance(verb="CLUSTER", table=None):
            return "CLUSTER"
        case Reindex(kind="SCHEMA" | "DATABASE" | "SYSTEM", concurrently=False):
            return f"REINDEX {op.kind}"
        case AddEnumValue() if context.server_version < ADD_VALUE_SINCE:
            return "ALTER TYPE ... ADD VALUE"
        case CreateObject(kind=Kind.DATABASE) | CreateObject(kind=Kind.OTHER):
            return _of_cluster("CREATE", op)
        case DropObject(kind=Kind.SUBSCRIPTION):
            return "DROP SUBSCRIPTION"
        case DropObject(kind=Kind.DATABASE) | DropObject(kind=Kind.OTHER):
            return _of_cluster("DROP", op)
    return None


def _of_cluster(verb: str, op: CreateObject | DropObject) -> str | None:
    """Databases and tablespaces belong to the whole cluster."""
    words = op.sql.upper().split()
    kind = next((word for word in words if word in ("DATABASE", "TABLESPACE")), None)
    named = f"{verb} {kind}"
    return named if kind is not None and named in " ".join(words) else None
