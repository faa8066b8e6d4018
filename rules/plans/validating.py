"""Constraints in two revisions: added NOT VALID, then validated."""

from __future__ import annotations

import re

from rules.context import Context
from rules.model.names import Name
from rules.model.operations import AddCheck, AddForeignKey, AddNotNullConstraint, AlterDomain, ValidateConstraint
from rules.plans.draft import Draft, Moved, NoPlan, Step
from rules.plans.sql import NO_NAME, added_constraint, not_valid, qualified, quoted, sentence, validated
from rules.plans.writing import executed, in_block, nothing
from rules.postgres.tokens import identifier

_KEYWORD = ("postgresql_not_valid", "True")
_TAKE_IT = ("create_foreign_key", "create_check_constraint")
_DOMAIN_CHECK = re.compile(r'\s*ADD\s+CONSTRAINT\s+(?P<name>\w+|"[^"]+")\s+CHECK\b', re.IGNORECASE)


def add_then_validate(op: AddForeignKey | AddCheck | AddNotNullConstraint, context: Context) -> Draft | NoPlan:
    named = added_constraint(op, op.table, context)
    if named is None:
        return NoPlan(NO_NAME)
    name, is_sure = named
    takes_keyword = is_sure and op.statement.cause.rpartition(".")[2] in _TAKE_IT
    moved = Moved(op, (not_valid(op, name),), _KEYWORD if takes_keyword else None)
    return Draft(
        f"add {name} NOT VALID, then validate it",
        f"the same, with {name} added NOT VALID",
        (moved,),
        (validation(op.table, name, context),),
    )


def validation(table: Name, name: str, context: Context) -> Step:
    lines = executed(validated(table, name))
    return Step(
        f"Validate {name}",
        "validate",
        apart(lines, context),
        nothing("a constraint stays validated until it is dropped"),
        note=f"Every row of {table} is looked at while reads and writes pass. It stops if a row breaks {name}; mend "
        "that row and run it again.",
    )


def apart(lines: tuple[str, ...], context: Context) -> tuple[str, ...]:
    """In a transaction of its own, also where one transaction may hold all pending revisions."""
    return lines if context.environment.transaction_per_migration else in_block(lines)


def domain_then_validate(op: AlterDomain, context: Context) -> Draft | NoPlan:
    found = _DOMAIN_CHECK.match(op.action)
    if found is None:
        return NoPlan("Only a CHECK that has a name can be NOT VALID on a domain, and be validated by it: name it.")
    if context.schema.columns_of_domain(op.domain, in_arrays=True):
        return NoPlan("PostgreSQL validates no constraint of a domain that a column holds arrays of.")
    name = identifier(found["name"])
    sql = f"ALTER DOMAIN {qualified(op.domain)} VALIDATE CONSTRAINT {quoted(name)}"
    return Draft(
        f"add {name} NOT VALID, then validate it",
        f"the same, with {name} added NOT VALID",
        (Moved(op, (f"{sentence(op)} NOT VALID",)),),
        (
            Step(
                f"Validate {name}",
                "validate",
                apart(executed(sql), context),
                nothing("a constraint stays validated until it is dropped"),
                note="Writes to each table with a column of the domain wait until all rows are read: run it at a quiet "
                f"time. It stops if a row breaks {name}; mend that row and run it again.",
            ),
        ),
    )


def validate_apart(op: ValidateConstraint, context: Context) -> Draft | NoPlan:
    """The VALIDATE of a revision that adds the constraint itself."""
    return Draft(
        f"validate {op.name} in a revision of its own",
        f"the same without the validation of {op.name}",
        (Moved(op),),
        (validation(op.table, op.name, context),),
    )
