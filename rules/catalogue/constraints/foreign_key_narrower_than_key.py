"""A foreign key column cannot hold every value of the key it points at.

An `integer` that references a `bigint` works until the key passes 2,147,483,647; a `varchar(20)` that references `text`
until a longer value comes. From then on inserts fail. Widening the column later writes the whole table anew (integers)
or is free (texts): give it the key's type now.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.columns import DataType
from rules.model.finding import Finding, Severity
from rules.model.operations import AddColumn, AddForeignKey, CreateTable
from rules.references import joins_of, target_columns, with_type_of_the_key
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.BOTH,
    changes_schema=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id"), index=True),
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
            because="the column has the key's type",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/datatype-numeric.html",),
    known_as={"online_migrations": ("mismatched_foreign_key_type",)},
)

_WIDER = ("smallint", "integer", "bigint")
_TEXTS = ("text", "character varying")


@rule.on(AddForeignKey, CreateTable, AddColumn)
def check(op: AddForeignKey | CreateTable | AddColumn, context: Context) -> Iterator[Finding]:
    for join in joins_of(op, context):
        for name, own, target in zip(join.key.columns, join.columns, target_columns(join) or (), strict=False):
            if own is not None and _narrower(own, target.type):
                yield rule.finding(
                    op.place,
                    f"`{name}` is `{own}` and references `{target.type}`: inserts fail once the key outgrows it.",
                    advice=f"Make `{name}` a `{target.type}`.",
                    suggestion=with_type_of_the_key(op, name, (own, target.type), context),
                    subject=f"{op.table}.{name}",
                )


def _narrower(own: DataType, target: DataType) -> bool:
    if own.dimensions or target.dimensions or not target.known:
        return False
    if own.name in _WIDER and target.name in _WIDER:
        return _WIDER.index(own.name) < _WIDER.index(target.name)
    lengths = [*own.arguments, *target.arguments]
    if own.name not in _TEXTS or target.name not in _TEXTS or not own.arguments or not all(map(str.isdigit, lengths)):
        return False
    return not target.arguments or int(lengths[0]) < int(lengths[1])
