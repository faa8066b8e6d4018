"""What undoes one operation, told from the schema before and after it: some statements, none, or None if unsure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from rules.locking.columns import change_of_type
from rules.locking.facts import Moment
from rules.model import operations as model
from rules.model.names import Name
from rules.model.operations import Kind, Operation, Statement
from rules.plans.sql import qualified, quoted
from rules.postgres.type_changes import TypeChange
from rules.rollback.calls import Calls, Piece, renamed
from rules.rollback.types import written_type
from rules.schema import ConstraintKind, Index, Schema, TableColumn, TableConstraint
from rules.spelling import is_text

Pieces = list[Piece] | None

_NOTHING_TO_UNDO = (
    model.Select,
    model.Setting,
    model.Harmless,
    model.Maintenance,
    model.LockTable,
    model.Reindex,
    model.RefreshView,
    model.ValidateConstraint,
)
_BY_NAME = {Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.SEQUENCE, Kind.SCHEMA, Kind.TYPE, Kind.DOMAIN}


def inverse_of(op: Operation, before: Schema, after: Schema, calls: Calls) -> Pieces:
    calls = replace(calls, schema=before)
    if op.statement.conditional:
        return None
    pieces = _inverse(op, before, after, calls)
    batch = _batch_of(op.statement, calls)
    if pieces is None or not batch:
        return pieces
    return [replace(it, batch=batch) if it.verb and it.verb != "execute" else it for it in pieces]


def _batch_of(statement: Statement, calls: Calls) -> str:
    owner, _, verb = statement.cause.rpartition(".")
    known = verb.startswith(("add_", "drop_", "alter_", "create_")) and verb not in ("create_table", "drop_table")
    return owner if known and owner.isidentifier() and owner != calls.style.op else ""


def _inverse(op: Operation, before: Schema, after: Schema, calls: Calls) -> Pieces:
    match op:
        case model.CreateTable():
            return _taken_back(
                op, before.table(op.table) is None, calls.drop_table(op.table), _dropped("TABLE", op.table), calls
            )
        case model.DropTable():
            return _table_back(op, before, calls)
        case model.RenameTable():
            return [calls.rename_table(Name(op.new_name, op.table.schema), op.table.name)]
        case model.AddColumn():
            table = before.trace(op.table)
            new = table is None or table.column(op.column.name) is None
            sql = f"ALTER TABLE {qualified(op.table)} DROP COLUMN {quoted(op.column.name)}"
            return _taken_back(op, new, calls.drop_column(op.table, op.column.name), sql, calls)
        case model.DropColumn():
            return _column_back(op, before, calls)
        case model.RenameColumn():
            back = ("new_column_name", calls.style.text(op.column))
            if is_text(op.statement):
                return [calls.sql(renamed(op.table, "COLUMN", op.new_name, op.column))]
            return [calls.alter_column(op.table, op.new_name, back)]
        case (
            model.AlterColumnType()
            | model.SetNotNull()
            | model.DropNotNull()
            | model.SetDefault()
            | model.DropDefault()
        ):
            return _altered_back(op, before, after, calls)
        case model.RenameConstraint():
            return [calls.sql(renamed(op.table, "CONSTRAINT", op.new_name, op.name))]
        case model.DropConstraint():
            table = before.table(op.table)
            gone = table.constraint(op.name) if table else None
            return None if op.cascade or gone is None else _all([calls.create_constraint(op.table, gone)])
        case (
            model.AddForeignKey() | model.AddCheck() | model.AddUnique() | model.AddPrimaryKey() | model.AddExclusion()
        ):
            return _constraint_away(op, before, after, calls)
        case model.CreateIndex() | model.DropIndex() | model.RenameIndex():
            return _of_index(op, before, after, calls)
    return _of_named(op, before, calls)


def _taken_back(op: Operation, new: bool, piece: Piece, sql: str, calls: Calls) -> Pieces:
    if not new:
        return None
    return [calls.sql(sql)] if is_text(op.statement) else [piece]


def _dropped(kind: str, name: Name) -> str:
    return f"DROP {kind.upper()} {qualified(name)}"


def _all(pieces: Iterable[Piece | None]) -> Pieces:
    whole = list(pieces)
    return None if None in whole else [it for it in whole if it is not None]


def _table_back(op: model.DropTable, before: Schema, calls: Calls) -> Pieces:
    table = before.table(op.table)
    if table is None or op.cascade:
        return [] if op.if_exists and before.trace(op.table) is None and not before.unread else None
    return _all([calls.create_table(table), *_indexes(table.indexes, calls)])


def _indexes(indexes: Iterable[Index], calls: Calls) -> list[Piece | None]:
    return [calls.create_index(index) for index in indexes if index.constraint is None]


def _column_back(op: model.DropColumn, before: Schema, calls: Calls) -> Pieces:
    table = before.table(op.table)
    column = table.column(op.column) if table else None
    if table is None or column is None or op.cascade or before.partitions(op.table):
        return None
    constraints = [it for it in table.constraints if op.column in it.columns and it.kind is not ConstraintKind.NOT_NULL]
    indexes = [it for it in table.indexes if it.constraint is None and _is_over(it, op.column)]
    return _all(
        [
            calls.add_column(op.table, column),
            *(calls.create_constraint(op.table, it) for it in constraints),
            *_indexes(indexes, calls),
        ]
    )


def _is_over(index: Index, column: str) -> bool:
    """An index over an expression is counted too: it may read the column."""
    return column in index.columns or column in index.include or None in index.columns or index.predicate is not None


def _altered_back(op: Operation, before: Schema, after: Schema, calls: Calls) -> Pieces:
    """One call for one operation: its own trait as it was, the type as it is."""
    table, column = op.table, op.column  # type: ignore[attr-defined]
    found = before.trace(table)
    old = found.column(column) if found is not None else None
    then = after.trace(table)
    new = then.column(column) if then is not None else None
    if old is None or new is None or not old.type.known or old.generated is not None:
        return None
    match op:
        case model.AlterColumnType():
            return _type_back(op, old, new, after, calls)
        case model.SetNotNull() | model.DropNotNull():
            if old.nullable == new.nullable:
                return []
            trait = ("nullable", str(old.nullable))
        case _:
            if old.default == new.default:
                return []
            trait = ("server_default", calls.default(old.default))
    return altered(table, new, trait, calls)


def altered(table: Name, column: TableColumn, trait: tuple[str, str], calls: Calls) -> Pieces:
    """A column with one trait set; the call names its type too, as autogenerate does."""
    type_ = written_type(column.type, calls.schema, calls.style)
    known = (("existing_type", type_),) if type_ else ()
    return [calls.alter_column(table, column.name, *known, trait)]


def _type_back(op: model.AlterColumnType, old: TableColumn, new: TableColumn, after: Schema, calls: Calls) -> Pieces:
    type_, existing = (written_type(it.type, calls.schema, calls.style) for it in (old, new))
    if type_ is None or old.collation != new.collation:
        return None
    back = replace(op, type=old.type, using=None)
    keywords = [("existing_type", existing)] if existing else []
    keywords.append(("type_", type_))
    if change_of_type(back, Moment(after, 15)) is TypeChange.FAILS:
        keywords.append(("postgresql_using", calls.style.text(f"{quoted(op.column)}::{old.type}")))
    return [calls.alter_column(op.table, op.column, *keywords)]


def _constraint_away(op: Operation, before: Schema, after: Schema, calls: Calls) -> Pieces:
    name: Name = op.table  # type: ignore[attr-defined]
    old, new = before.trace(name), after.trace(name)
    known = {it.name for it in old.constraints} if old else set()
    added = [it for it in (new.constraints if new else ()) if it.name not in known]
    if len(added) != 1 or getattr(op.constraint, "index", None):  # type: ignore[attr-defined]
        return None
    return [_without(name, added[0], op.statement, calls)]


def _without(table: Name, constraint: TableConstraint, statement: Statement, calls: Calls) -> Piece:
    if is_text(statement):
        return calls.sql(f"ALTER TABLE {qualified(table)} DROP CONSTRAINT {quoted(constraint.name)}")
    return calls.drop_constraint(table, constraint)


def _of_index(
    op: model.CreateIndex | model.DropIndex | model.RenameIndex, before: Schema, after: Schema, calls: Calls
) -> Pieces:
    if isinstance(op, model.RenameIndex):
        new = Name(op.new_name, op.index.schema)
        return [calls.sql(f"ALTER INDEX {qualified(new)} RENAME TO {quoted(op.index.name)}")]
    if isinstance(op, model.DropIndex):
        gone = before.index(op.index, op.table)
        if gone is None or gone.constraint is not None:
            return None
        return _all([calls.create_index(gone, concurrently=op.concurrently)])
    old, now = before.trace(op.table), after.trace(op.table)
    known = {it.name.key for it in old.indexes} if old else set()
    added = [it for it in (now.indexes if now else ()) if it.name.key not in known]
    if len(added) != 1 or before.partitions(op.table):
        return None
    if is_text(op.statement):
        how = "INDEX CONCURRENTLY" if op.concurrently else "INDEX"
        return [replace(calls.sql(_dropped(how, added[0].name)), alone=op.concurrently)]
    return [calls.drop_index(added[0], concurrently=op.concurrently)]


def _of_named(op: Operation, before: Schema, calls: Calls) -> Pieces:
    match op:
        case model.CreateEnum():
            new = before.enum(op.type) is None
            return _taken_back(
                op, new and bool(calls.style.sa), calls.drop_enum(op.type), _dropped("TYPE", op.type), calls
            )
        case model.RenameEnumValue():
            values = f"{_string(op.new_label)} TO {_string(op.label)}"
            return [calls.sql(f"ALTER TYPE {qualified(op.type)} RENAME VALUE {values}")]
        case model.CreateDomain():
            return [calls.sql(_dropped("DOMAIN", op.domain))]
        case model.CreateObject(kind=Kind.EXTENSION | Kind.SCHEMA, if_not_exists=True):
            return []
        case model.CreateObject(kind=Kind.TRIGGER, table=Name() as table, replace=False):
            return [calls.sql(f"DROP TRIGGER {quoted(op.name.name)} ON {qualified(table)}")]
        case model.CreateObject() if op.kind in _BY_NAME and not op.if_not_exists:
            is_known = op.name.key in before.views or op.name.key in before.sequences
            if op.replace and (is_known or before.unread):
                return None
            return [calls.sql(_dropped(op.kind, op.name))]
        case model.RenameObject(kind=Kind.TYPE | Kind.SEQUENCE | Kind.VIEW as kind):
            renamed_to = Name(op.new_name, op.name.schema)
            return [calls.sql(f"ALTER {kind.upper()} {qualified(renamed_to)} RENAME TO {quoted(op.name.name)}")]
        case model.Insert() | model.Update() | model.Delete():
            return [] if _is_of_new(op, before) else None
    return [] if isinstance(op, _NOTHING_TO_UNDO) else None


def _string(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _is_of_new(op: model.Insert | model.Update | model.Delete, before: Schema) -> bool:
    """Whether the rows, or the columns written, go with what the same revision created."""
    table = before.table(op.table)
    if table is None:
        return False
    if table.origin.new and not isinstance(op, model.Update):
        return True
    written = [table.column(name) for name in op.columns] if isinstance(op, model.Update) else []
    return bool(written) and all(it is not None and it.origin.new for it in written)
