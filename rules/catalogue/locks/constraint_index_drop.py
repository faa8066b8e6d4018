"""The index of a constraint cannot be dropped by itself.

A primary key, a unique or an exclusion constraint owns its index: PostgreSQL refuses `DROP INDEX` with error 2BP01.
Drop the constraint; its index goes with it.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.operations import DropIndex
from rules.rewriting import replaced_call
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule
from rules.schema import ConstraintKind, Index

_TYPES = {ConstraintKind.PRIMARY_KEY: "primary", ConstraintKind.UNIQUE: "unique"}

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
    op.drop_index("users_email_key", table_name="users")


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
            fails="2BP01",
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
            because="the constraint is dropped, and its index with it",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-dropindex.html",),
    known_as={"migrationpilot": ("MP097",)},
)


@rule.on(DropIndex)
def check(op: DropIndex, context: Context) -> Iterator[Finding]:
    index = context.schema.index(op.index)
    if index is None or index.constraint is None:
        return
    yield rule.finding(
        op.place,
        f"`{op.index}` belongs to a constraint of `{index.table}`, `{index.constraint}`: PostgreSQL keeps it.",
        advice="Drop the constraint; its index goes with it.",
        suggestion=_drop_constraint(op, index, context),
    )


def _drop_constraint(op: DropIndex, index: Index, context: Context) -> Suggestion | None:
    table = context.schema.relations[index.table.key]
    owner = next(constraint for constraint in table.constraints if constraint.name == index.constraint)
    if owner.kind not in _TYPES or not context.is_whole_statement:
        return None
    if op.statement.cause not in ("op.drop_index", "op.execute"):
        return None
    arguments: list[str | tuple[str, str]] = [owner.name, index.table.name, ("type_", _TYPES[owner.kind])]
    if index.table.schema is not None:
        arguments.append(("schema", index.table.schema))
    return replaced_call(
        context.script.text, op.statement, "op.drop_constraint", arguments, "Drop the constraint instead"
    )
