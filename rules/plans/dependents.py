"""What is made of a column whose type changes: made of the new column too, and given the old names at the switch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rules.context import Context
from rules.model.columns import Check, ForeignKey, Unique
from rules.model.names import Name
from rules.model.operations import CommentOn, CreateIndex, Operation
from rules.plans.draft import NoPlan, Step
from rules.plans.indexes import building, concurrent, guarded
from rules.plans.sql import foreign_key, qualified, quoted, sentence, validated
from rules.plans.validating import apart, validation
from rules.plans.writing import executed
from rules.postgres.tokens import LONGEST_NAME
from rules.schema import ConstraintKind, Index, Table, TableConstraint, View
from rules.schema.edits import taken_in
from rules.schema.expressions import identifiers, renamed

_HEAD = re.compile(r'\A(?P<create>.*?\bINDEX\s+(?:CONCURRENTLY\s+)?)(?P<name>[\w"]+)(?P<rest>\s+ON\s.*)\Z', re.I | re.S)


_APART = (ConstraintKind.NOT_NULL, ConstraintKind.PRIMARY_KEY)
"""NOT NULL comes with the filling, a primary key by `key_columns`."""


@dataclass(frozen=True, slots=True)
class Dependent:
    """One thing that is made of the column.

    `steps` make it of the new column. At the switch `gone` is SQL before the old column goes, `named` once the new one
    has its place. On the way back `unnamed` is SQL before the columns are apart again, `again` lines of Python after
    the old one is filled.
    """

    steps: tuple[Step, ...] = ()
    gone: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()
    again: tuple[str, ...] = ()


def dependents_of(table: Table, old: str, new: str, context: Context) -> tuple[Dependent, ...] | NoPlan:
    if reason := _why_bound(table, old, context):
        return NoPlan(reason)
    found: list[Dependent | NoPlan] = []
    for index in table.indexes:
        if index.constraint is None and old in _mentioned(index):
            found.append(_index(index, table, old, new, context))
    for constraint in table.constraints:
        if old in constraint.columns and constraint.kind not in _APART:
            found.append(_constraint(constraint, table, old, new, context))
    for view in context.schema.readers_of(table.name):
        found.append(_view(view, old, context))
    found.extend(_comment(table, old, context))
    refused = next((each for each in found if isinstance(each, NoPlan)), None)
    return refused or tuple(each for each in found if isinstance(each, Dependent))


def is_key(table: Table, column: str) -> bool:
    """Whether the primary key is this column alone."""
    return table.primary_key is not None and table.primary_key.columns == (column,)


def _why_bound(table: Table, column: str, context: Context) -> str | None:
    found = table.column(column)
    if found is not None and found.generated is not None and not is_key(table, column):
        return f"{column} counts by itself or is computed: its sequence or expression has to move with it."
    if table.primary_key is not None and column in table.primary_key.columns and not is_key(table, column):
        return f"{column} is one of several columns of the primary key, which would have to move as a whole."
    for other, key in context.schema.references_to(table.name):
        if column in getattr(key.definition, "target_columns", ()) and not is_key(table, column):
            return f"{key.name} of {other.name} references {column}: both have to change together."
    if table.partitioned or table.partition_of or table.inherits or not table.complete:
        return f"{table.name} is partitioned, inherits, or is not wholly known."
    if computed := next((each for each in table.columns if column in identifiers(each.expression or "")), None):
        return f"{computed.name} is computed from {column}."
    if trigger := next((each for each in table.triggers if column in identifiers(each.definition)), None):
        return f"The trigger {trigger.name} names {column}."
    return None


def _mentioned(index: Index) -> set[str]:
    names = {name for name in (*index.columns, *index.include) if name}
    texts = (*(key.text for key in index.keys if key.column is None), index.predicate or "")
    return names.union(*map(identifiers, texts))


def _beside(name: str, table: Table, context: Context) -> str | None:
    """A name for the one of the new column."""
    free = f"{name}_new"
    return None if len(free.encode()) > LONGEST_NAME or taken_in(context.schema, table)(free) else free


def _index(index: Index, table: Table, old: str, new: str, context: Context) -> Dependent | NoPlan:
    name = index.name.name
    beside = _beside(name, table, context)
    built = [
        each
        for each in ancestors(context)
        if isinstance(each, CreateIndex) and each.index is not None and each.index.key == index.name.key
    ]
    written = _HEAD.match(sentence(built[-1])) if built else None
    same = built and built[-1].table.key == table.name.key and old in identifiers(sentence(built[-1]))
    if beside is None or written is None or not same:
        return NoPlan(f"How {name} is built is not plain enough to build it on another column.")
    create = concurrent(sentence(built[-1]))
    on_new = f"{concurrent(written['create'] + quoted(beside))}{renamed(written['rest'], old, new)}"
    other = Name(beside, table.name.schema)
    return Dependent(
        (building(other, on_new),),
        named=(f"ALTER INDEX {qualified(other)} RENAME TO {quoted(name)}",),
        unnamed=(f"ALTER INDEX {qualified(index.name)} RENAME TO {quoted(beside)}",),
        again=guarded(index.name, create),
    )


def _constraint(constraint: TableConstraint, table: Table, old: str, new: str, context: Context) -> Dependent | NoPlan:
    name, definition = constraint.name, constraint.definition
    beside = _beside(name, table, context)
    if beside is None:
        return NoPlan(f"There is no room for a second {name} beside it.")
    if isinstance(definition, Unique) and not definition.deferrable:
        return _unique(name, beside, definition, constraint.columns, table, (old, new))
    written, on_new = _written(definition, old, old), _written(definition, old, new)
    if written is None or not constraint.validated:
        return NoPlan(f"How {name} is declared is not plain enough to declare it on another column.")
    alter = f"ALTER TABLE {qualified(table.name)}"
    add = Step(
        f"Add {beside}: what {name} says, of {new}",
        "constraint",
        executed(f"{alter} ADD CONSTRAINT {quoted(beside)} {on_new} NOT VALID"),
        executed(f"{alter} DROP CONSTRAINT {quoted(beside)}"),
    )
    return Dependent(
        (add, validation(table.name, beside, context)),
        named=(f"{alter} RENAME CONSTRAINT {quoted(beside)} TO {quoted(name)}",),
        unnamed=(f"{alter} RENAME CONSTRAINT {quoted(name)} TO {quoted(beside)}",),
        again=(
            *executed(f"{alter} ADD CONSTRAINT {quoted(name)} {written} NOT VALID"),
            *apart(executed(validated(table.name, name)), context),
        ),
    )


def _written(definition: object, old: str, new: str) -> str | None:
    """With the new column in the place of the old one."""
    match definition:
        case Check(no_inherit=False):
            return f"CHECK ({renamed(definition.expression, old, new)})"
        case ForeignKey() if definition.plain:
            columns = tuple(new if name == old else name for name in definition.columns)
            return foreign_key(definition, columns, definition.target_columns)
    return None


def _unique(
    name: str, beside: str, definition: Unique, columns: tuple[str, ...], table: Table, pair: tuple[str, str]
) -> Dependent:
    old, new = pair
    own, other = Name(name, table.name.schema), Name(beside, table.name.schema)
    nulls = " NULLS NOT DISTINCT" if definition.nulls_not_distinct else ""

    def create(index: Name, names: list[str]) -> str:
        keys = ", ".join(map(quoted, names))
        return f"CREATE UNIQUE INDEX CONCURRENTLY {quoted(index.name)} ON {qualified(table.name)} ({keys}){nulls}"

    on_new = create(other, [new if column == old else column for column in columns])
    alter = f"ALTER TABLE {qualified(table.name)}"
    return Dependent(
        (building(other, on_new),),
        named=(f"{alter} ADD CONSTRAINT {quoted(name)} UNIQUE USING INDEX {quoted(beside)}",),
        unnamed=(f"{alter} DROP CONSTRAINT {quoted(name)}",),
        again=(
            *guarded(other, on_new),
            *guarded(own, create(own, list(columns))),
            *executed(f"{alter} ADD CONSTRAINT {quoted(name)} UNIQUE USING INDEX {quoted(name)}"),
        ),
    )


def _view(view: View, column: str, context: Context) -> Dependent | NoPlan:
    """Dropped and created again in the transaction of the switch."""
    mentions = identifiers(view.definition)
    if "*" not in view.definition and column not in mentions:
        return Dependent()
    if "*" in view.definition or view.materialized or context.schema.readers_of(view.name):
        return NoPlan(f"The view {view.name} reads {column}: drop it, or name its columns, before the type changes.")
    drop = f"DROP VIEW {qualified(view.name)}"
    create = f"CREATE VIEW {qualified(view.name)} {view.definition.strip()}"
    return Dependent(gone=(drop,), named=(create,), unnamed=(drop,), again=executed(create))


def _comment(table: Table, column: str, context: Context) -> Iterator[Dependent]:
    said = [
        each
        for each in ancestors(context)
        if isinstance(each, CommentOn) and each.column == column and each.name.key == table.name.key
    ]
    if said:
        yield Dependent(named=(sentence(said[-1]),), again=executed(sentence(said[-1])))


def ancestors(context: Context) -> Iterator[Operation]:
    """Every operation beneath this one, oldest first."""
    line = context.history.ancestors(context.script.revision) - {context.script.revision}
    for revision in context.history.order:
        if revision in line:
            yield from context.history.scripts[revision].upgrade
    yield from (step.operation for step in context.steps[: context.position])
