"""Which tables hold no row but those that statements of the pull request list one by one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rules.model import operations as model
from rules.model.operations import Kind, Operation
from rules.schema.changes import changes
from rules.schema.edits import with_table
from rules.schema.objects import Origin, Table

if TYPE_CHECKING:
    from rules.schema.schema import Schema

_ROUTINES = (Kind.FUNCTION, Kind.PROCEDURE, Kind.TRIGGER, Kind.RULE)
_HIDING = re.compile(r"\b(LOOP|EXECUTE|PERFORM|CALL)\b", re.IGNORECASE)


def is_listed(schema: Schema, table: Table) -> bool:
    return table.listed and schema.is_new(table.name) and not schema.hidden_rows and not schema.below(table.name)


def begins_listed(operation: model.CreateTable, origin: Origin) -> bool:
    """Whether a table is empty at first; one that may be there already need not be."""
    from_elsewhere = operation.from_query or operation.partition_of is not None or operation.inherits
    return not (from_elsewhere or operation.if_not_exists or origin.conditional)


def may_hide_rows(operation: Operation) -> bool:
    """Whether it may write rows, now or later, that no statement shows."""
    match operation:
        case model.Opaque() | model.Call():
            return True
        case model.CreateObject(kind=kind):
            return kind in _ROUTINES
        case model.Do(body=body):
            return _HIDING.search(body) is not None
    return False


@changes(model.Insert)
def insert(schema: Schema, operation: model.Insert, origin: Origin) -> Schema:
    return schema if operation.rows.few and not origin.conditional else _filled(schema, operation)


@changes(model.Copy)
def copy(schema: Schema, operation: model.Copy, _: Origin) -> Schema:
    return _filled(schema, operation) if operation.into else schema


def _filled(schema: Schema, operation: model.Insert | model.Copy) -> Schema:
    table = schema.trace(operation.table)
    return with_table(schema, replace(table, listed=False)) if table is not None and table.listed else schema
