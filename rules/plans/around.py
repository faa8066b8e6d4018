"""What has to be taken away around a type change that writes nothing, and forgotten validations before a revision."""

from __future__ import annotations

from rules.context import Context
from rules.model.columns import Check
from rules.model.names import Name
from rules.model.operations import AlterColumnType, CreateIndex, Operation
from rules.plans.dependents import ancestors
from rules.plans.draft import Draft, Moved, NoPlan, Step
from rules.plans.indexes import building, concurrent, drop, guarded
from rules.plans.sql import dropped, qualified, quoted, sentence
from rules.plans.validating import validation
from rules.plans.writing import executed, in_block
from rules.retyping import rebuilt_by
from rules.schema import ConstraintKind, Index

NO_OTHER_WAY = "# dbbot: ignore[index-dropped-before-replacement] because the type cannot change under the index"


def check_added_again(op: AlterColumnType, context: Context) -> Draft | NoPlan:
    """The CHECKs of the column go and come NOT VALID in the transaction of the change; then they are validated."""
    table = context.schema.trace(op.table)
    checks = [
        (each.name, each.definition)
        for each in (table.constraints_of(ConstraintKind.CHECK) if table else ())
        if each.validated and op.column in each.columns and isinstance(each.definition, Check)
    ]
    if any(check.no_inherit for _, check in checks):
        return NoPlan("A CHECK that is not inherited is not planned.")
    alter = f"ALTER TABLE {qualified(op.table)}"
    gone = [dropped(op.table, name) for name, _ in checks]
    back = [f"{alter} ADD CONSTRAINT {quoted(name)} CHECK ({check.expression}) NOT VALID" for name, check in checks]
    names = " and ".join(name for name, _ in checks)
    return Draft(
        f"change the type without {names}, then validate it again",
        f"the same, with {names} added again NOT VALID",
        (Moved(op, (*gone, sentence(op), *back)),),
        tuple(validation(op.table, name, context) for name, _ in checks),
    )


def index_built_again(op: AlterColumnType, context: Context) -> Draft | NoPlan:
    """Dropped concurrently before, built concurrently afterwards; a unique one guards its rows, so it stays."""
    table = context.schema.trace(op.table)
    rebuilt = {name.key for name in rebuilt_by(op, context)}
    indexes = [each for each in (table.indexes if table else ()) if each.name.key in rebuilt]
    if guard := next((each for each in indexes if each.unique or each.constraint), None):
        return NoPlan(f"{guard.name} keeps values unique: without it nothing does while the type changes.")
    written = {index.name.key: _create_of(index, context) for index in indexes}
    creates = [(index.name, create) for index in indexes if (create := written[index.name.key]) is not None]
    if len(creates) < len(indexes) or not creates:
        return NoPlan("How the index is built is not known.")
    return Draft(
        f"drop {' and '.join(name.name for name, _ in creates)} before the type changes, and build it again afterwards",
        "the same, without an index on the column",
        (),
        tuple(building(name, create) for name, create in creates),
        before=tuple(
            Step(
                f"Drop the index {name.name}",
                f"drop_{name.name}"[:60],
                in_block((NO_OTHER_WAY, *executed(drop(name)))),
                guarded(name, create),
                note="Until it is built again, queries that need it read the whole table.",
            )
            for name, create in creates
        ),
    )


def _create_of(index: Index, context: Context) -> str | None:
    built = [
        each
        for each in ancestors(context)
        if isinstance(each, CreateIndex) and each.index is not None and each.index.key == index.name.key
    ]
    return concurrent(sentence(built[-1])) if built and built[-1].table.key == index.table.key else None


def validated_before(_: Operation, context: Context) -> Draft | NoPlan:
    """Each constraint that earlier revisions left NOT VALID, of the tables that this one alters."""
    found = {}
    for step in context.steps:
        name = getattr(step.operation, "table", None)
        table = step.schema.trace(name) if isinstance(name, Name) else None
        if table is None:
            continue
        for each in table.constraints:
            if not each.validated and not each.origin.new:
                found[table.name.key, each.name] = (table.name, each.name)
    return Draft(
        f"validate {' and '.join(name for _, name in found.values())} first",
        "the same, above the validation",
        (),
        (),
        before=tuple(validation(table, name, context) for table, name in found.values()),
        differs=f"{' and '.join(name for _, name in found.values())} ends validated",
    )
