"""A stored generated column: a plain one that a trigger computes, filled in batches; from 18 on a virtual one."""

from __future__ import annotations

import re

from rules.context import Context
from rules.model.names import Name
from rules.model.operations import AddColumn, DropColumn, Operation
from rules.plans.draft import Draft, Moved, NoPlan, Step
from rules.plans.filling import NO_BATCHES, filling, filling_step
from rules.plans.not_null import not_null_steps, why_not_provable
from rules.plans.sql import qualified, quoted, sentence
from rules.plans.writing import executed
from rules.postgres.tokens import LONGEST_NAME
from rules.schema.expressions import functions

VIRTUAL_SINCE = 18
"""https://www.postgresql.org/docs/18/ddl-generated-columns.html"""
_STORED = re.compile(r"\bSTORED\b(?=[^()]*\Z)", re.IGNORECASE)


def computed_by_a_trigger(op: AddColumn, context: Context) -> Draft | NoPlan:
    column, table = op.column, context.schema.table(op.table)
    if table is None or column.expression is None:
        return NoPlan(f"The history does not show how {op.table} came to be.")
    if context.server_version >= VIRTUAL_SINCE and _may_be_virtual(op, context):
        return Draft(
            f"compute {column.name} when it is read",
            f"the same, with {column.name} virtual",
            (Moved(op, (_STORED.sub("VIRTUAL", sentence(op)),)),),
            (),
            differs=f"{column.name} ends as a virtual column, which cannot have an index",
        )
    name = Name(f"compute_{table.name.name}_{column.name}", op.table.schema)
    fill = filling(op.table, column.name, f"({column.expression})", context)
    if fill is None or table.partitioned:
        return NoPlan(NO_BATCHES)
    if column.constraints or len(name.name.encode()) > LONGEST_NAME:
        return NoPlan("The column comes with a constraint, or its trigger's name would be too long.")
    reason = None if column.nullable else why_not_provable(table, context)
    if reason:
        return NoPlan(reason)
    later = context.schema.after(op).table(op.table)
    steps = [_adding(op, name), filling_step(fill)]
    if not column.nullable and later is not None:
        steps += not_null_steps(op.table, later, column.name, fill, context, filled=True)
    return Draft(
        f"let a trigger compute {column.name}, then fill the old rows",
        f"the same without {column.name}",
        (Moved(op),),
        tuple(steps),
        undoes=lambda each: _drops(each, op),
        needed=(column.name,),
        differs=f"{column.name} ends as a plain column that a trigger computes",
    )


def _adding(op: AddColumn, name: Name) -> Step:
    """The trigger computes from the row as it is about to be stored."""
    table, column = qualified(op.table), quoted(op.column.name)
    function = f"""CREATE FUNCTION {qualified(name)}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.{column} := (SELECT {op.column.expression} FROM (SELECT NEW.*) AS written);
  RETURN NEW;
END $$"""
    trigger = (
        f"CREATE TRIGGER {quoted(name.name)} BEFORE INSERT OR UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {qualified(name)}()"
    )
    return Step(
        f"Add {op.column.name} to {op.table}, computed by a trigger",
        "expand",
        executed(f"ALTER TABLE {table} ADD COLUMN {column} {op.column.type}", function, trigger),
        executed(
            f"DROP TRIGGER {quoted(name.name)} ON {table}",
            f"DROP FUNCTION {qualified(name)}()",
            f"ALTER TABLE {table} DROP COLUMN {column}",
        ),
        note="What somebody writes into the column itself is replaced. Triggers run in the order of their names: one "
        f"that changes what this one reads needs a name before {name.name}.",
    )


def _may_be_virtual(op: AddColumn, context: Context) -> bool:
    """Neither its type nor a function is the database's own, and nothing below is made of it."""
    own = any(context.schema.function(Name(each)) for each in functions(op.column.expression or ""))
    mentions = re.compile(rf"(?<!\w){re.escape(op.column.name)}(?!\w)", re.IGNORECASE)
    return (
        op.column.type.schema is None and not own and not any(mentions.search(e.sql) for e in context.later(Operation))
    )


def _drops(op: Operation, added: AddColumn) -> bool:
    return isinstance(op, DropColumn) and op.table.key == added.table.key and op.column == added.column.name
