"""A column whose default differs from row to row: the default for new rows at once, for old ones in batches."""

from __future__ import annotations

from rules.context import Context
from rules.model.operations import AddColumn
from rules.plans.draft import Draft, Moved
from rules.plans.filling import filling, filling_step
from rules.plans.not_null import PROOF_SINCE, not_null_steps
from rules.plans.sql import qualified, quoted, sentence
from rules.schema.expressions import functions


def default_for_new_rows_first(op: AddColumn, context: Context) -> Draft | None:
    column, default = op.column, op.column.default
    table = context.schema.table(op.table)
    fill = filling(op.table, column.name, default, context) if default is not None else None
    if table is None or default is None or fill is None or column.constraints or "nextval" in functions(default):
        return None
    bare = _without(sentence(op), f" DEFAULT {default}")
    if not column.nullable:
        bare = _without(bare, " NOT NULL") if bare else None
    if bare is None or (not column.nullable and context.server_version < PROOF_SINCE) or table.partitioned:
        return None
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


def _without(sql: str, part: str) -> str | None:
    """The statement without a part that it has exactly once."""
    return sql.replace(part, "") if sql.count(part) == 1 else None
