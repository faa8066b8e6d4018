"""MySQL and MariaDB copy the whole table for this `ALTER TABLE`, and every write to it waits.

Most changes are made in the catalog alone (`ALGORITHM=INSTANT`) or by the engine while writes go on (`INPLACE`). For
the others the server fills a new table row by row (`COPY`): changing a column's type, shortening it, adding a foreign
key or a check, dropping the primary key alone, converting the character set, a computed column that is stored; MySQL
also for a string that passes 255 bytes, for most changes of a table with a full-text index, and for a new column whose
default stands in parentheses, as SQLAlchemy from 2.0.40 on writes `sa.func.now()`, but not `CURRENT_TIMESTAMP`. Reads
pass, writes wait until the last row is copied, which takes as long as the table is big; replicas fall
behind by as much. MariaDB from 11.2 on lets writes through, unless a foreign key of the table cascades: name the
`server_version` in the settings, for without it only what 10 and 11 have in common is spoken of.

Add a column of the new type beside the old one, fill it in batches and switch, or leave the copy to `gh-ost` or
`pt-online-schema-change`. A foreign key is added in place where `foreign_key_checks` is 0: then nobody has checked the
rows that are there. `ALGORITHM=INPLACE, LOCK=NONE` at the end of a statement makes the server refuse it instead of
copying; for a column that is added or dropped say `ALGORITHM=INSTANT`, since MySQL, asked for INPLACE, writes the whole
table anew for it.
"""

from collections.abc import Iterator, Sequence

from rules.context import Context
from rules.dialects import MYSQL
from rules.model.columns import Column
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import (
    AddCheck,
    AddColumn,
    AddForeignKey,
    AlterTableOther,
    DropColumn,
    DropConstraint,
    Operation,
    RedefineColumn,
)
from rules.mysql.algorithms import Algorithm, Lock
from rules.mysql.asked import asked_in
from rules.mysql.online import ALTERING
from rules.online import beside, changes_type, is_copied_for, online_at
from rules.rule import Bad, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    size_bound=True,
    dialects=MYSQL,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.alter_column("orders", "user_id", type_=sa.BigInteger(), existing_type=sa.Integer())


def downgrade() -> None:
    op.alter_column("orders", "user_id", type_=sa.Integer(), existing_type=sa.BigInteger())
""",
            dialect="mysql",
        ),
        Bad(
            """def upgrade() -> None:
    op.create_foreign_key("fk_orders_user_id", "orders", "users", ["user_id"], ["id"])


def downgrade() -> None:
    op.drop_constraint("fk_orders_user_id", "orders", type_="foreignkey")
""",
            dialect="mariadb",
            server_version=10,
        ),
        Bad(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("noted_at", sa.DateTime(), server_default=sa.func.now()))


def downgrade() -> None:
    op.drop_column("orders", "noted_at")
""",
            dialect="mysql",
            server_version=8,
        ),
        Good(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("noted_at", sa.DateTime(), server_default=sa.text("CURRENT_TIMESTAMP")))


def downgrade() -> None:
    op.drop_column("orders", "noted_at")
""",
            because="this default is kept in the catalog, and the rows that are there take it from there",
            dialect="mysql",
        ),
        Good(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))
    op.create_index("ix_orders_user_id", "orders", ["user_id"])


def downgrade() -> None:
    op.drop_index("ix_orders_user_id", "orders")
    op.drop_column("orders", "note")
""",
            because="the column is added in the catalog, and writes go on while the index is built",
            dialect="mysql",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("SET foreign_key_checks = 0")
    op.create_foreign_key("fk_orders_user_id", "orders", "users", ["user_id"], ["id"])
    op.execute("SET foreign_key_checks = 1")


def downgrade() -> None:
    op.drop_constraint("fk_orders_user_id", "orders", type_="foreignkey")
""",
            because="a foreign key that is not checked is added in place",
            dialect="mariadb",
        ),
        Good(
            """def upgrade() -> None:
    op.alter_column("users", "name", type_=sa.String(250), existing_type=sa.String(200))


def downgrade() -> None:
    op.alter_column("users", "name", type_=sa.String(200), existing_type=sa.String(250))
""",
            because="a longer string is no copy while its length, in bytes, takes as much room as before",
            dialect="mysql",
        ),
        Good(
            """def upgrade() -> None:
    op.alter_column("orders", "user_id", type_=sa.BigInteger(), existing_type=sa.Integer())


def downgrade() -> None:
    op.alter_column("orders", "user_id", type_=sa.Integer(), existing_type=sa.BigInteger())
""",
            because="this server copies the table while writes go on",
            dialect="mariadb",
            server_version=11,
        ),
    ),
    references=(
        "https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html",
        "https://mariadb.com/kb/en/innodb-online-ddl-overview/",
        "https://mariadb.com/kb/en/online-schema-change/",
        "https://github.com/sqlalchemy/sqlalchemy/issues/11317",
    ),
    known_as={
        "strong_migrations": ("change_column", "add_foreign_key", "add_check_constraint"),
        "atlas": ("MY110", "MY111", "MY112", "MY113"),
    },
)


@rule.on(*ALTERING)
def check(op: Operation, context: Context) -> Iterator[Finding]:
    found = online_at(op, context)
    if found is None or found.algorithm is not Algorithm.COPY or found.lock is Lock.NONE:
        return
    operations = beside(op, context.steps)
    table: Name = op.table  # type: ignore[attr-defined]
    if not context.is_in_use(table) or asked_in(operations).refuses:
        return
    yield rule.finding(
        op.place,
        f"Writes to `{table}` wait until the server has copied the whole table: {_why(operations, context)}.",
        advice=_advice(operations, context),
    )


def _advice(operations: Sequence[Operation], context: Context) -> str:
    added = (it for it in operations if isinstance(it, AddColumn) and is_copied_for(it, context))
    if any((it.column.default or "").startswith("(") for it in added):
        return "Give it a constant default, or `CURRENT_TIMESTAMP` without parentheses, or none and fill it in batches."
    return "Use a new column that is filled in batches, or a tool that copies while writes go on."


def _why(operations: Sequence[Operation], context: Context) -> str:
    """What the table is copied for; what the server could do in place is no reason."""
    if asked_in(operations).algorithm is Algorithm.COPY:
        return "the statement asks for it"
    reasons = (_reason(it, context) for it in operations if is_copied_for(it, context))
    return next(reasons, "it has a full-text index")


def _reason(op: Operation, context: Context) -> str:
    match op:
        case RedefineColumn(column=column) if changes_type(op, context):
            return f"the type of `{column}` changes"
        case RedefineColumn(column=column) | AddColumn(column=Column(name=column)):
            return f"`{column}` is computed or checked row by row"
        case AddForeignKey():
            return "a foreign key is added, and checked"
        case AddCheck():
            return "a check is added"
        case DropConstraint() | DropColumn():
            return "the primary key is dropped"
        case AlterTableOther(action=action) if action.upper().startswith("CONVERT"):
            return "its character set is converted"
    return "it is stored in another way"
