"""One revision up and down again on the schema model: what is not as it was, as far as everything was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rules.context import Context
from rules.model.columns import Column, Constraint, ForeignKey
from rules.model.names import Name
from rules.model.operations import (
    AlterColumnOther,
    AlterObject,
    AlterTableOther,
    Copy,
    CreateObject,
    Delete,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropObject,
    DropTable,
    Insert,
    Kind,
    Opaque,
    Operation,
    Raises,
    RenameColumn,
    RenameConstraint,
    RenameIndex,
    RenameTable,
    Truncate,
    Update,
)
from rules.model.script import MigrationScript
from rules.schema import Schema
from rules.schema.comparing import Trait
from rules.schema.differences import Changed, Difference, Left, Missing, Thing, differences
from rules.schema.schema import Key

ROWS = (Insert, Update, Delete, Copy, Truncate)
"""What writes rows and leaves the schema alone."""
_SOME_INDEX = ("", "index")
"""One whose table is not known."""
_PART_DROPS = (DropConstraint, RenameConstraint, DropColumn, RenameColumn)
DOWN = "the way back"
_MODELLED = {
    Kind.TYPE,
    Kind.DOMAIN,
    Kind.SEQUENCE,
    Kind.VIEW,
    Kind.MATERIALIZED_VIEW,
    Kind.FUNCTION,
    Kind.PROCEDURE,
    Kind.TRIGGER,
    Kind.EXTENSION,
    Kind.SCHEMA,
    Kind.OTHER,
}
_SHARED = (Kind.EXTENSION, Kind.SCHEMA)


@dataclass(frozen=True, slots=True)
class WayBack:
    """`top` is the schema between the two, `end` the one after both."""

    start: Schema
    top: Schema
    end: Schema
    differences: tuple[Difference, ...]


def way_back(context: Context) -> WayBack | None:
    """None where one of the directions was not read whole, or the way back ends in an error of its own."""
    return context.once(_way_back)


def _way_back(context: Context) -> WayBack | None:
    script = context.script
    if any(isinstance(op, Raises) for op in (*script.upgrade, *script.downgrade)):
        return None
    if any(isinstance(op, Opaque) and not op.tables for op in (*script.upgrade, *script.downgrade)):
        return None
    start = context.schema
    top = context.once(_top)
    end = _folded(top.begun(), script.downgrade, DOWN)
    unsure = {key for op in _unsure(script) for key in _keys(op)} | _never_seen(start, script.upgrade)
    unsure |= _never_seen(top.begun(), script.downgrade)
    found = differences(start, end, lambda part: part.origin.revision == script.revision)
    return WayBack(start, top, end, tuple(it for it in found if _counts(it, unsure, script, top)))


def _top(context: Context) -> Schema:
    return _folded(context.schema, context.script.upgrade, context.script.revision)


def _folded(schema: Schema, operations: Iterable[Operation], revision: str) -> Schema:
    for operation in operations:
        schema = schema.after(operation, revision=revision, new=True)
    return schema


def changes_schema(context: Context) -> bool:
    """Whether the upgrade leaves anything that a way back would have to take back."""
    return context.once(_changes_schema)


def _changes_schema(context: Context) -> bool:
    script = context.script
    if any(_has_effect_beyond_the_model(op) for op in script.upgrade):
        return True
    start, top = context.schema, context.once(_top)
    return any(_counts(it, set(), script, top) for it in differences(start, top))


def _has_effect_beyond_the_model(op: Operation) -> bool:
    """What the schema does not hold, or changes a table that it has not seen: taken to have an effect."""
    if isinstance(op, (CreateObject, DropObject)):
        return op.kind not in _MODELLED
    return isinstance(op, (AlterObject, AlterTableOther, AlterColumnOther))


def _is_shared(op: Operation) -> bool:
    """Others may use it too: nobody takes it away on the way back."""
    return isinstance(op, CreateObject) and op.kind in _SHARED and op.if_not_exists


def _unsure(script: MigrationScript) -> Iterator[Operation]:
    """What may not have run, or was read in part."""
    for op in (*script.upgrade, *script.downgrade):
        if op.statement.conditional or isinstance(op, Opaque):
            yield op


def _never_seen(schema: Schema, operations: Iterable[Operation]) -> set[Key]:
    """What is dropped or renamed though the history has not created it: whatever has its name was perhaps there before.

    A constraint or index under an unknown name may be any other of its table, so that the table is meant.
    """
    found: set[Key] = set()
    for op in operations:
        table = schema.trace(op.table) if isinstance(op, _PART_DROPS) else None
        match op:
            case DropTable() | RenameTable() if schema.trace(op.table) is None:
                found |= {op.table.key, Name(getattr(op, "new_name", op.table.name), op.table.schema).key}
            case DropIndex() | RenameIndex() if schema.index(op.index, op.table) is None:
                found |= {op.index.key, _SOME_INDEX}
            case DropConstraint() | RenameConstraint() if table is None or table.constraint(op.name) is None:
                found.add(op.table.key)
            case DropColumn() | RenameColumn() if table is None or table.column(op.column) is None:
                found.add(op.table.key)
            case DropObject() if not _holds(schema, op.name.key):
                found.add(op.name.key)
        schema = schema.after(op)
    return found


def _holds(schema: Schema, key: Key) -> bool:
    homes = (schema.views, schema.sequences, schema.functions, schema.enums, schema.domains, schema.types)
    return any(key in home for home in homes)


def _keys(value: object) -> Iterator[Key]:
    """The objects that an operation names."""
    match value:
        case Name():
            yield value.key
        case Operation() | Column() | ForeignKey():
            for each in value.__struct_fields__:
                yield from _keys(getattr(value, each))
        case tuple():
            for each in value:
                if isinstance(each, Name | Column | Constraint):
                    yield from _keys(each)


def _counts(found: Difference, unsure: set[Key], script: MigrationScript, top: Schema) -> bool:
    names = [found.table] if found.table else []
    names += [it.name for it in (found.before, found.after) if isinstance(getattr(it, "name", None), Name)]
    if any(name.key in unsure for name in names):
        return False
    match found:
        case Left(thing=Thing.EXTENSION):
            return False
        case Left(thing=Thing.INDEX):
            return _SOME_INDEX not in unsure
        case Left(thing=Thing.SCHEMA):
            return not any(_is_shared(op) for op in script.upgrade)
        case Missing(thing=Thing.FUNCTION):
            return found.before.name.key not in top.functions
        case Changed(trait=Trait.VALIDATED):
            return bool(found.after.origin.revision == DOWN)
        case Changed(trait=Trait.LABELS):
            return not _only_grown(found)
    return True


def _only_grown(found: Difference) -> bool:
    """No server takes a label away; a further one does no harm."""
    return [label for label in found.after.labels if label in found.before.labels] == [*found.before.labels]


def is_bare(script: MigrationScript) -> bool:
    """Whether the way back does nothing at all."""
    return not script.downgrade


def touched_rows(operations: Iterable[Operation]) -> set[Key]:
    """The tables whose rows are written."""
    return {op.table.key for op in operations if isinstance(op, ROWS)}
