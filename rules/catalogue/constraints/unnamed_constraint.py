"""A constraint without a name gets one from the server, and the downgrade cannot name it.

The server picks `<table>_<column>_<suffix>`; `op.drop_constraint(None, ...)` is refused. Name the constraint, or give
the metadata of env.py a naming convention.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.operations import AddCheck, AddForeignKey, AddUnique
from rules.rewriting import replaced_argument
from rules.rule import Bad, Fixes, Good, Rule
from rules.schema import Table, TableConstraint

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.SUGGESTION,
    changes_schema=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.create_foreign_key(None, "orders", "users", ["user_id"], ["id"], postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint("orders_user_id_fkey", "orders", type_="foreignkey")
""",
            becomes="""def upgrade() -> None:
    op.create_foreign_key(
        "orders_user_id_fkey", "orders", "users", ["user_id"], ["id"], postgresql_not_valid=True
    )


def downgrade() -> None:
    op.drop_constraint("orders_user_id_fkey", "orders", type_="foreignkey")
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
            because="inside a new table the server's name is known",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/naming.html",),
)


@rule.on(AddForeignKey, AddUnique, AddCheck)
def check(op: AddForeignKey | AddUnique | AddCheck, context: Context) -> Iterator[Finding]:
    if op.constraint.name is not None or op.statement.cause.endswith("add_column") or context.is_new(op.table):
        return
    if not (context.environment.naming_convention_known or op.statement.cause.endswith("execute")):
        return  # the metadata may name it
    yield rule.finding(
        op.place,
        f"The server picks a name for this constraint of `{op.table}`; the downgrade cannot know it.",
        advice="Name it.",
        subject=op.sql,
        suggestion=_named(op, context),
    )


def _named(op: AddForeignKey | AddUnique | AddCheck, context: Context) -> Suggestion | None:
    """The name that the server itself would pick, so that the schema stays what it was.

    That of a CHECK hangs on the columns that it mentions.
    """
    if not op.statement.cause.startswith("op.create_"):
        return None
    match context.schema.after(op).trace(op.table):
        case Table(constraints=[*_, TableConstraint(name=name)]) as table if table.complete or not isinstance(
            op, AddCheck
        ):
            return replaced_argument(context.script.text, op.statement, 0, "None", name, f"Name it {name}")
    return None
