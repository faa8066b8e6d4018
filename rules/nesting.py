"""Statements that are not sent alone: inside a `DO` block, or in one string with others."""

from __future__ import annotations

from rules.context import Context
from rules.model.operations import CreateObject, Do, Kind, Operation
from rules.postgres.tokens import TokenKind, string_value, tokens_of
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


def function_bodies(op: CreateObject) -> list[str]:
    """The bodies, as text, that a CREATE FUNCTION or CREATE PROCEDURE carries in quotes."""
    if op.kind not in (Kind.FUNCTION, Kind.PROCEDURE):
        return []
    text = op.definition
    strings = (text[token.start : token.end] for token in tokens_of(text) if token.kind is TokenKind.STRING)
    return [string_value(string) for string in strings]
