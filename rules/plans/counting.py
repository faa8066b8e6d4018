"""A column that counts by itself: a sequence for new rows first, old ones numbered in batches, the rest at the end."""

from __future__ import annotations

import re

from rules.context import Context
from rules.model.columns import Generated
from rules.model.operations import AddColumn, DropColumn, Operation
from rules.plans.defaults import default_for_new_rows_first
from rules.plans.draft import Draft, Moved, NoPlan, Step
from rules.plans.filling import NO_BATCHES, filling, filling_step
from rules.plans.not_null import not_null_steps, why_not_provable
from rules.plans.sql import free_name, in_string, qualified, quoted, sentence
from rules.plans.writing import executed

_IDENTITY = re.compile(r"\bGENERATED\s+(ALWAYS|BY\s+DEFAULT)\s+AS\s+IDENTITY(?:\s*\((?P<options>[^()]*)\))?", re.I)


def counted_for_new_rows_first(op: AddColumn, context: Context) -> Draft | NoPlan:
    column, table = op.column, context.schema.table(op.table)
    if column.generated is None:
        return default_for_new_rows_first(op, context)
    if table is None:
        return NoPlan(f"The history does not show how {op.table} came to be.")
    if column.constraints or table.partitioned:
        return NoPlan("The column comes with a constraint, or the table is partitioned.")
    if reason := why_not_provable(table, context):
        return NoPlan(reason)
    identity = _IDENTITY.search(sentence(op))
    if (column.generated is not Generated.SERIAL) != (identity is not None):
        return NoPlan("How the column counts is written in a way that is not known here.")
    label = "seq" if identity is None else "count"
    sequence = f"{qualified(op.table).rpartition('.')[0]}.".lstrip(".") + quoted(
        free_name(context, table, column.name, label)
    )
    fill = filling(op.table, column.name, f"nextval({in_string(sequence)})", context)
    later = context.schema.after(op).table(op.table)
    if fill is None or later is None:
        return NoPlan(NO_BATCHES)
    options = (identity["options"] or "").strip() if identity else ""
    steps = [_adding(op, sequence, options), filling_step(fill)]
    steps += not_null_steps(op.table, later, column.name, fill, context, filled=True)
    if identity is not None:
        steps.append(_by_itself(op, sequence, options, identity[0]))
    return Draft(
        f"let {column.name} count for new rows first, then number the old ones",
        f"the same without {column.name}",
        (Moved(op),),
        tuple(steps),
        undoes=lambda each: _drops(each, op),
        needed=(column.name,),
    )


def _adding(op: AddColumn, sequence: str, options: str) -> Step:
    table, column = qualified(op.table), quoted(op.column.name)
    return Step(
        f"Add {op.column.name} to {op.table}, counted for new rows",
        "expand",
        executed(f"ALTER TABLE {table} ADD COLUMN {column} {op.column.type}", *_counted(op, sequence, options)),
        executed(f"ALTER TABLE {table} DROP COLUMN {column}"),
    )


def _counted(op: AddColumn, sequence: str, options: str) -> tuple[str, str, str]:
    """The sequence is made, counts for new rows, and goes with its column."""
    table, column = qualified(op.table), quoted(op.column.name)
    more = f" {options}" if options else ""
    return (
        f"CREATE SEQUENCE {sequence} AS {op.column.type}{more}",
        f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT nextval({in_string(sequence)})",
        f"ALTER SEQUENCE {sequence} OWNED BY {table}.{column}",
    )


def _by_itself(op: AddColumn, sequence: str, options: str, identity: str) -> Step:
    """The column counts on with the sequence of its identity, in one short lock.

    While the two change places only the identity's sequence belongs to the column: of two that do,
    `pg_get_serial_sequence` names either.
    """
    alter = f"ALTER TABLE {qualified(op.table)} ALTER COLUMN {quoted(op.column.name)}"
    own = f"pg_get_serial_sequence({in_string(qualified(op.table))}, {in_string(op.column.name)})"
    create, default, owned = _counted(op, sequence, options)
    return Step(
        f"Make {op.column.name} of {op.table} an identity column",
        "identity",
        executed(
            f"{alter} DROP DEFAULT",
            f"ALTER SEQUENCE {sequence} OWNED BY NONE",
            f"{alter} ADD {identity}",
            f"SELECT setval({own}, nextval({in_string(sequence)}))",
            f"DROP SEQUENCE {sequence}",
        ),
        executed(
            create, f"SELECT setval({in_string(sequence)}, nextval({own}))", f"{alter} DROP IDENTITY", default, owned
        ),
        note=f"It counts on where {sequence} stands.",
    )


def _drops(op: Operation, added: AddColumn) -> bool:
    return isinstance(op, DropColumn) and op.table.key == added.table.key and op.column == added.column.name
