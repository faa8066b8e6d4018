"""Some statements never run inside a transaction, and Alembic opens one.

`VACUUM`, `CREATE DATABASE`, `DROP DATABASE`, tablespaces, `ALTER SYSTEM`, `REINDEX SCHEMA` and `REINDEX DATABASE`,
`CLUSTER` without a table, and before PostgreSQL 12 `ALTER TYPE ... ADD VALUE`: PostgreSQL refuses each of them with
error 25001, "cannot run inside a transaction block". So does `DROP SUBSCRIPTION` while it has a replication slot.

Put the statement into `with op.get_context().autocommit_block():`, alone in its revision.
"""

import re
from collections.abc import Iterator

from rules.context import Context
from rules.model.environment import may_run_in_autocommit
from rules.model.finding import Finding, Severity
from rules.model.operations import (
    AddEnumValue,
    AlterObject,
    CreateObject,
    DropObject,
    Kind,
    Maintenance,
    Operation,
    Reindex,
)
from rules.nesting import is_inside_another_statement
from rules.postgres.tokens import tokens_of
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
_WITHOUT_SLOT = re.compile(r"\b(connect|create_slot)\s*=\s*'?(false|off|0)\b", re.IGNORECASE)
"""Nothing is made on the other server."""


@rule.on(Maintenance, CreateObject, AlterObject, DropObject, Reindex, AddEnumValue)
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
            return _of_cluster(op)
        case AlterObject(kind=Kind.DATABASE) if _words(op.action).startswith("SET TABLESPACE"):
            return "ALTER DATABASE ... SET TABLESPACE"
        case CreateObject(kind=Kind.SUBSCRIPTION) if not _WITHOUT_SLOT.search(op.definition):
            return "CREATE SUBSCRIPTION"
        case DropObject(kind=Kind.SUBSCRIPTION) if not _has_lost_its_slot(op, context):
            return "DROP SUBSCRIPTION"
        case DropObject(kind=Kind.DATABASE) | DropObject(kind=Kind.OTHER):
            return _of_cluster(op)
    return None


def _words(text: str) -> str:
    return " ".join(text.upper().split())


def _has_lost_its_slot(op: DropObject, context: Context) -> bool:
    """`ALTER SUBSCRIPTION ... SET (slot_name = NONE)` before: then nothing outside the database is dropped."""
    return any(
        earlier.name == op.name and "SLOT_NAME = NONE" in _words(earlier.action)
        for earlier in context.earlier(AlterObject)
    )


def _of_cluster(op: CreateObject | DropObject) -> str | None:
    """Databases and tablespaces belong to the whole cluster."""
    words = [token.word for token in tokens_of(op.sql)[:2]]
    return " ".join(words) if words[1] in ("DATABASE", "TABLESPACE") else None
