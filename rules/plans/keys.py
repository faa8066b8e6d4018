"""Unique constraints and primary keys that take over an index which was built concurrently before."""

from __future__ import annotations

import re

from rules.context import Context
from rules.model.columns import PrimaryKey
from rules.model.names import Name
from rules.model.operations import AddPrimaryKey, AddUnique, CreateIndex, DropConstraint, DropNotNull, Operation
from rules.plans.draft import Draft, Moved, NoPlan, Step
from rules.plans.indexes import building, drop, guarded
from rules.plans.not_null import not_null_steps, why_not_provable
from rules.plans.sql import NO_NAME, added_constraint, qualified, quoted, sentence
from rules.plans.writing import executed, without_timeout

_PLAIN = re.compile(
    r"[^()]*\b(?P<kind>UNIQUE|PRIMARY\s+KEY)(?P<nulls>\s+NULLS\s+NOT\s+DISTINCT)?\s*\([^()]*\)"
    r"(?P<when>(\s+(NOT\s+)?DEFERRABLE)?(\s+INITIALLY\s+(DEFERRED|IMMEDIATE))?)\Z",
    re.IGNORECASE,
)
_NOT_VALID = re.compile(r"\s+NOT\s+VALID\Z", re.IGNORECASE)


def key_from_index(op: AddUnique | AddPrimaryKey, context: Context) -> Draft | NoPlan:
    named, form = added_constraint(op, op.table, context), _PLAIN.match(_NOT_VALID.sub("", sentence(op)))
    if named is None:
        return NoPlan(NO_NAME)
    if form is None or op.constraint.index is not None or not op.constraint.columns:
        return NoPlan("The constraint has a form that no index built before can be given.")
    name, _ = named
    kind = "PRIMARY KEY" if isinstance(op.constraint, PrimaryKey) else "UNIQUE"
    columns = ", ".join(map(quoted, op.constraint.columns))
    nulls = " NULLS NOT DISTINCT" if form["nulls"] else ""
    create = f"CREATE UNIQUE INDEX CONCURRENTLY {quoted(name)} ON {qualified(op.table)} ({columns}){nulls}"
    table, index = qualified(op.table), Name(name, op.table.schema)
    when = " ".join(form["when"].upper().split())
    add = f"ALTER TABLE {table} ADD CONSTRAINT {quoted(name)} {kind} USING INDEX {quoted(name)} {when}".rstrip()
    takes_over = Step(
        f"Let {name} of {op.table} take over its index",
        "key",
        executed(add),
        (
            *executed(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {quoted(name)}"),
            *without_timeout(executed(drop(index), create)),
        ),
    )
    proofs = _not_null(op, op.constraint.columns, context) if isinstance(op.constraint, PrimaryKey) else ()
    if isinstance(proofs, NoPlan):
        return proofs
    return Draft(
        f"build the index of {name} concurrently, then let the constraint take it over",
        f"the same without {name}",
        (Moved(op),),
        (*proofs, building(index, create), takes_over),
        undoes=lambda each: _undoes(each, op.table, name),
        needed=(name, op.table.name),
    )


def key_over_proved_columns(op: AddPrimaryKey, context: Context) -> Draft | NoPlan:
    """A primary key that takes over an index, when its columns are known to hold no NULL."""
    table = context.schema.trace(op.table)
    index = table.index(op.constraint.index) if table is not None and op.constraint.index else None
    columns = tuple(name for name in index.columns if name) if index is not None else ()
    proofs = _not_null(op, columns, context)
    if isinstance(proofs, NoPlan):
        return proofs
    name = op.constraint.name or op.constraint.index or ""
    drop_key = f"ALTER TABLE {qualified(op.table)} DROP CONSTRAINT {quoted(name)}"
    create = f"CREATE UNIQUE INDEX CONCURRENTLY {quoted(op.constraint.index or name)} ON {qualified(op.table)} "
    kept = Name(op.constraint.index or name, op.table.schema)
    again = guarded(kept, create + f"({', '.join(map(quoted, columns))})")
    return Draft(
        f"make the columns of {name} NOT NULL in steps, then the key",
        f"the same without {name}",
        (Moved(op),),
        (
            *proofs,
            Step(
                f"Make {name} the primary key of {op.table}",
                "key",
                executed(sentence(op)),
                (*executed(drop_key), *again),
            ),
        ),
        undoes=lambda each: _undoes(each, op.table, name),
        needed=(name, op.table.name),
    )


def _not_null(op: AddPrimaryKey, columns: tuple[str, ...], context: Context) -> tuple[Step, ...] | NoPlan:
    """The steps for those columns of a key that may hold NULL."""
    table = context.schema.table(op.table)
    found = [table.column(name) for name in columns] if table is not None else []
    nullable = [column.name for column in found if column is not None and column.nullable]
    nullable = [name for name in nullable if not context.schema.proves_not_null(op.table, name)]
    if table is None or not nullable:
        return ()
    if reason := why_not_provable(table, context):
        return NoPlan(reason)
    return tuple(step for name in nullable for step in not_null_steps(op.table, table, name, None, context))


def _undoes(op: Operation, table: Name, name: str) -> bool:
    """The constraint dropped, and what it brought or took over given back."""
    match op:
        case DropConstraint() | CreateIndex() if op.table.key == table.key:
            return name == (op.name if isinstance(op, DropConstraint) else op.index and op.index.name)
        case DropNotNull():
            return op.table.key == table.key
    return False
