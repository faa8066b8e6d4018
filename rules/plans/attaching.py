"""A partition attached without a look at its rows: a CHECK that says its bounds, validated before."""

from __future__ import annotations

import re

from rules.context import Context
from rules.model.operations import AttachPartition, DetachPartition
from rules.plans.draft import Draft, Moved, NoPlan, Step
from rules.plans.sql import dropped, free_name, qualified, quoted, sentence, validated
from rules.plans.validating import validation
from rules.plans.writing import executed, in_block
from rules.schema import Table

_KEY = re.compile(r'(?P<kind>RANGE|LIST)\s*\(\s*(?P<column>\w+|"[^"]+")\s*\)\s*\Z', re.IGNORECASE)
_RANGE = re.compile(r"FOR\s+VALUES\s+FROM\s*\((?P<low>[^()]*)\)\s*TO\s*\((?P<high>[^()]*)\)\s*\Z", re.IGNORECASE)
_LIST = re.compile(r"FOR\s+VALUES\s+IN\s*\((?P<values>[^()]*)\)\s*\Z", re.IGNORECASE)
_OPEN = ("MINVALUE", "MAXVALUE")


def attached_with_a_proof(op: AttachPartition, context: Context) -> Draft | NoPlan:
    parent, attached = context.schema.trace(op.table), context.schema.trace(op.partition)
    if parent is None or attached is None:
        return NoPlan(f"The history does not show how {op.table} is partitioned.")
    default = _default_of(op, context)
    bounds = _bounds(parent, op.bound)
    if bounds is None:
        return NoPlan("Bounds are said by a CHECK where the key is one column, by range or list.")
    if default is not None:
        return NoPlan(
            f"{default.name} is the DEFAULT partition and may hold rows of the new one: only you know whether it does."
        )
    check = free_name(context, attached, parent.name.name, "bounds")
    add = f"ALTER TABLE {qualified(op.partition)} ADD CONSTRAINT {quoted(check)} CHECK ({bounds}) NOT VALID"
    back = f"ALTER TABLE {qualified(op.table)} DETACH PARTITION {qualified(op.partition)}"
    return Draft(
        f"prove the bounds of {op.partition}, then attach it",
        f"the same without attaching {op.partition}",
        (Moved(op),),
        (
            Step(
                f"Let nobody write rows into {op.partition} that {op.table} would not put there",
                "bounds",
                executed(add),
                executed(dropped(op.partition, check)),
            ),
            validation(op.partition, check, context),
            Step(
                f"Attach {op.partition} to {op.table}",
                "attach",
                executed(sentence(op), dropped(op.partition, check)),
                (*executed(back, add), *in_block(executed(validated(op.partition, check)))),
                note="What is proved need not be looked at; the bounds of the partition take the place of the CHECK.",
            ),
        ),
        undoes=lambda each: isinstance(each, DetachPartition) and each.partition.key == op.partition.key,
        needed=(op.partition.name,),
    )


def _default_of(op: AttachPartition, context: Context) -> Table | None:
    default = context.schema.default_partition(op.table)
    return default if default is not None and context.is_in_use(default.name) else None


def _bounds(parent: Table, bound: str) -> str | None:
    """As an expression; a NULL in the key is nowhere within them."""
    key = _KEY.match(parent.partition_by or "")
    if key is None:
        return None
    column = key["column"]
    if listed := _LIST.match(bound.strip()):
        values = listed["values"].strip()
        if key["kind"].upper() != "LIST" or re.search(r"\bNULL\b", values, re.IGNORECASE):
            return None
        return f"{column} IS NOT NULL AND {column} IN ({values})"
    limits = _RANGE.match(bound.strip())
    if limits is None or key["kind"].upper() != "RANGE":
        return None
    low, high = limits["low"].strip(), limits["high"].strip()
    parts = [f"{column} IS NOT NULL"]
    parts += [f"{column} >= {low}"] if low.upper() not in _OPEN else []
    parts += [f"{column} < {high}"] if high.upper() not in _OPEN else []
    return " AND ".join(parts)
