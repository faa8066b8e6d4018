"""A table, column, constraint, index or type is created that is there already.

The statement fails when the migration runs: "already exists". Often two revisions were generated from the same change,
or one was copied. Take it out, alter what is there, or choose another name.

dbbot says so only where it has read everything since the object was made. `IF NOT EXISTS` is taken at its word.
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import (
    AddCheck,
    AddColumn,
    AddExclusion,
    AddForeignKey,
    AddPrimaryKey,
    AddUnique,
    CreateEnum,
    CreateIndex,
    CreateTable,
    Direction,
    DropIndex,
    Operation,
)
from rules.presence import is_expected
from rules.rule import Bad, Good, InDowngrade, Rule
from rules.schema.objects import Origin

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    downgrade=InDowngrade.LOWER,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.add_column("users", sa.Column("age", sa.Integer()))


def downgrade() -> None:
    pass  # The column was there before.
""",
            fails='column "age" of relation "users" already exists',
        ),
        Good(
            """def upgrade() -> None:
    op.drop_column("users", "age")
    op.add_column("users", sa.Column("age", sa.SmallInteger()))


def downgrade() -> None:
    # The values are lost on the way up already.
    op.drop_column("users", "age")
    op.add_column("users", sa.Column("age", sa.Integer()))
""",
            because="the column of before is dropped first",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/errcodes-appendix.html",),
)


@rule.on(CreateTable, AddColumn, CreateIndex, CreateEnum)
@rule.on(AddCheck, AddUnique, AddPrimaryKey, AddForeignKey, AddExclusion)
def check(op: Operation, context: Context) -> Iterator[Finding]:
    if op.statement.conditional or getattr(op, "if_not_exists", False) or getattr(op, "temporary", False):
        return
    found = _existing(op, context)
    if found is None:
        return
    what, name, origin = found
    if what in ("an index", "a constraint") and not context.environment.naming_convention_known:
        return  # other names may stand in the database
    if origin.conditional or context.schema.unread or is_expected(op, context) or _was_meant_to_go(name, context):
        return
    made = f", made by `{origin.revision}`" if origin.revision != context.script.revision else ""
    yield rule.finding(
        op.place,
        f"There is {what} `{name}` already{made}; the statement fails.",
        advice="Take it out, alter what is there, or choose another name.",
    )


def _was_meant_to_go(name: str, context: Context) -> bool:
    """On the way back: what `upgrade()` drops in a way that the server refuses is that statement's matter."""
    if context.direction is Direction.UPGRADE:
        return False
    return any(isinstance(op, DropIndex) and op.index.name == name for op in context.script.upgrade)


def _existing(op: Operation, context: Context) -> tuple[str, str, Origin] | None:
    schema = context.schema
    match op:
        case CreateTable():
            table = schema.table(op.table)
            return None if table is None or table.temporary else ("a table", str(op.table), table.origin)
        case CreateIndex(index=Name() as name):
            index = schema.index(name, op.table)
            return None if index is None else ("an index", str(name), index.origin)
        case CreateEnum():
            enum = schema.enum(op.type)
            return None if enum is None else ("a type", str(op.type), enum.origin)
        case AddColumn():
            trace = schema.trace(op.table)
            column = trace.column(op.column.name) if trace is not None else None
            if column is None or not column.type.known:
                return None
            return "a column", f"{op.table}.{column.name}", column.origin
        case AddCheck() | AddUnique() | AddPrimaryKey() | AddForeignKey() | AddExclusion():
            trace = schema.trace(op.table)
            constraints = trace.constraints if trace is not None else ()
            constraint = next((each for each in constraints if each.name == op.constraint.name), None)
            return None if constraint is None else ("a constraint", constraint.name, constraint.origin)
    return None
