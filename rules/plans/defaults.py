"""A column whose default differs from row to row: the default for new rows at once, for old ones in batches."""

from __future__ import annotations

from rules.context import Context
from rules.model.operations import AddColumn
from rules.plans.draft import Draft, Moved, NoPlan
from rules.plans.filling import NO_BATCHES, filling, filling_step
from rules.plans.not_null import not_null_steps, why_not_provable
from rules.plans.sql import qualified, quoted, sentence, without


def default_for_new_rows_first(op: AddColumn, context: Context) -> Draft | NoPlan:
    column, default = op.column, op.column.default
    table = context.schema.table(op.table)
    if default is None:
        return NoPlan(f"The default is that of the type {column.type}: a column of its base type can have its own.")
    if table is None:
        return NoPlan(f"The history does not show how {op.table} came to be.")
    fill = filling(op.table, column.name, default, context)
    if fill is None or table.partitioned:
        return NoPlan(NO_BATCHES)
    if column.constraints:
        return NoPlan("The column comes with a constraint: add that by itself first.")
    reason = None if column.nullable else why_not_provable(table, context)
    if reason:
        return NoPlan(reason)
    bare = without(sentence(op), f" DEFAULT {default}")
    if not column.nullable:
        bare = without(bare, " NOT NULL") if bare else None
    if bare is None:
        return NoPlan("The default stands twice in the statement, so it cannot be taken out safely.")
    alter = f"ALTER TABLE {qualified(op.table)} ALTER COLUMN {quoted(column.name)} SET DEFAULT {default}"
    later = context.schema.after(op).table(op.table)
    steps = [filling_step(fill)]
    if not column.nullable and later is not None:
        steps += not_null_steps(op.table, later, column.name, fill, context, filled=True)
    return Draft(
        f"give {column.name} its default for new rows, then fill the old ones",
        f"the same, with the default of {column.name} for new rows only",
        (Moved(op, (bare, alter)),),
        tuple(steps),
        needed=(column.name,),
    )
