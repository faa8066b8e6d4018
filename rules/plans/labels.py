"""A label of an enum that is to go: it stays in the type, and no row may have it."""

from __future__ import annotations

from rules.context import Context
from rules.model.operations import (
    AlterColumnType,
    CreateEnum,
    DropDefault,
    DropObject,
    Kind,
    Operation,
    RenameObject,
    SetDefault,
)
from rules.plans.draft import Draft, Moved, NoPlan, Step
from rules.plans.remaining import is_alone
from rules.plans.sql import dropped, free_name, in_string, qualified, quoted
from rules.plans.validating import validation
from rules.plans.writing import executed
from rules.retyping import lost_labels


def label_forbidden(op: AlterColumnType, context: Context) -> Draft | NoPlan:
    """In the place of a revision that makes the type anew and does nothing else."""
    table, labels = context.schema.trace(op.table), lost_labels(op, context)
    moved = [step.operation for step in context.steps if step.operation is op or _makes_type(step.operation, op)]
    if table is None or not labels:
        return NoPlan("Which labels are lost is not known.")
    check = free_name(context, table, op.column, "labels")
    values = ", ".join(map(in_string, labels))
    condition = f"{quoted(op.column)} NOT IN ({values})"
    add = f"ALTER TABLE {qualified(op.table)} ADD CONSTRAINT {quoted(check)} CHECK ({condition}) NOT VALID"
    left = f"SELECT count(*) FROM {qualified(op.table)} WHERE NOT ({condition})"
    said = " and ".join(labels)
    draft = Draft(
        f"forbid {said} in {op.column} by a CHECK",
        "nothing",
        tuple(map(Moved, moved)),
        (
            Step(
                f"Let nobody write {said} into {op.column} of {op.table} any more",
                "labels",
                executed(add),
                executed(dropped(op.table, check)),
                note=f"Rows that have it must get another label before the next step: {left}.",
            ),
            validation(op.table, check, context),
        ),
        undoes=lambda _: True,
        differs=f"{said} stays in the type, and {check} forbids it",
    )
    return draft if is_alone(context.script, draft) else NoPlan("The revision does more than make the type anew.")


def _makes_type(op: Operation, change: AlterColumnType) -> bool:
    match op:
        case CreateEnum() | RenameObject(kind=Kind.TYPE) | DropObject(kind=Kind.TYPE):
            return True
        case DropDefault() | SetDefault():
            return op.table.key == change.table.key and op.column == change.column
    return False
