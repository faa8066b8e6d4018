"""Whether a statement may run a second time: what matters where a failure leaves the first statements applied."""

from __future__ import annotations

from rules.context import Context
from rules.model import operations as model
from rules.model.operations import Kind, Operation

QUIET = (
    model.Setting,
    model.Harmless,
    model.TransactionControl,
    model.LockTable,
    model.Opaque,
    model.Do,
    model.Maintenance,
    model.Raises,
)
"""They leave nothing behind, or nobody knows; the statements inside a DO are operations of their own."""
_SAME_AGAIN = (
    model.SetNotNull,
    model.DropNotNull,
    model.SetDefault,
    model.DropDefault,
    model.AlterColumnType,
    model.SetStorage,
    model.ValidateConstraint,
    model.AttachIndex,
    model.Reindex,
    model.RefreshView,
    model.SetTrigger,
    model.CommentOn,
    model.Privilege,
    model.Delete,
    model.Truncate,
)
"""A second time they find everything done, or do the same again."""


def leaves_something(op: Operation) -> bool:
    """Whether it changes the schema or rows, as far as is known."""
    if isinstance(op, model.Select):
        return "setval" in op.functions
    return not isinstance(op, QUIET)


def is_repeatable(op: Operation, context: Context) -> bool:
    """Whether it passes when it has run before: by IF [NOT] EXISTS, by its nature, or by a guard around or above."""
    if op.statement.conditional or isinstance(op, _SAME_AGAIN):
        return True
    if op.statement.caught and not op.statement.transactional:
        return True
    if getattr(op, "if_exists", False) or getattr(op, "if_not_exists", False):
        return True
    match op:
        case model.RedefineColumn():
            return op.column == op.definition.name
        case model.CreateObject():
            return op.replace
        case model.CreateIndex():
            return op.index is not None and any(
                isinstance(before, model.DropIndex) and before.if_exists and before.index.key == op.index.key
                for before in _above(op, context)
            )
        case model.AddCheck() | model.AddForeignKey() | model.AddUnique() | model.AddPrimaryKey():
            return any(
                isinstance(before, model.DropConstraint)
                and before.if_exists
                and (before.table.key, before.name) == (op.table.key, op.constraint.name)
                for before in _above(op, context)
            )
        case model.Update():
            return _is_keyed_on_what_is_left(op)
        case model.Insert():
            words = op.sql.upper()
            return "ON CONFLICT" in words or "NOT EXISTS" in words
        case model.AlterObject():
            return op.kind is not Kind.TYPE
    return not leaves_something(op)


def _is_keyed_on_what_is_left(op: model.Update) -> bool:
    """`SET c = ... WHERE c IS NULL`: what was filled is not found again."""
    condition = (op.condition or "").lower()
    return any(column.lower() in condition for column in op.columns) or " is null" in condition


def _above(op: Operation, context: Context) -> list[Operation]:
    found = []
    for step in context.steps:
        if step.operation is op:
            break
        found.append(step.operation)
    return found
