"""Work that should not share a transaction: each part in a revision of its own, with its part of the way back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rules.context import Context
from rules.model import operations as model
from rules.model.columns import ForeignKey
from rules.model.names import Name
from rules.model.operations import DropConstraint, DropTable, Operation
from rules.plans.draft import Draft, Moved, NoPlan, Step
from rules.plans.sql import dropped, qualified, sentence
from rules.plans.validating import apart
from rules.plans.writing import executed, in_block, nothing
from rules.schema import ConstraintKind

Thing = tuple[object, ...]


def thing_of(op: Operation) -> Thing | None:
    """What an operation makes, changes or removes; the operation of a downgrade with the same thing undoes it."""
    match op:
        case model.CreateTable() | model.DropTable():
            return "table", op.table.key
        case model.AddColumn():
            return "column", op.table.key, op.column.name
        case model.DropColumn():
            return "column", op.table.key, op.column
        case model.AlterColumnType():
            return "type", op.table.key, op.column
        case model.SetNotNull() | model.DropNotNull():
            return "null", op.table.key, op.column
        case model.SetDefault() | model.DropDefault():
            return "default", op.table.key, op.column
        case model.DropConstraint():
            return "constraint", op.table.key, op.name
        case model.AddForeignKey() | model.AddCheck() | model.AddUnique() | model.AddPrimaryKey():
            return "constraint", op.table.key, op.constraint.name
        case model.CreateIndex() | model.DropIndex() if op.index is not None:
            return "index", op.index.key
        case model.AttachPartition() | model.DetachPartition():
            return "partition", op.partition.key
    return None


def undoing(moved: Sequence[Operation]) -> Callable[[Operation], bool]:
    things = {thing for op in moved if (thing := thing_of(op)) is not None}
    return lambda op: thing_of(op) in things


def part(title: str, slug: str, moved: Sequence[Operation], context: Context, *, block: bool = False) -> Step:
    """Those operations with what the old downgrade does about them."""
    undoes = undoing(moved)
    back = [sentence(op) for op in context.script.downgrade if undoes(op)]
    lines = executed(*map(sentence, moved))
    return Step(
        title,
        slug,
        in_block(lines) if block else apart(lines, context),
        apart(executed(*back), context) if back else nothing("the revision had no way back for it"),
    )


def slow_work_apart(op: Operation, context: Context) -> Draft | NoPlan:
    made = getattr(op, "table", None)
    name = made.name if isinstance(made, Name) else ""
    what = sentence(op).split("\n")[0][:60]
    return Draft(
        "do the slow work in a revision of its own, when the locks are gone",
        "the same without its slow work",
        (Moved(op),),
        (part(f"Do the slow work: {re.sub(r'[^ -~]', '?', what)}", "slow_work", [op], context),),
        undoes=undoing([op]),
        needed=(name,) if name else (),
    )


def key_dropped_apart(op: DropConstraint, context: Context) -> Draft | NoPlan:
    return Draft(
        f"drop {op.name} in a revision of its own",
        f"the same without dropping {op.name}",
        (Moved(op),),
        (part(f"Drop {op.name} of {op.table}", "drop_key", [op], context),),
        undoes=undoing([op]),
        needed=(op.name,),
    )


def detached_apart(op: model.DetachPartition, context: Context) -> Draft | NoPlan:
    return Draft(
        f"detach {op.partition} in a revision of its own",
        f"the same without detaching {op.partition}",
        (Moved(op),),
        (part(f"Detach {op.partition} from {op.table}", "detach", [op], context, block=True),),
        undoes=undoing([op]),
        needed=(op.partition.name,),
    )


def one_table_per_revision(_: Operation, context: Context) -> Draft | NoPlan:
    """The first table stays; each other one that the revision locks gets a revision."""
    groups: dict[tuple[str, str], list[Operation]] = {}
    names: dict[tuple[str, str], Name] = {}
    for step in context.steps:
        table = getattr(step.operation, "table", None)
        locked = any(table in fact.tables for fact in step.locks)
        if isinstance(table, Name) and locked and not context.is_new(table):
            groups.setdefault(table.key, []).append(step.operation)
            names[table.key] = table
    others = list(groups)[1:]
    if not others:
        return NoPlan("One statement locks the tables together, or they are locked by several revisions.")
    moved = [each for key in others for each in groups[key]]
    if any(thing_of(each) is None for each in moved):
        return NoPlan("How the way back of each part is written is not known.")
    tables = " and ".join(str(names[key]) for key in others)
    return Draft(
        f"change {tables} in {'a revision of its own' if len(others) == 1 else 'revisions of their own'}",
        f"the same without {tables}",
        tuple(map(Moved, moved)),
        tuple(part(f"Change {names[key]}", f"change_{names[key].name}"[:60], groups[key], context) for key in others),
        undoes=undoing(moved),
        needed=tuple(names[key].name for key in others),
    )


def keys_dropped_before(op: DropTable, context: Context) -> Draft | NoPlan:
    """The foreign keys of a table, each in a revision before the one that drops the table."""
    table = context.schema.trace(op.table)
    gone = {each.table.key for each in (op, *context.earlier(DropTable), *context.later(DropTable))}
    keys = [
        (each.name, each.definition.target)
        for each in (table.constraints_of(ConstraintKind.FOREIGN_KEY) if table else ())
        if isinstance(each.definition, ForeignKey) and each.definition.target.key not in gone
    ]
    if not keys:
        return NoPlan(f"The history does not show the foreign keys of {op.table}.")
    back = nothing(f"{op.table} comes back with its foreign keys")
    return Draft(
        f"drop the foreign keys of {op.table} before the table",
        "the same, when its foreign keys are gone",
        (),
        (),
        before=tuple(
            Step(
                f"Drop {name} of {op.table}",
                f"drop_{re.sub(r'[^a-z0-9_]', '_', name.lower())}"[:60],
                apart(executed(dropped(op.table, name)), context),
                back,
                note=f"For a moment reads and writes of {op.table} and {target} wait.",
            )
            for name, target in keys
        ),
    )


def block_apart(op: Operation, context: Context) -> Draft | NoPlan:
    """What stands in an `autocommit_block()` beside other work."""
    block = op.statement.block
    if block is None:
        block = next(
            (e.operation.statement.block for e in context.steps if e.operation.statement.block is not None), None
        )
    moved = [e.operation for e in context.steps if e.operation.statement.block == block and block is not None]
    things = [thing_of(each) for each in moved]
    if not moved or any(thing is None for thing, each in zip(things, moved, strict=True) if _leaves(each)):
        return NoPlan("How the way back of what stands in the block is written is not known.")
    names = tuple(dict.fromkeys(str(thing[-1]) for thing in things if thing is not None and isinstance(thing[-1], str)))
    return Draft(
        "what stands in the `autocommit_block()` in a revision of its own",
        "the same without its `autocommit_block()`",
        tuple(map(Moved, moved)),
        (part("Do what has to be done outside a transaction", "apart", moved, context, block=True),),
        undoes=undoing(moved),
        needed=names or ("",),
        from_block=True,
    )


def _leaves(op: Operation) -> bool:
    return not isinstance(op, model.Setting | model.ValidateConstraint | model.Update | model.Harmless)


def partition_beside_its_parent(op: model.CreateTable, _: Context) -> Draft | NoPlan:
    """Created LIKE its parent, then attached."""
    if op.partition_of is None or op.columns or op.constraints or op.partition_by or op.if_not_exists:
        return NoPlan("The partition says more of itself than its bounds.")
    parent = qualified(op.partition_of)
    bound = op.partition_bound or "DEFAULT"
    return Draft(
        f"create {op.table} as a table of its own, then attach it",
        f"the same, with {op.table} created LIKE {op.partition_of} and attached",
        (
            Moved(
                op,
                (
                    f"CREATE TABLE {qualified(op.table)} (LIKE {parent} INCLUDING ALL)",
                    f"ALTER TABLE {parent} ATTACH PARTITION {qualified(op.table)} {bound}",
                ),
            ),
        ),
        (),
    )
