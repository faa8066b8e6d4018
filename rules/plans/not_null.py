"""A column made NOT NULL: old rows filled, a constraint that looks at no old row, its validation, then the column."""

from __future__ import annotations

from collections.abc import Iterator

from rules.context import Context
from rules.model.names import Name
from rules.model.operations import AddColumn, DropNotNull, Operation, SetNotNull, Update
from rules.plans.draft import Draft, Moved, NoPlan, Step
from rules.plans.filling import NO_BATCHES, Filling, filling, filling_step, value_of
from rules.plans.sql import dropped, free_name, qualified, quoted, validated
from rules.plans.validating import apart
from rules.plans.writing import executed, in_block, nothing
from rules.postgres.volatility import Volatility, volatility_of
from rules.schema import Table

PROOF_SINCE = 12
"""A validated CHECK lets SET NOT NULL skip the scan. https://www.postgresql.org/docs/12/release-12.html"""
OWN_CONSTRAINT_SINCE = 18
"""NOT NULL constraints may be NOT VALID. https://www.postgresql.org/docs/18/release-18.html"""


def make_not_null(op: SetNotNull, context: Context) -> Draft | NoPlan:
    table = context.schema.table(op.table)
    column = table.column(op.column) if table else None
    if table is None or column is None:
        return NoPlan(not_seen(op.table, op.column))
    if reason := why_not_provable(table, context):
        return NoPlan(reason)
    updates = [one for one in context.earlier(Update) if one.table.key == op.table.key and op.column in one.columns]
    fill = None
    if updates:
        empty = any(one.column.name == op.column for one in context.earlier(AddColumn) if one.table.key == op.table.key)
        value = value_of(updates[0], op.table, op.column, all_empty=empty and column.default is None)
        if value is None or len(updates) != 1:
            return NoPlan(f"What {op.column} is filled with is not one value for each row where it is NULL.")
        fill = filling(op.table, op.column, value, context)
        if fill is None:
            return NoPlan(NO_BATCHES)
    elif column.default is not None and _is_constant(column.default):
        fill = filling(op.table, op.column, column.default, context)
    return Draft(
        f"make {op.column} NOT NULL in steps that nobody waits for",
        f"the same, with {op.column} left nullable",
        tuple(Moved(each) for each in (*updates, op)),
        tuple(not_null_steps(op.table, table, op.column, fill, context)),
        undoes=lambda each: _drops_not_null(each, op.table, op.column),
        needed=(op.column,),
    )


def not_seen(table: Name, column: str) -> str:
    return f"The history does not show how {column} of {table} came to be."


def why_not_provable(table: Table, context: Context) -> str | None:
    """Why no CHECK can prove NOT NULL before."""
    if context.server_version < PROOF_SINCE:
        return f"Before PostgreSQL {PROOF_SINCE} a validated CHECK does not spare SET NOT NULL the look at each row."
    if table.partitioned:
        return f"{table.name} is partitioned: its partitions have to be proved one by one."
    return None


def _drops_not_null(op: Operation, table: Name, column: str) -> bool:
    return isinstance(op, DropNotNull) and op.table.key == table.key and op.column == column


def _is_constant(default: str) -> bool:
    return default.upper() != "NULL" and volatility_of(default) is Volatility.IMMUTABLE


def not_null_steps(
    name: Name, table: Table, column: str, fill: Filling | None, context: Context, *, filled: bool = False
) -> Iterator[Step]:
    """`filled` says that an earlier step of the plan fills already."""
    if fill is not None and not filled:
        yield filling_step(fill)
    if context.server_version >= OWN_CONSTRAINT_SINCE:
        yield from _by_its_own_constraint(name, table, column, fill, context)
    else:
        yield from _by_a_check(name, table, column, fill, context)


def _by_a_check(name: Name, table: Table, column: str, fill: Filling | None, context: Context) -> Iterator[Step]:
    check = free_name(context, table, column, "filled")
    add = f"ALTER TABLE {qualified(name)} ADD CONSTRAINT {quoted(check)} CHECK ({quoted(column)} IS NOT NULL) NOT VALID"
    alter = f"ALTER TABLE {qualified(name)} ALTER COLUMN {quoted(column)}"
    yield _adding(name, column, add, check)
    yield Step(
        f"Make {column} of {name} NOT NULL",
        "not_null",
        (
            *_last_check(fill, validated(name, check), context),
            *executed(f"{alter} SET NOT NULL", dropped(name, check)),
        ),
        executed(add, f"{alter} DROP NOT NULL"),
        note="The rows are looked at while reads and writes pass; what is proved then need not be looked at again.",
        module=_module(fill),
    )


def _by_its_own_constraint(
    name: Name, table: Table, column: str, fill: Filling | None, context: Context
) -> Iterator[Step]:
    constraint = free_name(context, table, column, "not_null")
    add = f"ALTER TABLE {qualified(name)} ADD CONSTRAINT {quoted(constraint)} NOT NULL {quoted(column)} NOT VALID"
    yield _adding(name, column, add, constraint)
    yield Step(
        f"Validate that {column} of {name} is NOT NULL",
        "not_null",
        _last_check(fill, validated(name, constraint), context),
        nothing("a constraint stays validated until it is dropped"),
        note="The rows are looked at while reads and writes pass.",
        module=_module(fill),
    )


def _adding(name: Name, column: str, add: str, constraint: str) -> Step:
    return Step(
        f"Let nobody write NULL into {column} of {name} any more",
        "check",
        executed(add),
        executed(dropped(name, constraint)),
        note=f"By now the running application must give {column} a value in whatever it writes, and no row may hold "
        f"NULL: from here on an update of such a row fails. Rows left: SELECT count(*) FROM {qualified(name)} WHERE "
        f"{quoted(column)} IS NULL.",
    )


def _last_check(fill: Filling | None, validate: str, context: Context) -> tuple[str, ...]:
    """What was written before the constraint came is filled too; then everything is looked at."""
    if fill is None:
        return apart(executed(validate), context)
    return in_block((*fill.lines, *executed(validate)))


def _module(fill: Filling | None) -> tuple[str, ...]:
    return () if fill is None else ("", *fill.module)
