"""A type change beside the column: a second one kept equal by a trigger, filled, then put in the first one's place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rules.context import Context
from rules.model.columns import DataType
from rules.model.operations import AlterColumnType, Operation
from rules.plans.dependents import Dependent, dependents_of, is_key
from rules.plans.draft import Draft, Moved, NoPlan, Step
from rules.plans.filling import NO_BATCHES, Filling, filling, filling_step
from rules.plans.key_columns import moved_key
from rules.plans.not_null import not_null_steps, not_seen, why_not_provable
from rules.plans.retyped import Pair
from rules.plans.sql import free_name, qualified, quoted
from rules.plans.validating import validation
from rules.plans.writing import executed, in_block
from rules.postgres.tokens import LONGEST_NAME
from rules.postgres.type_changes import TypeChange, casts_only, type_change
from rules.postgres.volatility import Volatility, volatility_of
from rules.retyping import enum_of, old_type
from rules.schema import Table

_TYPES = frozenset(
    {"smallint", "integer", "bigint", "numeric", "real", "double precision", "text", "character varying", "uuid"}
    | {"boolean", "date", "timestamp with time zone", "timestamp without time zone", "jsonb", "bytea", "interval"}
)
"""They can be compared, and cast into each other where PostgreSQL has a cast at all."""
_TEXTS = frozenset({"text", "character varying"})
_INTEGERS = {"smallint": 2**15, "integer": 2**31}
_NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric", "real", "double precision"})
_ZONES = frozenset({"timestamp without time zone", "timestamp with time zone"})
_ZONE = re.compile(r"\(?\s*\"?(?P<column>\w+)\"?\s+AT\s+TIME\s+ZONE\s+(?P<zone>'[^']+')\s*\)?\s*\Z", re.IGNORECASE)


def beside_the_column(op: AlterColumnType, context: Context) -> Draft | NoPlan:
    return _beside(op, context, limit=None)


def limited_then_beside(op: AlterColumnType, context: Context) -> Draft | NoPlan:
    """Where values may not fit: first a CHECK that they do, so that nothing is cut on its way."""
    old, table = old_type(op, context), context.schema.table(op.table)
    limit = fits(op.column, old, op.type) if old is not None else None
    if limit is None or table is None:
        return NoPlan(f"No CHECK is known here that says which values fit into {op.type}.")
    return _beside(op, context, limit)


def fits(column: str, old: DataType, new: DataType) -> str | None:
    """A condition on the values that the new type holds as they are."""
    name, arguments = quoted(column), new.arguments
    if old.name in _TEXTS and new.name == "character varying" and arguments:
        return f"char_length({name}) <= {arguments[0]}"
    if new.name in _INTEGERS and old.name in _NUMBERS:
        bound = _INTEGERS[new.name]
        whole = "" if old.name in ("integer", "bigint") else f" AND {name} = round({name})"
        return f"{name} BETWEEN {-bound} AND {bound - 1}{whole}"
    if new.name == old.name == "numeric" and len(arguments) == 2 and all(each.isdigit() for each in arguments):
        digits, scale = int(arguments[0]), int(arguments[1])
        return (
            f"abs({name}) < {10 ** (digits - scale)} AND {name} = round({name}, {scale})" if digits >= scale else None
        )
    if new.name == "date" and old.name == "timestamp without time zone":
        return f"{name} = date_trunc('day', {name})"
    return None


def _beside(op: AlterColumnType, context: Context, limit: str | None) -> Draft | NoPlan:
    table, old = context.schema.table(op.table), old_type(op, context)
    column = table.column(op.column) if table is not None else None
    if table is None or column is None or old is None:
        return NoPlan(not_seen(op.table, op.column))
    enums = {each.name for each in (old, op.type) if enum_of(each, context) is not None}
    if (
        {old.name, op.type.name} - _TYPES - enums
        or old.dimensions
        or op.type.dimensions
        or op.collation
        or column.collation
    ):
        return NoPlan(f"No trigger is planned that keeps {old} and {op.type} equal.")
    zone = _zone_of(op, old)
    if isinstance(zone, NoPlan):
        return zone
    pair, moves_key = Pair(op.table, op.column, f"{op.column}_new", old, op.type, zone), is_key(table, op.column)
    made = _made(pair, table, context)
    if isinstance(made, NoPlan):
        return made
    default = None if moves_key else column.default
    if default is not None and not _keeps_default(default, old, op.type):
        return NoPlan(f"Whether the default of {op.column} is one of {op.type} too is not known: drop it first.")
    fill = filling(op.table, pair.new, pair.to_new(quoted(pair.old)), context, source=pair.old)
    back = _back(pair, moves_key, context)
    if fill is None or back is None:
        return NoPlan(NO_BATCHES)
    if table.column(pair.new) or len(pair.trigger.encode()) > LONGEST_NAME:
        return NoPlan(f"{pair.new} is there already, or its trigger's name would be too long.")
    reason = None if column.nullable else why_not_provable(table, context)
    if reason:
        return NoPlan(reason)
    move = Move(pair, fill, back, made, default, required=not column.nullable)
    return Draft(
        f"change the type of {op.column} beside it, then put the new column in its place",
        f"the same, with the type of {op.column} left as it is",
        (Moved(op),),
        (*_limit_steps(op, table, limit, context), *_steps(move, table, context)),
        undoes=lambda each: _changes_it_back(each, op),
        needed=(op.column,),
    )


def _made(pair: Pair, table: Table, context: Context) -> tuple[Dependent, ...] | NoPlan:
    """All that is made of the column; a key last, so that nothing else hangs on what it leaves."""
    made = dependents_of(table, pair.old, pair.new, context)
    if isinstance(made, NoPlan) or not is_key(table, pair.old):
        return made
    key = moved_key(pair, table, context)
    return key if isinstance(key, NoPlan) else (*made, key)


def _back(pair: Pair, moves_key: bool, context: Context) -> Filling | None:
    """On the way back a key is still the one of the new column while the old one is filled."""
    value = pair.to_old(quoted(pair.new))
    if moves_key:
        return Filling(pair.table, pair.new, pair.old, value, pair.new, "BATCH_BACK")
    return filling(pair.table, pair.old, value, context, source=pair.new, constant="BATCH_BACK")


def _zone_of(op: AlterColumnType, old: DataType) -> str | NoPlan | None:
    if {old.name, op.type.name} == _ZONES:
        said = _ZONE.match(op.using or "")
        if said is None or said["column"] != op.column:
            return NoPlan("Which time zone the values mean is not said: say it with USING ... AT TIME ZONE.")
        return said["zone"]
    if op.using is not None and not casts_only(op.using, op.column):
        return NoPlan("USING says more than a cast, and how to come back from it is not known.")
    return None if _castable(old, op.type) and _castable(op.type, old) else NoPlan(f"{old} has no cast to {op.type}.")


def _castable(old: DataType, new: DataType) -> bool:
    """By CAST, which goes further than an assignment."""
    texts = old.name in _TEXTS or new.name in _TEXTS
    return texts or {old.name, new.name} == {"boolean", "integer"} or type_change(old, new) is not TypeChange.FAILS


def _keeps_default(default: str, old: DataType, new: DataType) -> bool:
    if volatility_of(default) is not Volatility.IMMUTABLE:
        return False
    return new.name in _TEXTS or {old.name, new.name} <= _NUMBERS


def _changes_it_back(each: Operation, op: AlterColumnType) -> bool:
    return isinstance(each, AlterColumnType) and each.table.key == op.table.key and each.column == op.column


@dataclass(frozen=True, slots=True)
class Move:
    """All that goes from one column to the other."""

    pair: Pair
    fill: Filling
    back: Filling
    made: tuple[Dependent, ...]
    default: str | None
    required: bool


def _limit_steps(op: AlterColumnType, table: Table, limit: str | None, context: Context) -> Iterator[Step]:
    if limit is None:
        return
    check, alter = free_name(context, table, op.column, "fits"), f"ALTER TABLE {qualified(op.table)}"
    left = f"SELECT count(*) FROM {qualified(op.table)} WHERE NOT ({limit})"
    yield Step(
        f"Let nobody write values into {op.column} of {op.table} that {op.type} does not hold",
        "limit",
        executed(f"{alter} ADD CONSTRAINT {quoted(check)} CHECK ({limit}) NOT VALID"),
        executed(f"{alter} DROP CONSTRAINT IF EXISTS {quoted(check)}"),
        note=f"Rows that do not fit must be mended before the next step, and cannot be updated otherwise: {left}.",
    )
    yield validation(op.table, check, context)


def _steps(move: Move, table: Table, context: Context) -> Iterator[Step]:
    pair, fill = move.pair, move.fill
    alter = f"ALTER TABLE {qualified(pair.table)}"
    refused = "" if _fits_always(pair) else f"A value that {pair.new_type} cannot hold is refused from here on."
    yield Step(
        f"Add {pair.new} beside {pair.old} of {pair.table}, kept equal by a trigger",
        "expand",
        executed(f"{alter} ADD COLUMN {quoted(pair.new)} {pair.new_type}", *pair.kept_equal()),
        executed(*pair.left_alone(), f"{alter} DROP COLUMN {quoted(pair.new)}"),
        note=refused,
    )
    yield filling_step(fill)
    if move.required:
        yield from not_null_steps(pair.table, table, pair.new, fill, context, filled=True)
    for each in move.made:
        yield from each.steps
    yield _switch(move)


def _fits_always(pair: Pair) -> bool:
    return pair.new_type.name in _TEXTS or type_change(pair.old_type, pair.new_type) is not TypeChange.FAILS


def _switch(move: Move) -> Step:
    pair, alter = move.pair, f"ALTER TABLE {qualified(move.pair.table)}"
    old, new = quoted(pair.old), quoted(pair.new)
    default = move.default
    return Step(
        f"Put {pair.new} in the place of {pair.old} of {pair.table}",
        "switch",
        (
            *in_block(move.fill.lines),
            *executed(
                *pair.left_alone(),
                *(sql for each in move.made for sql in each.gone),
                f"{alter} DROP COLUMN {old}",
                f"{alter} RENAME COLUMN {new} TO {old}",
                *((f"{alter} ALTER COLUMN {old} SET DEFAULT {default}",) if default is not None else ()),
                *(sql for each in move.made for sql in each.named),
            ),
        ),
        (
            *executed(
                *(sql for each in move.made for sql in each.unnamed),
                *((f"{alter} ALTER COLUMN {old} DROP DEFAULT",) if default is not None else ()),
                f"{alter} RENAME COLUMN {old} TO {new}",
                f"{alter} ADD COLUMN {old} {pair.old_type}",
                *((f"{alter} ALTER COLUMN {old} SET DEFAULT {default}",) if default is not None else ()),
                *pair.kept_equal(),
            ),
            *in_block(move.back.lines),
            *executed(*((f"{alter} ALTER COLUMN {old} SET NOT NULL",) if move.required else ())),
            *(line for each in move.made for line in each.again),
        ),
        note=f"Under one short lock {pair.old} becomes {pair.new_type} for everybody; whoever reads it as "
        f"{pair.old_type} must be able to read {pair.new_type} by now. A statement that a client prepared before, and "
        "that returns it, fails once after that.",
        module=("", *move.fill.module, "", *move.back.module),
    )
