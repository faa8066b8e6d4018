"""Adding a foreign key in one step makes writes to both tables wait until every row is checked.

`ADD FOREIGN KEY` holds a `SHARE ROW EXCLUSIVE` lock on the referencing **and** the referenced table while it looks up
every row: reads go on, every write to either table waits.

Added with `NOT VALID` (`postgresql_not_valid=True`) it guards new rows at once and looks at no old one: a moment.
`VALIDATE CONSTRAINT` in the next revision checks the old rows while reads and writes pass. The two must not share a
transaction, else the first lock is still held during the check: `transaction_per_migration=True` in env.py.

Before PostgreSQL 18 the key of a partitioned table cannot be `NOT VALID`. There each partition gets it first, not valid
and then validated; the key of the parent takes those over and looks at no row.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import AddForeignKey
from rules.rule import Bad, Fixes, Good, Rule
from rules.schema.inheritance import partitions_with
from rules.spelling import not_valid
from rules.wording import named

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.PLAN,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.create_foreign_key("orders_user_id_fkey", "orders", "users", ["user_id"], ["id"])


def downgrade() -> None:
    op.drop_constraint("orders_user_id_fkey", "orders", type_="foreignkey")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.create_foreign_key(
        "orders_user_id_fkey", "orders", "users", ["user_id"], ["id"], postgresql_not_valid=True
    )


def downgrade() -> None:
    op.drop_constraint("orders_user_id_fkey", "orders", type_="foreignkey")
""",
            because="no old row is looked at; a later revision validates it",
        ),
        Good(
            """def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.BigInteger(), sa.ForeignKey("users.id"), index=True),
    )


def downgrade() -> None:
    op.drop_table("notes")
""",
            because="the referencing table is new and has no row to check",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT",
        "https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES",
    ),
    known_as={
        "squawk": ("adding-foreign-key-constraint", "constraint-missing-not-valid"),
        "eugene": ("E1",),
        "strong_migrations": ("add_foreign_key",),
        "atlas": ("PG306",),
        "pg-migration-lint": ("PGM014",),
        "migrationpilot": ("MP005", "MP069"),
        "pgfence": ("add-constraint-fk-no-not-valid",),
        "online_migrations": ("add_foreign_key",),
        "bytebase": ("statement.add-foreign-key-not-valid",),
        "sqlfluff": ("PG02",),
    },
)


@rule.on(AddForeignKey)
def check(op: AddForeignKey, context: Context) -> Iterator[Finding]:
    target = op.constraint.target
    if op.constraint.not_valid or op.statement.cause.endswith("add_column") or context.is_new(op.table):
        return
    if context.is_small(op.table) and context.is_small(target):
        return
    having, lacking = partitions_with(context.schema, op.table, op.constraint)
    if having and not lacking:
        return
    name = f"`{op.constraint.name}`" if op.constraint.name else "the foreign key"
    yield rule.finding(
        op.place,
        f"Adding {name} makes every write to {named((op.table, target))} wait until each row is checked.",
        advice=f"Add it {not_valid(op.statement)} and run VALIDATE CONSTRAINT in the next revision.",
    )
