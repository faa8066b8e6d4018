"""`downgrade()` does not give back the schema that `upgrade()` found.

Something is left, missing, or comes back otherwise: an index, a default, a name, NOT NULL. Databases that went back
differ from then on from those that never went up, and the next upgrade may fail on what it finds.

dbbot replays both directions on the schema of the history and says what differs. The order of columns, comments, rights
and rows are no part of it; nor is anything that could not be read.
"""

from collections.abc import Iterator
from dataclasses import replace

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import Direction
from rules.model.script import MigrationScript
from rules.rollback import is_bare, listed, named, rest_of_way_back, tells_why, way_back
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule
from rules.schema.differences import Left, Thing

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.SUGGESTION,
    downgrade=InDowngrade.SAME,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.alter_column("orders", "status", existing_type=sa.Text(), nullable=True)
    op.create_table(
        "invoices",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("number", sa.Text()),
    )


def downgrade() -> None:
    op.drop_table("invoices")
""",
            becomes="""def upgrade() -> None:
    op.alter_column("orders", "status", existing_type=sa.Text(), nullable=True)
    op.create_table(
        "invoices",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("number", sa.Text()),
    )


def downgrade() -> None:
    op.drop_table("invoices")
    op.alter_column("orders", "status", existing_type=sa.Text(), nullable=False)
""",
        ),
        Bad(
            """def upgrade() -> None:
    op.drop_constraint("total_is_positive", "orders", type_="check")


def downgrade() -> None:
    op.create_check_constraint("total_is_positive", "orders", "total >= 0", postgresql_not_valid=True)
""",
            before="""def upgrade() -> None:
    op.create_check_constraint("total_is_positive", "orders", "total >= 0")


def downgrade() -> None:
    op.drop_constraint("total_is_positive", "orders", type_="check")
""",
            becomes="""def upgrade() -> None:
    op.drop_constraint("total_is_positive", "orders", type_="check")


def downgrade() -> None:
    op.create_check_constraint("total_is_positive", "orders", "total >= 0", postgresql_not_valid=True)
    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT total_is_positive")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.alter_column("orders", "status", existing_type=sa.Text(), server_default=None)


def downgrade() -> None:
    op.execute("ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'open'::text")
""",
            because="the default is the one of before, written otherwise",
        ),
        Good(
            """def upgrade() -> None:
    op.alter_column("users", "name", new_column_name="full_name")


def downgrade() -> None:
    op.alter_column("users", "full_name", new_column_name="name")
""",
            because="the column has its name again",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/tutorial.html#downgrading",),
    known_as={"pytest-alembic": ("test_downgrade_leaves_no_trace",)},
)


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    back = None if is_bare(script) else way_back(context)
    if back is None:
        return
    found = [it for it in back.differences if not _is_left_type(it)]
    if not found or tells_why(script):
        return
    finding = rule.finding(
        script.place_of("downgrade"),
        f"`downgrade()` does not give back the schema of before: {listed(found)}.",
        advice="Undo what `upgrade()` does, so that it can run again.",
        suggestion=rest_of_way_back(script, context, back, found, "Undo the rest"),
        subject=" ".join(named(each) for each in found),
    )
    yield replace(finding, direction=Direction.DOWNGRADE)


def _is_left_type(each: object) -> bool:
    """What `enum-type-left-behind` says."""
    return isinstance(each, Left) and each.thing is Thing.ENUM
