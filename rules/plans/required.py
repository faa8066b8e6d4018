"""A NOT NULL column without a default: added nullable, filled with a value that may be the author's, then NOT NULL."""

from __future__ import annotations

from rules.context import Context
from rules.model.operations import AddCheck, AddColumn, DropConstraint, Update
from rules.plans.draft import Draft, Moved, NoPlan, Step
from rules.plans.filling import NO_BATCHES, Filling, filling, filling_step, value_of
from rules.plans.not_null import not_null_steps, why_not_provable
from rules.plans.sql import dropped, sentence, without
from rules.plans.writing import executed
from rules.schema.expressions import proves_not_null


def filled_before_the_check(op: AddCheck, context: Context) -> Draft | NoPlan:
    """A CHECK that forbids NULL comes when the old rows are filled, with a value that the author writes."""
    table = context.schema.table(op.table)
    columns = [each.name for each in (table.columns if table else ()) if proves_not_null(op.constraint, each.name)]
    fill = filling(op.table, columns[0], "NULL", context) if len(columns) == 1 else None
    if fill is None or not op.constraint.name:
        return NoPlan(NO_BATCHES)
    name, column = op.constraint.name, columns[0]
    add = Step(
        f"Let nobody write NULL into {column} of {op.table} any more",
        "check",
        executed(sentence(op)),
        executed(dropped(op.table, name)),
    )
    return Draft(
        f"fill {column} first, then add {name}; write the value of old rows into the first step",
        f"the same without {name}",
        (Moved(op),),
        (filling_step(Filling(fill.table, fill.key, column, None)), add),
        undoes=lambda each: isinstance(each, DropConstraint) and each.name == name,
        needed=(name,),
    )


def nullable_first(op: AddColumn, context: Context) -> Draft | NoPlan:
    column, table = op.column, context.schema.table(op.table)
    later = context.schema.after(op).table(op.table)
    if table is None or later is None:
        return NoPlan(f"The history does not show how {op.table} came to be.")
    if reason := why_not_provable(table, context):
        return NoPlan(reason)
    bare = without(sentence(op), " NOT NULL")
    if bare is None or column.constraints:
        return NoPlan("The column comes with a constraint: add that by itself first.")
    updates = [one for one in context.later(Update) if one.table.key == op.table.key and column.name in one.columns]
    value = value_of(updates[0], op.table, column.name, all_empty=True) if len(updates) == 1 else None
    if updates and value is None:
        return NoPlan(f"What {column.name} is filled with is not one value for each row.")
    fill = filling(op.table, column.name, value or "NULL", context)
    if fill is None:
        return NoPlan(NO_BATCHES)
    if value is None:
        fill = Filling(fill.table, fill.key, fill.column, None)
    steps = not_null_steps(op.table, later, column.name, fill if value else None, context, filled=True)
    return Draft(
        f"add {column.name} nullable, fill it, make it NOT NULL in steps that nobody waits for"
        + ("" if value else "; write the value of old rows into the second one"),
        f"the same, with {column.name} nullable",
        (Moved(op, (bare,)), *map(Moved, updates)),
        (filling_step(fill), *steps),
    )
