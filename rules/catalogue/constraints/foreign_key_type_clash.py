"""A foreign key between types that cannot be compared is refused.

PostgreSQL looks up the referenced row with the index of its key, and needs an equality operator of that index's family:
text and integer, uuid and text, numeric and an integer key have none, and the statement fails with error 42804.
Integers of different width may be mixed, and so may `text` and `varchar`.

Give the referencing column the key's type.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.columns import DataType
from rules.model.finding import Finding, Severity
from rules.model.operations import AddColumn, AddForeignKey, CreateTable
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

_INTEGERS = ("smallint", "integer", "bigint")
_TEXTS = ("text", "character varying", "character", "bpchar", "name", "citext")
_TIMES = ("date", "timestamp without time zone", "timestamp with time zone")
_FAMILY = {
    **dict.fromkeys(_INTEGERS, "integer"),
    **dict.fromkeys(_TEXTS, "text"),
    **dict.fromkeys(_TIMES, "time"),
    "uuid": "uuid",
    "boolean": "boolean",
    "bytea": "bytea",
    "numeric": "numeric",
}
_FITTING = {("integer", "numeric")}
"""(referencing, referenced): an integer is cast to the numeric key by itself, not the other way round."""


@rule.on(AddForeignKey, CreateTable, AddColumn)
def check(op: AddForeignKey | CreateTable | AddColumn, context: Context) -> Iterator[Finding]:
    for join in joins_of(op, context):
        for name, own, target in zip(join.key.columns, join.columns, target_columns(join) or (), strict=False):
            if own is not None and _clash(own, target.type):
                yield rule.finding(
                    op.place,
                    f"`{name}` is `{own}`, `{join.key.target}.{target.name}` `{target.type}`: PostgreSQL refuses that.",
                    advice=f"Make `{name}` a `{target.type}`.",
                    suggestion=with_type_of_the_key(op, name, (own, target.type), context),
                    subject=f"{op.table}.{name}",
                )


def _clash(own: DataType, target: DataType) -> bool:
    if own.dimensions or target.dimensions or own.schema or target.schema or not target.known:
        return False
    pair = (_FAMILY.get(own.name), _FAMILY.get(target.name))
    return None not in pair and pair[0] != pair[1] and pair not in _FITTING
