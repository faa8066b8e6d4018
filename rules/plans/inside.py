"""What a new column carries in its own definition, and checks on every row: put beside it, NOT VALID at first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.context import Context
from rules.model.names import Name
from rules.model.operations import AddColumn, AlterDomain, CreateDomain
from rules.plans.draft import Draft, Moved, NoPlan
from rules.plans.sql import checks_in, free_name, qualified, quoted, sentence
from rules.plans.validating import validation
from rules.postgres.tokens import tokens_of
from rules.schema import ConstraintKind


def check_beside_the_column(op: AddColumn, context: Context) -> Draft | NoPlan:
    """In the place of a CHECK in the column's definition."""
    before, after = context.schema.trace(op.table), context.schema.after(op).trace(op.table)
    if after is None:
        return NoPlan(f"The history does not show how {op.table} came to be.")
    known = {each.name for each in before.constraints} if before else set()
    new = [each for each in after.constraints_of(ConstraintKind.CHECK) if each.name not in known]
    written = checks_in(sentence(op))
    if not written or len(written) != len(new) or len(op.column.constraints) != len(new):
        return NoPlan("The definition of the column holds more than its CHECK.")
    bare = sentence(op)
    for one in written:
        bare = bare.replace(one.text, "", 1).rstrip()
    add = [
        f"ALTER TABLE {qualified(op.table)} ADD CONSTRAINT {quoted(each.name)} CHECK ({one.condition}) NOT VALID"
        for each, one in zip(new, written, strict=True)
    ]
    names = " and ".join(each.name for each in new)
    return Draft(
        f"add {op.column.name}, then {names} NOT VALID, then validate it",
        f"the same, with {names} added NOT VALID",
        (Moved(op, (bare, *add)),),
        tuple(validation(op.table, each.name, context) for each in new),
    )


def base_type_with_a_check(op: AddColumn, context: Context) -> Draft | NoPlan:
    """In the place of a domain that has a condition."""
    type_ = op.column.type
    name = Name(type_.name, type_.schema)
    domain = context.schema.domain(name)
    found = [each for each in _ancestors(context) if isinstance(each, CreateDomain) and each.domain.key == name.key]
    known = found and not any(_alters(each, name) for each in _ancestors(context))
    if domain is None or not known or len(context.schema.domains_under(type_)) > 1:
        return NoPlan(f"The history does not show the whole condition of {type_}.")
    created = sentence(found[-1])
    checks = checks_in(created)
    if not checks or re.search(r"\bNOT\s+NULL\b|\bDEFAULT\b|\bCOLLATE\b", created, re.IGNORECASE):
        return NoPlan(f"{type_} says more than a CHECK: a column of its base type would not be the same.")
    kind = re.compile(rf'(?P<column>\bADD\s+(COLUMN\s+)?("[^"]+"|\w+)\s+){re.escape(str(type_))}(?!\w)', re.IGNORECASE)
    bare, count = kind.subn(lambda at: f"{at['column']}{domain.base}", sentence(op))
    table = context.schema.trace(op.table)
    if count != 1 or table is None or op.column.constraints:
        return NoPlan("The definition of the column holds more than its type.")
    check = free_name(context, table, op.column.name, "check")
    condition = " AND ".join(f"({_of_column(one.condition, op.column.name)})" for one in checks)
    add = f"ALTER TABLE {qualified(op.table)} ADD CONSTRAINT {quoted(check)} CHECK ({condition}) NOT VALID"
    return Draft(
        f"give {op.column.name} the type {domain.base} and the condition of {type_} as a CHECK of its own",
        f"the same, with {op.column.name} as {domain.base} and {check} NOT VALID",
        (Moved(op, (bare, add)),),
        (validation(op.table, check, context),),
        differs=f"{op.column.name} ends as {domain.base} with {check}, not as {type_}",
    )


def _ancestors(context: Context) -> Iterator[object]:
    line = context.history.ancestors(context.script.revision)
    for revision in context.history.order:
        if revision in line:
            yield from context.history.scripts[revision].upgrade


def _alters(op: object, domain: Name) -> bool:
    return isinstance(op, AlterDomain) and op.domain.key == domain.key


def _of_column(condition: str, column: str) -> str:
    """With the column where a domain says VALUE."""
    parts, end = [], 0
    for token in tokens_of(condition):
        if token.word == "VALUE":
            parts += [condition[end : token.start], quoted(column)]
            end = token.end
    return "".join([*parts, condition[end:]])
