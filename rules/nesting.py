"""Statements that are not sent alone: inside a `DO` block, or in one string with others."""

from __future__ import annotations

from rules.context import Context
from rules.model.operations import Do, Operation
from rules.reading.sql import split


def is_inside_another_statement(op: Operation, context: Context) -> bool:
    """Whether PostgreSQL receives the operation within a block, or together with other statements."""
    return is_in_block(op, context) or len(split(op.sql)) > 1


def is_in_block(op: Operation, context: Context) -> bool:
    """Whether it stands in the body of the `DO` that was sent at its place."""
    for step in reversed(context.steps[: context.position]):
        before = step.operation
        if before.place != op.place:
            return False
        if isinstance(before, Do):
            return before is not op and op.sql in before.body
    return False
