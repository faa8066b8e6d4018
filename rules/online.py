"""What MySQL or MariaDB does for one statement at its moment, for the rules and reports that ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from rules.context import Context, Step
from rules.model.operations import Operation, RedefineColumn, Setting
from rules.mysql.algorithms import Algorithm, Online
from rules.mysql.online import Moment, online_of
from rules.mysql.server import servers
from rules.schema import Schema
from rules.schema.edits import with_table

_CHECKS = "foreign_key_checks"
_ON = ("1", "on", "true")


def beside(operation: Operation, steps: Iterable[Step]) -> tuple[Operation, ...]:
    """The operations of the same statement, it included."""
    return tuple(step.operation for step in steps if step.operation.statement is operation.statement)


def online_at(operation: Operation, context: Context) -> Online | None:
    """Of the whole statement; None behind its first operation, so that it is spoken of once."""
    operations = beside(operation, context.steps)
    if operations[0] is not operation:
        return None
    return online(operations, context.steps[: context.position], context.steps[context.position])


def online(operations: Sequence[Operation], before: Iterable[Step], at: Step) -> Online | None:
    """Of a version that nobody has said, what all have in common."""
    return _agreed(operations, at.schema, at.server_version, checks=_are_checked(before))


def is_copied_for(operation: Operation, context: Context) -> bool:
    """Whether that alone would have the table copied if it had no index."""
    step, schema = context.steps[context.position], context.schema
    table = schema.trace(operation.table)  # type: ignore[attr-defined]
    if table is not None:
        schema = with_table(schema, replace(table, indexes=()))
    checks = _are_checked(context.steps[: context.position])
    found = _agreed((operation,), schema, step.server_version, checks=checks)
    return found is not None and found.algorithm is Algorithm.COPY


def changes_type(operation: RedefineColumn, context: Context) -> bool:
    table = context.schema.trace(operation.table)
    known = table.column(operation.column) if table is not None else None
    return known is not None and known.type != operation.definition.type


def _agreed(operations: Sequence[Operation], schema: Schema, version: int, *, checks: bool) -> Online | None:
    found = {online_of(operations, Moment(schema, server, checks)) for server in servers(schema.dialect, version)}
    return found.pop() if len(found) == 1 else None


def _are_checked(before: Iterable[Step]) -> bool:
    """Foreign keys, unless the session has said otherwise."""
    said = [
        step.operation.value
        for step in before
        if isinstance(step.operation, Setting) and step.operation.name.lower() == _CHECKS
    ]
    return not said or (said[-1] or "1").lower() in _ON
