"""Constraints: added, validated, renamed, dropped, with what stands for them in partitions and heirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from rules.model import operations as model
from rules.model.columns import Check
from rules.model.names import Name
from rules.schema.changes import changes
from rules.schema.constraining import renamed, unconstrained, without_references
from rules.schema.edits import touched, with_column, with_table
from rules.schema.inheritance import changed_beneath, with_constraint
from rules.schema.objects import ConstraintKind, Origin, Table, TableConstraint

if TYPE_CHECKING:
    from rules.schema.schema import Schema


@changes(model.AddForeignKey)
def add_foreign_key(schema: Schema, operation: model.AddForeignKey, origin: Origin) -> Schema:
    return with_constraint(schema, operation.table, operation.constraint, origin)


@changes(model.AddCheck)
def add_check(schema: Schema, operation: model.AddCheck, origin: Origin) -> Schema:
    return with_constraint(schema, operation.table, operation.constraint, origin)


@changes(model.AddUnique)
def add_unique(schema: Schema, operation: model.AddUnique, origin: Origin) -> Schema:
    return with_constraint(schema, operation.table, operation.constraint, origin)


@changes(model.AddPrimaryKey)
def add_primary_key(schema: Schema, operation: model.AddPrimaryKey, origin: Origin) -> Schema:
    return with_constraint(schema, operation.table, operation.constraint, origin)


@changes(model.AddExclusion)
def add_exclusion(schema: Schema, operation: model.AddExclusion, origin: Origin) -> Schema:
    return with_constraint(schema, operation.table, operation.constraint, origin)


@changes(model.AddNotNullConstraint)
def add_not_null(schema: Schema, operation: model.AddNotNullConstraint, origin: Origin) -> Schema:
    return with_constraint(schema, operation.table, operation.constraint, origin)


@changes(model.ValidateConstraint)
def validate(schema: Schema, operation: model.ValidateConstraint, _: Origin) -> Schema:
    table = touched(schema, operation.table)
    found = table.constraint(operation.name)
    if found is None:
        return with_table(schema, table)
    schema = with_table(schema, _validated(schema, table, found))
    return changed_beneath(schema, table.name, replace(found, validated=False), _validated)


def _validated(_: Schema, table: Table, constraint: TableConstraint) -> Table:
    constraints = tuple(replace(it, validated=True) if it is constraint else it for it in table.constraints)
    return replace(table, constraints=constraints)


@changes(model.RenameConstraint)
def rename(schema: Schema, operation: model.RenameConstraint, _: Origin) -> Schema:
    """Only checks have the same name everywhere."""
    table = touched(schema, operation.table)
    found = table.constraint(operation.name)
    schema = with_table(schema, renamed(table, operation.name, operation.new_name))
    if found is None or not isinstance(found.definition, Check):
        return schema
    return changed_beneath(schema, table.name, found, lambda _, child, it: renamed(child, it.name, operation.new_name))


@changes(model.DropConstraint)
def drop(schema: Schema, operation: model.DropConstraint, _: Origin) -> Schema:
    table = touched(schema, operation.table)
    gone = table.constraint(operation.name)
    if gone is None:
        return _with_doubtful_references(schema, table.name) if operation.cascade else schema
    schema = with_table(schema, _unconstrained(schema, table, gone))
    schema = changed_beneath(schema, table.name, gone, _unconstrained)
    if operation.cascade and gone.index is not None:
        return without_references(schema, table.name, gone.columns)
    return schema


def _with_doubtful_references(schema: Schema, name: Name) -> Schema:
    """The foreign keys to a table, any of which may have gone with a key that was never seen."""
    for table, doubtful in schema.references_to(name):
        after = replace(doubtful, origin=replace(doubtful.origin, conditional=True))
        known = schema.relations[table.name.key]
        constraints = tuple(after if each is doubtful else each for each in known.constraints)
        schema = with_table(schema, replace(known, constraints=constraints))
    return schema


def _unconstrained(_: Schema, table: Table, gone: TableConstraint) -> Table:
    table = unconstrained(table, gone)
    if gone.kind is ConstraintKind.NOT_NULL:
        return with_column(table, gone.columns[0], lambda it: replace(it, nullable=True))
    return table
