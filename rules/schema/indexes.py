"""Indexes: created, renamed, dropped, attached; on tables, partitions and materialized views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from rules.model import operations as model
from rules.model.names import Name
from rules.schema import naming
from rules.schema.changes import changes
from rules.schema.constraining import renamed
from rules.schema.edits import kept, taken_in, touched, with_table, with_view
from rules.schema.objects import Index, Origin, Table

if TYPE_CHECKING:
    from rules.schema.schema import Schema


def indexed(table: Table, index: Index) -> Table:
    return replace(table, indexes=(*table.indexes, index))


@changes(model.CreateIndex)
def create(schema: Schema, operation: model.CreateIndex, origin: Origin) -> Schema:
    known = operation.index is not None and schema.index(operation.index, operation.table) is not None
    if operation.if_not_exists and known:
        return schema
    view = schema.views.get(operation.table.key)
    if view is not None:
        name = operation.index or Name(f"{view.name.name}_{naming.of_keys(operation.keys)}_idx", view.name.schema)
        return with_view(schema, replace(view, indexes=(*view.indexes, _index(operation, name, origin))))
    table = touched(schema, operation.table)
    name = operation.index or _chosen(schema, table, operation)
    partitioned = operation.only and (table.partitioned or bool(schema.partitions(operation.table)))
    index = replace(_index(operation, name, origin), valid=not partitioned)
    schema = with_table(schema, indexed(table, index))
    if operation.only:
        return schema
    for partition in schema.partitions(operation.table):
        below = replace(operation, table=partition.name, index=None)
        schema = create(schema, below, origin)
    return schema


def _chosen(schema: Schema, table: Table, operation: model.CreateIndex) -> Name:
    keys = naming.of_keys(operation.keys)
    return Name(naming.chosen(table.name.name, keys, "idx", taken_in(schema, table)), table.name.schema)


def _index(operation: model.CreateIndex, name: Name, origin: Origin) -> Index:
    return Index(
        name,
        operation.table,
        operation.keys,
        operation.unique,
        method=operation.method,
        predicate=operation.predicate,
        include=operation.include,
        concurrently=operation.concurrently,
        origin=origin,
    )


@changes(model.DropIndex)
def drop(schema: Schema, operation: model.DropIndex, _: Origin) -> Schema:
    key = operation.index.key
    if operation.table is not None:
        return _without_index(schema, operation.table, key[1])
    owner = schema.index_owners.get(key)
    if owner is None:
        return schema
    view = schema.views.get(owner)
    if view is not None:
        return with_view(schema, replace(view, indexes=kept(view.indexes, lambda it: it.name.key != key)))
    table = schema.relations[owner]
    gone = schema.index(operation.index)
    schema = with_table(schema, replace(table, indexes=kept(table.indexes, lambda it: it.name.key != key)))
    return schema if gone is None else _without_parts(schema, table, gone)


def _without_index(schema: Schema, name: Name, index: str) -> Schema:
    """Of that table, with the key that it stands for."""
    table = schema.relations.get(name.key)
    if table is None:
        return schema
    constraints = kept(table.constraints, lambda it: it.name != index or it.index is None)
    indexes = kept(table.indexes, lambda it: it.name.name != index)
    return with_table(schema, replace(table, constraints=constraints, indexes=indexes))


def _without_parts(schema: Schema, table: Table, gone: Index) -> Schema:
    """With the index of a partitioned table go those of its partitions."""
    if not gone.valid:
        return schema
    for partition in schema.partitions(table.name):
        part = next((it for it in partition.indexes if _is_part(it, gone)), None)
        if part is not None:
            remaining = kept(partition.indexes, lambda it, part=part: it is not part)  # type: ignore[misc]
            schema = _without_parts(with_table(schema, replace(partition, indexes=remaining)), partition, part)
    return schema


def _is_part(index: Index, whole: Index) -> bool:
    return index.constraint is None and index.keys == whole.keys and index.unique == whole.unique


@changes(model.RenameIndex)
def rename(schema: Schema, operation: model.RenameIndex, _: Origin) -> Schema:
    if operation.table is not None:
        return _renamed_on(schema, operation.table, operation.index.name, operation.new_name)
    return index_renamed(schema, operation.index, operation.new_name)


def _renamed_on(schema: Schema, name: Name, index: str, new_name: str) -> Schema:
    table = schema.relations.get(name.key)
    found = table.index(index) if table is not None else None
    if table is None or found is None:
        return schema
    if found.constraint is not None:
        return with_table(schema, renamed(table, found.constraint, new_name))
    indexes = tuple(_named(it, new_name) if it is found else it for it in table.indexes)
    return with_table(schema, replace(table, indexes=indexes))


def index_renamed(schema: Schema, name: Name, new_name: str) -> Schema:
    """With the constraint that owns it, which has the same name."""
    owner = schema.index_owners.get(name.key)
    found = schema.index(name)
    if owner is None or found is None:
        return schema
    view = schema.views.get(owner)
    if view is not None:
        indexes = tuple(_named(it, new_name) if it is found else it for it in view.indexes)
        return with_view(schema, replace(view, indexes=indexes))
    table = schema.relations[owner]
    if found.constraint is not None:
        return with_table(schema, renamed(table, found.constraint, new_name))
    indexes = tuple(_named(it, new_name) if it is found else it for it in table.indexes)
    return with_table(schema, replace(table, indexes=indexes))


def _named(index: Index, name: str) -> Index:
    return replace(index, name=Name(name, index.name.schema))


@changes(model.AttachIndex)
def attach(schema: Schema, operation: model.AttachIndex, _: Origin) -> Schema:
    """The parent's index is valid once each partition has one that fits."""
    parent = schema.index(operation.index)
    if parent is None:
        return schema
    table = schema.relations[schema.index_owners[operation.index.key]]
    partitions = schema.partitions(table.name)
    if not all(any(it.columns == parent.columns for it in partition.indexes) for partition in partitions):
        return schema
    indexes = tuple(replace(it, valid=True) if it is parent else it for it in table.indexes)
    return with_table(schema, replace(table, indexes=indexes))
