"""An operation names a table, column, constraint, index or type that is not there.

The statement fails when the migration runs, and the deployment stops. The name is misspelt, or what it named was
dropped or renamed by an earlier revision.

dbbot says so only where it has read everything before: a table that was created elsewhere, or a call that it could not
follow, makes it silent. `IF EXISTS` is taken at its word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rules.context import Context
from rules.model.columns import ForeignKey
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import (
    AddColumn,
    AddEnumValue,
    AddForeignKey,
    AddPrimaryKey,
    AddUnique,
    AlterColumnOther,
    AlterColumnType,
    CreateEnum,
    CreateIndex,
    CreateTable,
    Direction,
    DropColumn,
    DropConstraint,
    DropDefault,
    DropIndex,
    DropNotNull,
    Operation,
    RedefineColumn,
    RenameColumn,
    RenameConstraint,
    RenameIndex,
    RenameTable,
    SetDefault,
    SetNotNull,
    ValidateConstraint,
)
from rules.presence import (
    is_expected,
    is_known_somewhere,
    is_read_whole,
    is_sure,
    nearest,
    spares_what_is_missing,
    was_created,
)
from rules.rewriting import replaced_name
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule
from rules.schema import Table

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.SUGGESTION,
    downgrade=InDowngrade.LOWER,
    changes_schema=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.alter_column("orders", "statu", existing_type=sa.Text(), server_default="new")


def downgrade() -> None:
    op.alter_column("orders", "status", existing_type=sa.Text(), server_default="open")
""",
            becomes="""def upgrade() -> None:
    op.alter_column("orders", "status", existing_type=sa.Text(), server_default="new")


def downgrade() -> None:
    op.alter_column("orders", "status", existing_type=sa.Text(), server_default="open")
""",
            fails='column "statu" of relation "orders" does not exist',
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER TABLE orders DROP CONSTRAINT IF EXISTS positive")


def downgrade() -> None:
    pass
""",
            because="the statement says itself that the constraint may be missing",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/errcodes-appendix.html",),
)
_ON_A_COLUMN = (
    RenameColumn,
    AlterColumnType,
    SetNotNull,
    DropNotNull,
    SetDefault,
    DropDefault,
    RedefineColumn,
    AlterColumnOther,
    DropColumn,
)
_ON_A_TABLE = (*_ON_A_COLUMN, AddColumn, AddForeignKey, AddPrimaryKey, AddUnique, CreateIndex)
_SYSTEM = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid"})


@dataclass(frozen=True, slots=True)
class Absent:
    """`near` is the one name that may be meant; `where` a phrase."""

    what: str
    name: str
    where: str
    near: str | None
    once: bool = False
    """It was there once."""


@rule.on(*_ON_A_TABLE, RenameTable, DropConstraint, RenameConstraint, ValidateConstraint)
def check(op: Operation, context: Context) -> Iterator[Finding]:
    if op.statement.conditional or getattr(op, "if_exists", False) or is_expected(op, context):
        return
    absent = _absent_table(op, context) or _absent_part(op, context)
    if absent is not None:
        yield _finding(op, absent, context)


@rule.on(DropIndex, RenameIndex)
def check_index(op: DropIndex | RenameIndex, context: Context) -> Iterator[Finding]:
    if op.statement.conditional or getattr(op, "if_exists", False) or spares_what_is_missing(op):
        return
    if not is_read_whole(context) or is_known_somewhere(op.index, context) or is_expected(op, context):
        return
    names = (key[1] for key in context.schema.index_owners)
    absent = _told(op.index, "index", CreateIndex, nearest(op.index.name, names), context)
    if absent is not None:
        yield _finding(op, absent, context)


@rule.on(AddEnumValue)
def check_type(op: AddEnumValue, context: Context) -> Iterator[Finding]:
    schema = context.schema
    if op.statement.conditional or not is_read_whole(context):
        return
    if is_known_somewhere(op.type, context) or is_expected(op, context):
        return
    absent = _told(op.type, "type", CreateEnum, nearest(op.type.name, (key[1] for key in schema.enums)), context)
    if absent is not None:
        yield _finding(op, absent, context)


def _absent_table(op: Operation, context: Context) -> Absent | None:
    name: Name = op.table  # type: ignore[attr-defined]
    if is_known_somewhere(name, context) or not is_read_whole(context) or spares_what_is_missing(op):
        return None
    tables = (table.name.name for table in context.schema.tables if table.name.key[0] == name.key[0])
    return _told(name, "table", CreateTable, nearest(name.name, tables), context)


def _told(
    name: Name,
    what: str,
    kind: type[CreateTable] | type[CreateIndex] | type[CreateEnum],
    near: str | None,
    context: Context,
) -> Absent | None:
    """Only where the history shows why it is not there: a near name, or that it was there once."""
    once = was_created(name, kind, context)
    return Absent(what, str(name), "", near, once) if once or near is not None else None


def _absent_part(op: Operation, context: Context) -> Absent | None:
    table = context.schema.table(op.table)  # type: ignore[attr-defined]
    if table is None:
        return None
    for found in _wrong_parts(op, table, context):
        if is_sure(table, context):
            return found
    return None


def _wrong_parts(op: Operation, table: Table, context: Context) -> Iterator[Absent]:
    if isinstance(op, DropConstraint | RenameConstraint | ValidateConstraint):
        known = {constraint.name for constraint in table.constraints}
        if op.name not in known and _has_certain_names(op.name, context):
            near = nearest(op.name, known)
            if near is not None and near[:3] == op.name[:3]:  # another beginning: a convention named it
                yield Absent("constraint", op.name, f" of `{table.name}`", near)
        return
    columns = {column.name for column in table.columns}
    for name in _columns_of(op):
        if name not in columns and name not in _SYSTEM:
            yield Absent("column", name, f" of `{table.name}`", nearest(name, columns))


def _has_certain_names(name: str, context: Context) -> bool:
    """Since 18 a NOT NULL is a constraint too; a naming convention that is not known may have named any other."""
    return context.environment.naming_convention_known and not name.endswith("_not_null")


def _columns_of(op: Operation) -> Iterator[str]:
    match op:
        case CreateIndex():
            yield from (key.column for key in op.keys if key.column is not None)
        case AddForeignKey(constraint=ForeignKey(columns=columns)):
            yield from columns
        case AddPrimaryKey() | AddUnique():
            yield from op.constraint.columns
        case _ if isinstance(op, _ON_A_COLUMN):
            yield op.column


def _finding(op: Operation, absent: Absent, context: Context) -> Finding:
    why = ": an earlier revision dropped or renamed it" if absent.once else ""
    advice = f"Did you mean `{absent.near}`?" if absent.near else "Name what is there, or say `IF EXISTS`."
    suggestion = None
    if absent.near is not None and context.steps[0].operation.statement.direction is Direction.UPGRADE:
        old = absent.name.rpartition(".")[2]
        suggestion = replaced_name(context.script.text, op.statement, old, absent.near, f"Name `{absent.near}`")
    return rule.finding(
        op.place,
        f"There is no {absent.what} `{absent.name}`{absent.where} here{why}; the statement fails.",
        advice=advice,
        suggestion=suggestion,
    )
