"""An index of a partitioned table: on the parent alone, then partition by partition, each attached."""

from __future__ import annotations

import re

from rules.context import Context
from rules.model.names import Name
from rules.model.operations import CreateIndex
from rules.plans.draft import Draft, Moved, NoPlan, Step
from rules.plans.indexes import drops_index, guarded
from rules.plans.sql import qualified, quoted, sentence
from rules.plans.writing import executed, nothing
from rules.schema import Table
from rules.schema.edits import taken_in
from rules.schema.naming import chosen, of_keys

_HEAD = re.compile(
    r"CREATE(?P<unique>\s+UNIQUE)?\s+INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?"
    r'(?P<name>[\w"]+)\s+ON\s+(?P<table>[\w".]+)(?P<rest>\s.*|\(.*)\Z',
    re.IGNORECASE | re.DOTALL,
)


def partition_by_partition(op: CreateIndex, context: Context) -> Draft | NoPlan:
    found = _HEAD.match(sentence(op))
    partitions = context.schema.partitions(op.table)
    if found is None or op.index is None:
        return NoPlan("The server picks the name of the index: give it one.")
    if not partitions:
        return NoPlan(f"The history does not show the partitions of {op.table}.")
    if nested := next((one for one in partitions if one.partitioned), None):
        return NoPlan(f"{nested.name} is partitioned itself: build its index first, partition by partition.")
    index, unique = Name(op.index.name, op.table.schema), "UNIQUE " if found["unique"] else ""
    create = f"CREATE {unique}INDEX {quoted(index.name)} ON ONLY {qualified(op.table)} {found['rest'].strip()}"
    parent = Step(
        f"Create the index {index.name} on {op.table} alone",
        "parent_index",
        executed(create),
        executed(f"DROP INDEX {qualified(index)}"),
        note=f"It becomes valid with the last partition that is attached. Known are {len(partitions)} partitions; if "
        f"others were made elsewhere, give each of them a revision like those that follow.",
    )
    steps = [parent]
    for partition in partitions:
        step = _building(op, partition, index, f"{unique}INDEX", found["rest"].strip(), context)
        if step is None:
            return NoPlan(f"An index with the name that the one of {partition.name} would get is there already.")
        steps.append(step)
    return Draft(
        f"build {index.name} partition by partition",
        f"the same without the index {index.name}",
        (Moved(op),),
        tuple(steps),
        undoes=drops_index(index),
        needed=(index.name, op.table.name) if op.unique else (index.name,),
        from_block=True,
    )


def _building(op: CreateIndex, partition: Table, parent: Name, kind: str, rest: str, context: Context) -> Step | None:
    """With the name that the server would have given it."""
    name = chosen(partition.name.name, of_keys(op.keys), "idx", taken_in(context.schema, partition))
    if any(each.index(name) for each in context.schema.tables):
        return None
    index = Name(name, partition.name.schema)
    create = f"CREATE {kind} CONCURRENTLY {quoted(name)} ON {qualified(partition.name)} {rest}"
    attach = f"ALTER INDEX {qualified(parent)} ATTACH PARTITION {qualified(index)}"
    slug = re.sub(r"\W+", "_", partition.name.name)
    return Step(
        f"Build the index of {partition.name} and attach it",
        f"index_of_{slug}"[:60],
        (*guarded(index, create), *executed(attach)),
        nothing(f"dropping {parent.name} drops it too"),
    )
