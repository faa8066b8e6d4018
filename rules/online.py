"""What MySQL or MariaDB does for one statement at its moment, for the rules and reports that ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rules.context import Context, Step
from rules.model.operations import AlterTableOther, Operation, Setting
from rules.mysql.algorithms import Online
from rules.mysql.online import Moment, online_of
from rules.mysql.server import Server

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
    server = Server(at.schema.dialect == "mariadb", at.server_version)
    return online_of(operations, Moment(at.schema, server, _are_checked(before)))


def _are_checked(before: Iterable[Step]) -> bool:
    """Foreign keys, unless the session has said otherwise."""
    said = [
        step.operation.value
        for step in before
        if isinstance(step.operation, Setting) and step.operation.name.lower() == _CHECKS
    ]
    return not said or (said[-1] or "1").lower() in _ON


def is_spelled_out(operations: Iterable[Operation]) -> bool:
    """Whether the statement says itself how it is to run, so that the server refuses what it would otherwise do."""
    said = [
        operation.action.upper().replace("=", " ").split()
        for operation in operations
        if isinstance(operation, AlterTableOther)
    ]
    return any(
        words[:1] in (["ALGORITHM"], ["LOCK"]) and words[1:2] not in (["DEFAULT"], ["COPY"], ["SHARED"], ["EXCLUSIVE"])
        for words in said
    )
