"""Tables as a whole: created, renamed, moved, dropped, attached."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rules.model import operations as model
from rules.model.columns import Check, Constraint, ForeignKey, NotNull, PrimaryKey, Unique
from rules.model.names import Name
from rules.mysql.server import MEASURED
from rules.mysql.storage import with_option
from rules.postgres.tokens import identifier
from rules.schema import naming
from rules.schema.changes import changes
from rules.schema.columns import with_new_columns
from rules.schema.constraining import constrained
from rules.schema.drops import drop_table_key
from rules.schema.edits import taken_in, touched, with_table, without_table
from rules.schema.indexes import indexed
from rules.schema.inheritance import as_handed_down, counterpart
from rules.schema.listed import begins_listed
from rules.schema.objects import ConstraintKind, Index, Origin, Table, TableConstraint
from rules.schema.resolving import table_named

if TYPE_CHECKING:
    from rules.schema.schema import Schema


_WITH_THE_COLUMNS = (ConstraintKind.CHECK, ConstraintKind.NOT_NULL)
"""What a partition has already: it came with the columns, or ATTACH asks for it."""


@changes(model.CreateTable)
def create(schema: Schema, operation: model.CreateTable, origin: Origin) -> Schema:
    known = schema.table(operation.table)
    if known is not None and operation.if_not_exists:
        return schema
    if known is not None or schema.trace(operation.table) is not None:
        schema = without_table(schema, operation.table.key)
    table = Table(
        operation.table,
        partition_by=operation.partition_by,
        partition_of=operation.partition_of,
        partition_bound=operation.partition_bound,
        inherits=operation.inherits,
        temporary=operation.temporary,
        unlogged=operation.unlogged,
        storage=operation.storage,
        complete=not operation.from_query,
        listed=begins_listed(operation, origin),
        origin=origin,
        options=operation.options,
    )
    table = _inherited(schema, table, operation, origin)
    if operation.partition_of is None:
        schema, table = with_new_columns(schema, table, operation.columns, origin)
    inline: list[Constraint] = [each for column in operation.columns for each in column.constraints]
    for constraint in _without_repeats(sorted([*inline, *operation.constraints], key=_rank)):
        table = constrained(schema, table, constraint, origin)
    schema = with_table(schema, table)
    return _like_parent(schema, table.name, origin) if operation.partition_of else schema


def _without_repeats(constraints: list[Constraint]) -> list[Constraint]:
    """Two keys over the same columns in one CREATE TABLE are one, under the first name that is given."""
    kept: list[Constraint] = []
    for constraint in constraints:
        same = next((it for it in kept if _same_key(it, constraint)), None)
        if same is None:
            kept.append(constraint)
        elif same.name is None:
            kept[kept.index(same)] = replace(same, name=constraint.name)
    return kept


def _same_key(one: Constraint, other: Constraint) -> bool:
    keys = (PrimaryKey, Unique)
    if not (isinstance(one, keys) and isinstance(other, keys)) or one.columns != other.columns:
        return False
    return _traits(one) == _traits(other)


def _traits(key: PrimaryKey | Unique) -> tuple[bool, bool]:
    return key.deferrable, isinstance(key, Unique) and key.nulls_not_distinct


def _rank(constraint: Constraint) -> int:
    """The order in which the server names them: checks, the primary key, other keys, foreign keys."""
    match constraint:
        case Check():
            return 0
        case NotNull():
            return 1
        case PrimaryKey():
            return 2
        case ForeignKey():
            return 4
    return 3


def _inherited(schema: Schema, table: Table, operation: model.CreateTable, origin: Origin) -> Table:
    """Columns that come from elsewhere: a partition's parent, inherited tables, LIKE."""
    sources = [*operation.inherits]
    if operation.partition_of is not None:
        sources.append(operation.partition_of)
    if operation.like is not None:
        sources.append(operation.like)
    for source in sources:
        found = schema.relations.get(source.key)
        if found is None or not found.complete:
            table = replace(table, complete=False)
        if found is None:
            continue
        copied = tuple(
            replace(column, origin=origin, default=None if source is operation.like else column.default)
            for column in found.columns
            if table.column(column.name) is None
        )
        table = replace(table, columns=(*table.columns, *copied), options=found.options)
        if source is not operation.like:
            checks = tuple(it for it in found.constraints if _is_inherited(it))
            table = replace(table, constraints=(*table.constraints, *(replace(it, origin=origin) for it in checks)))
    return table


def _is_inherited(constraint: TableConstraint) -> bool:
    return isinstance(constraint.definition, Check) and not constraint.definition.no_inherit


def _like_parent(schema: Schema, name: Name, origin: Origin) -> Schema:
    """A partition gets the keys and indexes that its parent has."""
    table = schema.relations[name.key]
    parent = schema.relations.get(table.partition_of.key) if table.partition_of else None
    if parent is None:
        return schema
    for constraint in parent.constraints:
        if constraint.kind not in _WITH_THE_COLUMNS and counterpart(table, constraint) is None:
            table = constrained(schema, table, as_handed_down(schema, table, constraint), origin)
    for index in parent.indexes:
        if index.constraint is None and not _has_index(table, index):
            chosen = naming.chosen(name.name, naming.of_keys(index.keys), "idx", taken_in(schema, table))
            table = indexed(
                table, replace(index, name=Name(chosen, name.schema), table=name, valid=True, origin=origin)
            )
    return with_table(schema, table)


def _has_index(table: Table, index: Index) -> bool:
    return any(it.keys == index.keys and it.unique == index.unique for it in table.indexes)


@changes(model.DropTable)
def drop(schema: Schema, operation: model.DropTable, _: Origin) -> Schema:
    return drop_table_key(schema, operation.table.key, cascade=operation.cascade)


@changes(model.AttachPartition)
def attach(schema: Schema, operation: model.AttachPartition, origin: Origin) -> Schema:
    table = replace(touched(schema, operation.partition), partition_of=operation.table, partition_bound=operation.bound)
    return _like_parent(with_table(schema, table), operation.partition, origin)


@changes(model.DetachPartition)
def detach(schema: Schema, operation: model.DetachPartition, _: Origin) -> Schema:
    table = touched(schema, operation.partition)
    return with_table(schema, replace(table, partition_of=None, partition_bound=None))


@changes(model.SetStorage)
def set_storage(schema: Schema, operation: model.SetStorage, _: Origin) -> Schema:
    if schema.view(operation.table) is not None:
        return schema
    table, target = touched(schema, operation.table), operation.target
    if target in ("LOGGED", "UNLOGGED"):
        return with_table(schema, replace(table, unlogged=target == "UNLOGGED"))
    kept = tuple(one for one in table.storage if _medium(one) != _medium(target))
    return with_table(schema, replace(table, storage=(*kept, target)))


def _medium(target: str) -> str:
    return target.rpartition(" ")[0]


@changes(model.AlterTableOther)
def other(schema: Schema, operation: model.AlterTableOther, _: Origin) -> Schema:
    words = operation.action.split()
    table = schema.relations.get(operation.table.key)
    if table is not None and schema.dialect in MEASURED:
        return with_table(schema, with_option(table, operation.action))
    if table is not None and [word.upper() for word in words[:2]] == ["ALTER", "CONSTRAINT"]:
        return _retimed(schema, table, operation.action)
    if table is None or "INHERIT" not in [word.upper() for word in words[:2]]:
        return schema
    parts = [identifier(part) for part in words[-1].split(".")]
    parent = table_named(schema, Name(parts[-1], parts[-2] if len(parts) > 1 else None))
    if words[0].upper() == "INHERIT":
        return with_table(schema, replace(table, inherits=(*table.inherits, parent)))
    remaining = tuple(name for name in table.inherits if name.name != parent.name)
    return with_table(schema, replace(table, inherits=remaining))


def _retimed(schema: Schema, table: Table, action: str) -> Schema:
    """ALTER CONSTRAINT changes when a foreign key is checked; what it does not say is as if nobody had said it."""
    said = re.match(r'ALTER\s+CONSTRAINT\s+("(?:[^"]|"")+"|\S+)(.*)', action, re.IGNORECASE | re.DOTALL)
    known = table.constraint(identifier(said[1])) if said is not None else None
    if said is None or known is None or not isinstance(known.definition, ForeignKey):
        return schema
    words = said[2].upper()
    if "ENFORCED" in words or "INHERIT" in words:
        return schema
    deferred = "DEFERRED" in words
    deferrable = deferred or ("DEFERRABLE" in words and re.search(r"NOT\s+DEFERRABLE", words) is None)
    definition = replace(known.definition, deferrable=deferrable, deferred=deferred)
    after = replace(known, definition=definition)
    kept = tuple(after if each is known else each for each in table.constraints)
    return with_table(schema, replace(table, constraints=kept))


@changes(model.SetTrigger)
def set_trigger(schema: Schema, operation: model.SetTrigger, _: Origin) -> Schema:
    table = schema.relations.get(operation.table.key)
    if table is None:
        return schema
    triggers = tuple(
        replace(trigger, enabled=operation.enabled) if operation.trigger in ("ALL", "USER", trigger.name) else trigger
        for trigger in table.triggers
    )
    return with_table(schema, replace(table, triggers=triggers))
