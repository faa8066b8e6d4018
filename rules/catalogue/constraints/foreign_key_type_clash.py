"""A foreign key between types that cannot be compared is refused.

PostgreSQL looks up the referenced row with the index of its key, and needs an equality operator of that index's family:
text and integer, uuid and text, numeric and an integer key have none, and the statement fails with error 42804.
Integers of different width may be mixed, and so may `text` and `varchar`; an integer is cast to a numeric key by
itself.

Give the referencing column the key's type.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import AddColumn, AddForeignKey, CreateTable
from rules.postgres.key_types import clash
from rules.references import joins_of, target_columns, with_type_of_the_key
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.BOTH,
    changes_schema=True,
    downgrade=InDowngrade.LOWER,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.create_foreign_key(
        "orders_status_fkey", "orders", "users", ["status"], ["id"], postgresql_not_valid=True
    )


def downgrade() -> None:
    op.drop_constraint("orders_status_fkey", "orders", type_="foreignkey")
""",
            fails="42804",
        ),
        Bad(
            """def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.Text(), sa.ForeignKey("users.id"), index=True),
    )


def downgrade() -> None:
    op.drop_table("notes")
""",
            becomes="""def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.BigInteger(), sa.ForeignKey("users.id"), index=True),
    )


def downgrade() -> None:
    op.drop_table("notes")
""",
            fails="42804",
        ),
        Good(
            """def upgrade() -> None:
    op.create_foreign_key(
        "orders_user_id_fkey", "orders", "users", ["user_id"], ["id"], postgresql_not_valid=True
    )


def downgrade() -> None:
    op.drop_constraint("orders_user_id_fkey", "orders", type_="foreignkey")
""",
            because="both columns are `bigint`",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK",),
    known_as={"online_migrations": ("mismatched_foreign_key_type",)},
)


@rule.on(AddForeignKey, CreateTable, AddColumn)
def check(op: AddForeignKey | CreateTable | AddColumn, context: Context) -> Iterator[Finding]:
    for join in joins_of(op, context):
        for name, own, target in zip(join.key.columns, join.columns, target_columns(join) or (), strict=False):
            if own is not None and clash(own, target.type):
                yield rule.finding(
                    op.place,
                    f"`{name}` is `{own}`, `{join.key.target}.{target.name}` `{target.type}`: PostgreSQL refuses that.",
                    advice=f"Make `{name}` a `{target.type}`.",
                    suggestion=with_type_of_the_key(op, name, (own, target.type), context),
                    subject=f"{op.table}.{name}",
                )
