"""Foreign keys: NOT VALID and then validated; of a partitioned table before 18, partition by partition."""

from __future__ import annotations

import re

from rules.context import Context
from rules.locking.constraints import NOT_VALID_ON_PARTITIONED_SINCE
from rules.model.names import Name
from rules.model.operations import AddForeignKey, DropConstraint
from rules.plans.draft import Draft, Moved, NoPlan, Step
from rules.plans.sql import NO_NAME, added_constraint, dropped, qualified, quoted, sentence, validated
from rules.plans.validating import add_then_validate, apart, validation
from rules.plans.writing import executed
from rules.schema import Table

_KEY = re.compile(
    r"ALTER\s+TABLE\s+(?:ONLY\s+)?[\w.\"]+\s+ADD\s+(?:CONSTRAINT\s+(?:\w+|\"[^\"]+\")\s+)?(?P<key>FOREIGN\s+KEY\b.*?)"
    r"(?:\s+NOT\s+VALID)?\Z",
    re.IGNORECASE | re.DOTALL,
)


def key_then_validate(op: AddForeignKey, context: Context) -> Draft | NoPlan:
    table = context.schema.trace(op.table)
    if table is not None and table.partitioned and context.server_version < NOT_VALID_ON_PARTITIONED_SINCE:
        return _by_partition(op, context)
    return add_then_validate(op, context)


def _by_partition(op: AddForeignKey, context: Context) -> Draft | NoPlan:
    """The key of the parent takes over the validated ones that its partitions got before."""
    named, written = added_constraint(op, op.table, context), _KEY.match(sentence(op))
    partitions = context.schema.partitions(op.table)
    if named is None:
        return NoPlan(NO_NAME)
    name = named[0]
    if written is None:
        return NoPlan("The key is not added by a statement of its own.")
    if reason := _why_not(partitions, op.table, name):
        return NoPlan(reason)
    key = f"ADD CONSTRAINT {quoted(name)} {written['key']}"
    steps = [step for each in partitions for step in _steps_of(each.name, name, key, context)]
    return Draft(
        f"add {name} partition by partition, then to {op.table}",
        f"the same without {name}",
        (Moved(op),),
        (*steps, _taken_over(op.table, partitions, name, key, context)),
        undoes=lambda each: isinstance(each, DropConstraint) and each.table.key == op.table.key and each.name == name,
        needed=(name,),
        differs=f"{name} ends validated" if op.constraint.not_valid else "",
    )


def _why_not(partitions: tuple[Table, ...], parent: Name, name: str) -> str | None:
    if not partitions:
        return f"The history does not show the partitions of {parent}."
    if nested := next((each for each in partitions if each.partitioned), None):
        return f"{nested.name} is partitioned itself: its key comes first, partition by partition."
    if taken := next((each for each in partitions if each.constraint(name) is not None), None):
        return f"{taken.name} has a constraint {name} already."
    return None


def _steps_of(partition: Name, name: str, key: str, context: Context) -> tuple[Step, Step]:
    add = Step(
        f"Add {name} to {partition} NOT VALID",
        f"key_of_{re.sub(r'[^a-zA-Z0-9_]+', '_', partition.name)}"[:60],
        executed(f"ALTER TABLE {qualified(partition)} {key} NOT VALID"),
        executed(dropped(partition, name)),
    )
    return add, validation(partition, name, context)


def _taken_over(parent: Name, below: tuple[Table, ...], name: str, key: str, context: Context) -> Step:
    return Step(
        f"Add {name} to {parent}, which takes over those of its partitions",
        "parent_key",
        executed(f"ALTER TABLE {qualified(parent)} {key}"),
        (
            *executed(
                dropped(parent, name), *(f"ALTER TABLE {qualified(each.name)} {key} NOT VALID" for each in below)
            ),
            *apart(executed(*(validated(each.name, name) for each in below)), context),
        ),
        note=f"No row is looked at: each partition has the key. Known are {len(below)} of them; if others were made "
        "elsewhere, give each of them the revisions that precede this one.",
    )
