"""`downgrade()` drops the columns of an enum type and leaves the type.

`op.drop_table()` and `op.drop_column()` keep the type that `op.create_table()` or `.create()` made. The next upgrade
creates it again and fails: the type already exists. Drop it too, below the last column that has it.
"""

from collections.abc import Iterator
from dataclasses import replace

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import Direction
from rules.model.script import MigrationScript
from rules.rollback import is_bare, rest_of_way_back, tells_why, way_back
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule
from rules.schema.differences import Left, Thing
from rules.wording import named

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.SUGGESTION,
    downgrade=InDowngrade.SAME,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.create_table(
        "parcels",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("size", sa.Enum("small", "large", name="parcel_size")),
    )


def downgrade() -> None:
    op.drop_table("parcels")
""",
            becomes="""def upgrade() -> None:
    op.create_table(
        "parcels",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("size", sa.Enum("small", "large", name="parcel_size")),
    )


def downgrade() -> None:
    op.drop_table("parcels")
    sa.Enum(name="parcel_size").drop(op.get_bind(), checkfirst=True)
""",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("CREATE TYPE parcel_size AS ENUM ('small', 'large')")
    op.execute("ALTER TABLE orders ADD COLUMN size parcel_size")


def downgrade() -> None:
    op.drop_column("orders", "size")
    op.execute("DROP TYPE parcel_size")
""",
            because="the type goes with its last column",
        ),
        Good(
            """def upgrade() -> None:
    op.add_column(
        "orders", sa.Column("size", postgresql.ENUM("small", "large", name="parcel_size", create_type=False))
    )


def downgrade() -> None:
    op.drop_column("orders", "size")
""",
            before="""def upgrade() -> None:
    op.execute("CREATE TYPE parcel_size AS ENUM ('small', 'large')")


def downgrade() -> None:
    op.execute("DROP TYPE parcel_size")
""",
            because="an earlier revision made the type",
        ),
    ),
    references=("https://docs.sqlalchemy.org/en/20/dialects/postgresql.html#sqlalchemy.dialects.postgresql.ENUM",),
)


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    if is_bare(script):
        return
    back = way_back(context)
    if back is None:
        return
    left = [it for it in back.differences if isinstance(it, Left) and it.thing is Thing.ENUM]
    left = [it for it in left if not back.end.columns_of_type(it.after.name)]
    if not left or tells_why(script):
        return
    one = len(left) == 1
    types = f"{'type' if one else 'types'} {named(it.name for it in left)}"
    again = "it again and fails, since it already exists" if one else "them again and fails, since they already exist"
    finding = rule.finding(
        script.place_of("downgrade"),
        f"`downgrade()` leaves the {types}: the next upgrade creates {again}.",
        advice=f"Drop {'the type' if one else 'each type'} below the last column that has it.",
        suggestion=rest_of_way_back(script, context, back, left, "Drop the type too"),
        subject=" ".join(it.name for it in left),
    )
    yield replace(finding, direction=Direction.DOWNGRADE)
