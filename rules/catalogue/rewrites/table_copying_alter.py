"""MySQL and MariaDB copy the whole table for this `ALTER TABLE`, and every write to it waits.

Most changes are made in the catalog alone (`ALGORITHM=INSTANT`) or by the engine while writes go on (`INPLACE`). For
the others the server fills a new table row by row (`COPY`): changing a column's type, shortening it, adding a foreign
key or a check, dropping the primary key alone, converting the character set, a computed column that is stored. Reads
pass, writes wait until the last row is copied, which takes as long as the table is big; replicas fall behind by as
much. MariaDB from 11.2 on lets writes through.

Add a column of the new type beside the old one, fill it in batches and switch, or leave the copy to `gh-ost` or
`pt-online-schema-change`. A foreign key is added in place where `foreign_key_checks` is 0: then nobody has checked the
rows that are there. `ALGORITHM=INPLACE, LOCK=NONE` at the end of a statement makes the server refuse it instead of
copying.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.dialects import MYSQL
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import (
    AddCheck,
    AddColumn,
    AddForeignKey,
    AlterTableOther,
    DropConstraint,
    Operation,
    RedefineColumn,
)
from rules.mysql.algorithms import Algorithm, Lock
from rules.mysql.online import alters
from rules.online import beside, is_spelled_out, online_at
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
    ),
    references=(
        "https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html",
        "https://mariadb.com/kb/en/innodb-online-ddl-overview/",
    ),
    known_as={
        "strong_migrations": ("change_column", "add_foreign_key", "add_check_constraint"),
        "atlas": ("MY110", "MY111", "MY112", "MY113"),
    },
)


@rule.on(Operation)
def check(op: Operation, context: Context) -> Iterator[Finding]:
    if not alters(op):
        return
    found = online_at(op, context)
    if found is None or found.algorithm is not Algorithm.COPY or found.lock is Lock.NONE:
        return
    operations = beside(op, context.steps)
    table: Name = op.table  # type: ignore[attr-defined]
    if not context.is_in_use(table) or is_spelled_out(operations):
        return
    last = sorted(operations, key=lambda it: isinstance(it, AddColumn))  # most are added in the catalog
    why = next(filter(None, map(_why, last)), "it is altered in a way that the engine cannot do in place")
    yield rule.finding(
        op.place,
        f"Writes to `{table}` wait until the server has copied the whole table: {why}.",
        advice="Use a new column that is filled in batches, or a tool that copies while writes go on.",
    )


def _why(op: Operation) -> str:
    match op:
        case RedefineColumn():
            return f"the type of `{op.column}` changes"
        case AddForeignKey():
            return "a foreign key is added, and checked"
        case AddCheck():
            return "a check is added"
        case DropConstraint():
            return "the primary key is dropped"
        case AddColumn():
            return f"`{op.column.name}` is computed for each row"
        case AlterTableOther(action=action) if action.upper().startswith("CONVERT"):
            return "its character set is converted"
    return ""
