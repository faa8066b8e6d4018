"""A type change beside the column: a second one kept equal by a trigger, filled, then put in the first one's place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rules.context import Context
from rules.model.columns import DataType
from rules.model.names import Name
from rules.model.operations import AlterColumnType, Operation
from rules.plans.draft import Draft, Moved, NoPlan, Step
from rules.plans.filling import NO_BATCHES, Filling, filling, filling_step
from rules.plans.not_null import not_null_steps, not_seen, why_not_provable
from rules.plans.sql import qualified, quoted
from rules.plans.writing import executed, in_block
from rules.postgres.tokens import LONGEST_NAME
from rules.postgres.type_changes import casts_only
from rules.retyping import has_cast, old_type
from rules.schema import ConstraintKind, Table
from rules.schema.expressions import identifiers

_TYPES = frozenset(
    {"smallint", "integer", "bigint", "numeric", "real", "double precision", "text", "character varying", "uuid"}
    | {"boolean", "date", "timestamp with time zone", "timestamp without time zone"}
)
"""They can be compared, and cast into each other where PostgreSQL has a cast at all."""


@dataclass(frozen=True, slots=True)
class Pair:
    """`old` is the column under its own name, `new` the one beside it."""

    table: Name
    old: str
    new: str
    old_type: DataType
    new_type: DataType

    @property
    def trigger(self) -> str:
        return f"sync_{self.table.name}_{self.old}"

    @property
    def function(self) -> str:
        return qualified(Name(self.trigger, self.table.schema))

    def kept_equal(self) -> tuple[str, ...]:
        """The function and the trigger: whichever column is written, the other one follows."""
        old, new = f"NEW.{quoted(self.old)}", f"NEW.{quoted(self.new)}"
        was_old, was_new = f"OLD.{quoted(self.old)}", f"OLD.{quoted(self.new)}"
        to_new, to_old = f"CAST({old} AS {self.new_type})", f"CAST({new} AS {self.old_type})"
        function = f"""CREATE FUNCTION {self.function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    {new} := COALESCE({new}, {to_new});
    {old} := COALESCE({old}, {to_old});
  ELSIF {old} IS DISTINCT FROM {was_old} AND {new} IS NOT DISTINCT FROM {was_new} THEN
    {new} := {to_new};
  ELSIF {new} IS DISTINCT FROM {was_new} AND {new} IS DISTINCT FROM {to_new} THEN
    {old} := {to_old};
  END IF;
  RETURN NEW;
END $$"""
        trigger = (
            f"CREATE TRIGGER {quoted(self.trigger)} BEFORE INSERT OR UPDATE ON {qualified(self.table)} "
            f"FOR EACH ROW EXECUTE FUNCTION {self.function}()"
        )
        return function, trigger

    def left_alone(self) -> tuple[str, ...]:
        return (
            f"DROP TRIGGER {quoted(self.trigger)} ON {qualified(self.table)}",
            f"DROP FUNCTION {self.function}()",
        )


def beside_the_column(op: AlterColumnType, context: Context) -> Draft | NoPlan:
    table, old = context.schema.table(op.table), old_type(op, context)
    column = table.column(op.column) if table is not None else None
    if table is None or column is None or old is None:
        return NoPlan(not_seen(op.table, op.column))
    if not _is_free(table, op, context):
        return NoPlan(f"An index, key, default, view or generated column is made of {op.column}.")
    if {old.name, op.type.name} - _TYPES or old.dimensions or op.type.dimensions or op.collation or column.collation:
        return NoPlan(f"No trigger is planned that keeps {old} and {op.type} equal.")
    if not has_cast(op, context) or (op.using is not None and not casts_only(op.using, op.column)):
        return NoPlan("USING says more than a cast, and how to come back from it is not known.")
    pair = Pair(op.table, op.column, f"{op.column}_new", old, op.type)
    fill = filling(op.table, pair.new, f"CAST({quoted(pair.old)} AS {op.type})", context, source=pair.old)
    back = filling(
        op.table, pair.old, f"CAST({quoted(pair.new)} AS {old})", context, source=pair.new, constant="BATCH_BACK"
    )
    if fill is None or back is None:
        return NoPlan(NO_BATCHES)
    if table.column(pair.new) or len(pair.trigger.encode()) > LONGEST_NAME:
        return NoPlan(f"{pair.new} is there already, or its trigger's name would be too long.")
    reason = None if column.nullable else why_not_provable(table, context)
    if reason:
        return NoPlan(reason)
    return Draft(
        f"change the type of {op.column} beside it, then put the new column in its place",
        f"the same, with the type of {op.column} left as it is",
        (Moved(op),),
        tuple(_steps(pair, table, fill, back, context, required=not column.nullable)),
        undoes=lambda each: _changes_it_back(each, op),
        needed=(op.column,),
    )


def _changes_it_back(each: Operation, op: AlterColumnType) -> bool:
    return isinstance(each, AlterColumnType) and each.table.key == op.table.key and each.column == op.column


def _is_free(table: Table, op: AlterColumnType, context: Context) -> bool:
    """Whether nothing else is made of the column: no index, constraint, default, generated column or view."""
    column = table.column(op.column)
    if column is None or column.default is not None or column.generated is not None or not table.complete:
        return False
    if table.partitioned or table.partition_of or table.inherits or context.schema.readers_of(op.table):
        return False
    used = {name for index in table.indexes for name in (*index.columns, *index.include) if name}
    texts = [index.predicate or "" for index in table.indexes]
    texts += [key.text for index in table.indexes for key in index.keys]
    texts += [other.expression or "" for other in table.columns]
    for constraint in table.constraints:
        if constraint.kind is not ConstraintKind.NOT_NULL:
            used.update(constraint.columns)
    keys = (key for _, key in context.schema.references_to(op.table))
    used.update(name for key in keys for name in getattr(key.definition, "target_columns", ()))
    return op.column not in used and not any(op.column in identifiers(text) for text in texts if text)


def _steps(
    pair: Pair, table: Table, fill: Filling, back: Filling, context: Context, *, required: bool
) -> Iterator[Step]:
    alter = f"ALTER TABLE {qualified(pair.table)}"
    yield Step(
        f"Add {pair.new} beside {pair.old} of {pair.table}, kept equal by a trigger",
        "expand",
        executed(f"{alter} ADD COLUMN {quoted(pair.new)} {pair.new_type}", *pair.kept_equal()),
        executed(*pair.left_alone(), f"{alter} DROP COLUMN {quoted(pair.new)}"),
    )
    yield filling_step(fill)
    if required:
        yield from not_null_steps(pair.table, table, pair.new, fill, context, filled=True)
    rename = f"{alter} RENAME COLUMN"
    set_not_null = (f"{alter} ALTER COLUMN {quoted(pair.old)} SET NOT NULL",) if required else ()
    yield Step(
        f"Put {pair.new} in the place of {pair.old} of {pair.table}",
        "switch",
        (
            *in_block(fill.lines),
            *executed(
                *pair.left_alone(),
                f"{alter} DROP COLUMN {quoted(pair.old)}",
                f"{rename} {quoted(pair.new)} TO {quoted(pair.old)}",
            ),
        ),
        (
            *executed(
                f"{rename} {quoted(pair.old)} TO {quoted(pair.new)}",
                f"{alter} ADD COLUMN {quoted(pair.old)} {pair.old_type}",
                *pair.kept_equal(),
            ),
            *in_block(back.lines),
            *executed(*set_not_null),
        ),
        note=f"Under one short lock {pair.old} becomes {pair.new_type} for everybody; whoever reads it as "
        f"{pair.old_type} must be able to read {pair.new_type} by now.",
        module=("", *fill.module, "", *back.module),
    )
