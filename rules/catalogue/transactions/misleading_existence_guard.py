"""`IF NOT EXISTS` turns a difference into silence.

If a table, column or index of that name exists in another shape, `CREATE TABLE IF NOT EXISTS` and its kin create
nothing and report success. The migration goes on as if the object were what it says, and the database stays different
from the models.

Inside the transaction of the migration the guard has no use: a failed revision is rolled back as a whole. Decide what
the object shall be, and alter what is there.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.columns import Column, DataType
from rules.model.finding import Finding, Severity
from rules.model.operations import AddColumn, CreateIndex, CreateTable, IndexKey
from rules.rule import Bad, Good, Rule
from rules.schema import Table

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("ALTER TABLE users ADD COLUMN IF NOT EXISTS age bigint")


def downgrade() -> None:
    pass
""",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER TABLE users ADD COLUMN IF NOT EXISTS age integer")


def downgrade() -> None:
    pass
""",
            because="the column exists in this very shape",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-createtable.html",),
    known_as={"pg-migration-lint": ("PGM403",)},
)


@rule.on(AddColumn)
def check_column(op: AddColumn, context: Context) -> Iterator[Finding]:
    table = context.schema.trace(op.table)
    there = table.column(op.column.name) if table is not None else None
    if there is not None and op.if_not_exists and _is_another(op.column.type, there.type):
        what = f"the column `{there.name}` of `{op.table}`"
        yield from _misleading(op, what, f"with the type `{there.type}`", context)


@rule.on(CreateTable)
def check_table(op: CreateTable, context: Context) -> Iterator[Finding]:
    table = context.schema.table(op.table)
    if table is None or not op.if_not_exists or op.from_query or op.like or op.inherits or op.partition_of:
        return
    changed = [column.name for column in op.columns if _differs(column, table)]
    if table.complete and {column.name for column in table.columns} != {column.name for column in op.columns}:
        yield from _misleading(op, f"the table `{op.table}`", "with other columns", context)
    elif changed:
        yield from _misleading(op, f"the table `{op.table}`", f"with another type of `{changed[0]}`", context)


@rule.on(CreateIndex)
def check_index(op: CreateIndex, context: Context) -> Iterator[Finding]:
    there = context.schema.index(op.index) if op.index is not None else None
    if there is None or not op.if_not_exists:
        return
    same = there.table.key == op.table.key and there.unique == op.unique and _texts(there.keys) == _texts(op.keys)
    if not same:
        yield from _misleading(op, f"the index `{op.index}`", "in another shape", context)


def _differs(column: Column, table: Table) -> bool:
    there = table.column(column.name)
    return there is not None and _is_another(column.type, there.type)


def _is_another(one: DataType, other: DataType) -> bool:
    return one.known and other.known and one != other


def _texts(keys: tuple[IndexKey, ...]) -> list[str]:
    return [key.column or " ".join(key.text.split()) for key in keys]


def _misleading(op: AddColumn | CreateTable | CreateIndex, what: str, how: str, context: Context) -> Iterator[Finding]:
    if op.statement.transactional:
        yield rule.finding(
            op.place,
            f"{what[0].upper()}{what[1:]} exists already, {how}: `IF NOT EXISTS` creates nothing and says nothing.",
            advice="Decide what it shall be, and alter what is there.",
        )
