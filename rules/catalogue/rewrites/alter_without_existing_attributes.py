"""`op.alter_column` on MySQL and MariaDB writes the whole column again: what it is not told is lost.

These databases change a column with `MODIFY` or `CHANGE`, which hold the complete definition. Alembic builds it from
the arguments of the call: a column that was NOT NULL allows nulls afterwards unless `existing_nullable=False` is said,
a default is gone without `existing_server_default`, AUTO_INCREMENT without `existing_autoincrement`. Nothing fails; the
next INSERT leaves a null behind, or does not find the default that the application counts on.

Say what the column has with the `existing_` arguments. `alembic revision --autogenerate` writes them.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.dialects import MYSQL
from rules.model.columns import Generated
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.operations import RedefineColumn
from rules.rewriting import with_keyword
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule
from rules.schema import TableColumn

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.SUGGESTION,
    downgrade=InDowngrade.LOWER,
    changes_schema=True,
    dialects=MYSQL,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.alter_column("users", "joined_at", comment="In UTC", existing_type=sa.DateTime())


def downgrade() -> None:
    op.alter_column("users", "joined_at", comment=None, existing_type=sa.DateTime(), existing_nullable=False)
""",
            becomes="""def upgrade() -> None:
    op.alter_column(
        "users", "joined_at", comment="In UTC", existing_type=sa.DateTime(), existing_nullable=False
    )


def downgrade() -> None:
    op.alter_column("users", "joined_at", comment=None, existing_type=sa.DateTime(), existing_nullable=False)
""",
            dialect="mysql",
        ),
        Good(
            """def upgrade() -> None:
    op.alter_column("users", "joined_at", existing_type=sa.DateTime(), nullable=True)


def downgrade() -> None:
    op.alter_column("users", "joined_at", existing_type=sa.DateTime(), nullable=False)
""",
            because="the migration itself says that the column allows nulls from now on",
            dialect="mariadb",
        ),
    ),
    references=(
        "https://alembic.sqlalchemy.org/en/latest/ops.html#alembic.operations.Operations.alter_column",
        "https://dev.mysql.com/doc/refman/8.4/en/alter-table.html",
    ),
)


@rule.on(RedefineColumn)
def check(op: RedefineColumn, context: Context) -> Iterator[Finding]:
    table = context.schema.trace(op.table)
    if table is None or op.said is None or op.statement.conditional:
        return
    known, key = table.column(op.column), table.primary_key
    if known is None or not known.type.known:
        return
    lost = list(_lost(op.said, known, is_key=key is not None and op.column in key.columns))
    if not lost:
        return
    what = " and ".join(name for name, _, _ in lost)
    yield rule.finding(
        op.place,
        f"`{op.table}.{op.column}` loses {what}: the statement defines the column anew, and the call does not say it.",
        advice=f"Say {' and '.join(f'`{keyword}`' for _, keyword, _ in lost)}.",
        suggestion=_said(op, context, lost),
    )


def _lost(said: tuple[str, ...], known: TableColumn, *, is_key: bool) -> Iterator[tuple[str, str, str]]:
    """What is lost, the keyword that keeps it, and its value."""
    if "nullable" not in said and not known.nullable and not is_key:
        yield "NOT NULL", "existing_nullable", "False"
    if "server_default" not in said and known.default is not None:
        value = known.default.replace("\\", "\\\\").replace('"', '\\"')
        yield f"its default {known.default}", "existing_server_default", f'sa.text("{value}")'
    if "autoincrement" not in said and known.generated is Generated.AUTO_INCREMENT:
        yield "AUTO_INCREMENT", "existing_autoincrement", "True"


def _said(op: RedefineColumn, context: Context, lost: list[tuple[str, str, str]]) -> Suggestion | None:
    """Of the first. Where more is lost, or the file has no `sa`, it does not mend the migration and is not offered."""
    _, keyword, value = lost[0]
    return with_keyword(context.script.text, op.statement, keyword, value, f"Say `{keyword}`")
