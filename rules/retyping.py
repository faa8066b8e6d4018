"""What a change of a column's type means where it stands: its one hazard, so that one rule speaks of it."""

from __future__ import annotations

from enum import StrEnum

from msgspec.structs import replace

from rules.context import Context
from rules.locking.columns import change_of_type, indexes_on, rebuilt_indexes, type_before
from rules.locking.facts import Moment
from rules.model.columns import DataType
from rules.model.names import Name
from rules.model.operations import AlterColumnType, Setting
from rules.postgres.narrowing import narrows
from rules.postgres.type_changes import TypeChange, casts_only
from rules.schema import ConstraintKind, EnumType

_ZONES = frozenset({"timestamp without time zone", "timestamp with time zone"})
_NEVER_FREE = frozenset(
    {"smallint", "integer", "bigint", "real", "double precision", "money", "boolean", "uuid", "bytea", "json", "jsonb"}
    | {"date"}
)
"""Types to which no other type changes without a rewrite."""
_TEXTS = frozenset({"text", "character varying", "character", "bpchar", "citext", "name"})
_FREE_SINCE = 12
"""Between timestamp and timestamptz in UTC. https://www.postgresql.org/docs/12/release-12.html"""


class Hazard(StrEnum):
    LABELS = "labels are lost"
    NO_CAST = "no automatic cast"
    ZONE = "values depend on the session's time zone"
    NARROWING = "values may not fit"
    REWRITE = "the table is written anew"
    CHECK = "a CHECK is verified again"
    INDEX = "indexes are built anew"


def hazard_of(op: AlterColumnType, context: Context) -> Hazard | None:
    """The gravest hazard of the change; None where it has none, or nobody is there to wait for it."""
    if not op.type.known:
        return None
    old = old_type(op, context)
    if old is None:
        known = op.type.name in _NEVER_FREE and not op.type.dimensions
        return Hazard.REWRITE if known and context.is_in_use(op.table) else None
    hazard = _between(old, op, context)
    if hazard is Hazard.NO_CAST:
        return hazard
    if context.is_new(op.table):
        return None
    if hazard in (Hazard.LABELS, Hazard.NARROWING):
        return hazard
    return hazard if context.is_in_use(op.table) else None


def old_type(op: AlterColumnType, context: Context) -> DataType | None:
    """The column's type before; None where neither the history nor the call tells."""
    return type_before(op, context.schema)


def is_utc(context: Context) -> bool:
    """Whether the session's time zone is UTC: set earlier in the transaction, for the connection, or for the role."""
    zone = context.settings.time_zone or context.environment.time_zone
    for step in reversed(context.transaction):
        if isinstance(step.operation, Setting) and step.operation.name.lower() == "timezone":
            zone = step.operation.value or zone
            break
    return (zone or "").strip("'\"").upper() in ("UTC", "ETC/UTC", "0")


def has_cast(op: AlterColumnType, context: Context) -> bool:
    """Whether values of the old type become the new one by themselves, without USING; True where that is not known."""
    old = old_type(op, context)
    if old is None:
        return True
    without = replace(op, using=None)
    change = change_of_type(without, Moment(context.schema, context.server_version))
    return change is not TypeChange.FAILS and not _is_foreign_to_enum(old, op, context)


def enum_of(type_: DataType | None, context: Context) -> EnumType | None:
    """The enum that a type is, if the history created it."""
    return context.schema.enum(Name(type_.name, type_.schema)) if type_ is not None else None


def lost_labels(op: AlterColumnType, context: Context) -> tuple[str, ...]:
    """Labels that the column's enum type has and its next one has not."""
    before, after = enum_of(old_type(op, context), context), enum_of(op.type, context)
    if before is None or after is None or before.name.key == after.name.key:
        return ()
    return tuple(label for label in before.labels if label not in after.labels)


def has_index(op: AlterColumnType, context: Context) -> bool:
    table = context.schema.trace(op.table)
    return table is not None and bool(indexes_on(table, op.column))


def rebuilt_by(op: AlterColumnType, context: Context) -> tuple[Name, ...]:
    """The indexes that a change which keeps the table builds anew."""
    table = context.schema.trace(op.table)
    change = change_of_type(op, Moment(context.schema, context.server_version, is_utc(context)))
    return tuple(index.name for index in rebuilt_indexes(table, op.column, change)) if table is not None else ()


def _between(old: DataType, op: AlterColumnType, context: Context) -> Hazard | None:
    cast = op.using is not None and casts_only(op.using, op.column)
    utc = is_utc(context)
    change = change_of_type(op, Moment(context.schema, context.server_version, utc))
    if op.using is None and not has_cast(op, context):
        return Hazard.NO_CAST
    if lost_labels(op, context):
        return Hazard.LABELS
    if _changes_zone(old, op.type) and (
        not utc or op.using is not None or context.server_version < _FREE_SINCE or change is TypeChange.REWRITE
    ):
        return Hazard.ZONE
    if (op.using is None or cast) and narrows(old, op.type):
        return Hazard.NARROWING
    if change in (TypeChange.REWRITE, TypeChange.FAILS):
        return Hazard.REWRITE
    if _is_checked(op, context) and (old != op.type or op.using is not None):
        return Hazard.CHECK
    return Hazard.INDEX if rebuilt_by(op, context) else None


def _changes_zone(old: DataType, new: DataType) -> bool:
    return {old.name, new.name} == _ZONES and not (old.dimensions or new.dimensions)


def _is_foreign_to_enum(old: DataType, op: AlterColumnType, context: Context) -> bool:
    """Whether one of the types is an enum and the other one neither the same nor a text to turn it into."""
    before, after = enum_of(old, context), enum_of(op.type, context)
    if before is None and after is None:
        return False
    if before is not None and after is not None:
        return before.name.key != after.name.key
    return after is not None or op.type.name not in _TEXTS


def _is_checked(op: AlterColumnType, context: Context) -> bool:
    table = context.schema.trace(op.table)
    checks = table.constraints_of(ConstraintKind.CHECK) if table is not None else ()
    return any(check.validated and op.column in check.columns for check in checks)
