"""A constraint cannot be dropped without naming it.

`op.drop_constraint(None, ...)` raises `CompileError` before anything is sent: autogenerate writes it where the
constraint was created without a name. The server has picked one, `<table>_<column>_<suffix>`; write that.

A naming convention helps only where it asks for nothing but the table: at a drop nobody says which columns the
constraint is about, so `fk_%(table_name)s_%(column_0_name)s` becomes `fk_orders_`, which does not exist.
"""

import ast
from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.names import Name
from rules.model.operations import DropConstraint, Opaque
from rules.rewriting import Call, call_at, replaced_argument
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule
from rules.schema import ConstraintKind

_KINDS = {
    "foreignkey": ConstraintKind.FOREIGN_KEY,
    "unique": ConstraintKind.UNIQUE,
    "check": ConstraintKind.CHECK,
    "primary": ConstraintKind.PRIMARY_KEY,
}

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.SUGGESTION,
    changes_schema=True,
    downgrade=InDowngrade.LOWER,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.drop_constraint(None, "users", type_="unique")


def downgrade() -> None:
    op.create_unique_constraint("users_email_key", "users", ["email"])
""",
            becomes="""def upgrade() -> None:
    op.drop_constraint("users_email_key", "users", type_="unique")


def downgrade() -> None:
    op.create_unique_constraint("users_email_key", "users", ["email"])
""",
            before="""def upgrade() -> None:
    op.create_unique_constraint("users_email_key", "users", ["email"])
""",
            fails="no name",
        ),
        Good(
            """def upgrade() -> None:
    op.drop_constraint("users_email_key", "users", type_="unique")


def downgrade() -> None:
    op.create_unique_constraint("users_email_key", "users", ["email"])
""",
            before="""def upgrade() -> None:
    op.create_unique_constraint("users_email_key", "users", ["email"])
""",
            because="the constraint is named",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/naming.html",),
)


def is_unnamed_drop(op: Opaque) -> bool:
    """SQLAlchemy refuses to render it; `unreadable-operation` is silent where this rule speaks."""
    return "it has no name" in op.reason


@rule.on(Opaque)
def check(op: Opaque, context: Context) -> Iterator[Finding]:
    if is_unnamed_drop(op):
        yield rule.finding(
            op.place,
            "This raises `CompileError` before anything is sent: the constraint is not named.",
            advice="Write the name that the server picked.",
            suggestion=_named(op, context),
        )


@rule.on(DropConstraint)
def check_convention(op: DropConstraint, context: Context) -> Iterator[Finding]:
    """A name that the convention makes without the columns."""
    table = context.schema.table(op.table)
    if table is not None and table.constraint(op.name) is None and not op.if_exists and _is_left_out(op, context):
        yield rule.finding(
            op.place,
            f"The naming convention cannot know the columns here: this drops `{op.name}`, which does not exist.",
            advice="Write the name that the constraint has.",
            suggestion=_named(op, context),
        )


def _is_left_out(op: DropConstraint, context: Context) -> bool:
    match call_at(context.script.text, op.place):
        case Call(node=ast.Call(args=[ast.Constant(value=None), *_])):
            return True
    return False


def _named(op: Opaque | DropConstraint, context: Context) -> Suggestion | None:
    """The name of the table's only constraint of that kind."""
    match call_at(context.script.text, op.place):
        case Call(node=ast.Call(args=[_, ast.Constant(value=str() as table), *_])) as call:
            kind, schema = call.word("type_"), call.word("schema")
            if kind not in _KINDS or (call.keyword("schema") and schema is None):
                return None
            found = context.schema.table(Name(table, schema))
            candidates = found.constraints_of(_KINDS[kind]) if found and found.complete else ()
            if len(candidates) == 1:
                name = candidates[0].name
                return replaced_argument(context.script.text, op.statement, 0, "None", name, f"Name it {name}")
    return None
