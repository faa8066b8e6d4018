"""What a table's constraints mean beneath it, at each depth: partitions get all of them, heirs only the checks.

Sources: https://www.postgresql.org/docs/current/ddl-partitioning.html
https://www.postgresql.org/docs/current/ddl-inherit.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rules.model.columns import Check, Constraint, Exclusion, ForeignKey, NotNull, PrimaryKey, Unique
from rules.model.names import Name
from rules.schema import naming
from rules.schema.comparing import traits_of_constraint
from rules.schema.constraining import constrained
from rules.schema.edits import taken_in, touched, with_table
from rules.schema.objects import Origin, Table, TableConstraint

if TYPE_CHECKING:
    from rules.schema.schema import Schema

Change = Callable[["Schema", Table, TableConstraint], Table]
"""A table below, and what it has for the constraint above -> the table changed."""


def with_constraint(schema: Schema, name: Name, constraint: Constraint, origin: Origin) -> Schema:
    """The constraint on the table and on whatever is beneath it."""
    table = constrained(schema, touched(schema, name), constraint, origin)
    schema = with_table(schema, table)
    added = table.constraints[-1]
    for child in _beneath(schema, name, added):
        if counterpart(child, added) is None:
            schema = with_constraint(schema, child.name, as_handed_down(schema, child, added), origin)
    return schema


def counterpart(child: Table, above: TableConstraint) -> TableConstraint | None:
    """What a table has already for a constraint of the one above it: taken over, not made a second time."""
    return next((it for it in child.constraints if _stands_for(it, above)), None)


def partitions_with(schema: Schema, name: Name, constraint: Constraint) -> tuple[tuple[Name, ...], tuple[Name, ...]]:
    """The partitions that have such a constraint already, and those whose rows have to be looked at for it."""
    wanted = constrained(schema, touched(schema, name), constraint, Origin()).constraints[-1]
    having: list[Name] = []
    lacking: list[Name] = []
    waiting = list(schema.partitions(name))
    while waiting:
        partition = waiting.pop()
        if counterpart(partition, wanted) is not None:
            having.append(partition.name)
        elif partition.partitioned:
            waiting += schema.partitions(partition.name)
        else:
            lacking.append(partition.name)
    return tuple(having), tuple(lacking)


def _stands_for(below: TableConstraint, above: TableConstraint) -> bool:
    if isinstance(above.definition, Check | NotNull):
        return below.kind is above.kind and below.name == above.name
    return not any(traits_of_constraint(above, below))


def as_handed_down(schema: Schema, child: Table, above: TableConstraint) -> Constraint:
    """Keys get a name of their own; the others keep the one from above, where it is free."""
    definition = above.definition
    match definition:
        case PrimaryKey() | Unique():
            return replace(definition, name=None, index=None, columns=above.columns)
        case Exclusion():
            return replace(definition, name=None)
        case ForeignKey() if child.constraint(above.name) is not None:
            middle = "_".join(above.columns)
            return replace(definition, name=naming.chosen(child.name.name, middle, "fkey", taken_in(schema, child)))
    return replace(definition, name=above.name)


def changed_beneath(schema: Schema, name: Name, above: TableConstraint, change: Change) -> Schema:
    """With what each table beneath has for a constraint changed as well."""
    for child in _beneath(schema, name, above):
        found = counterpart(child, above)
        if found is not None:
            schema = with_table(schema, change(schema, child, found))
            schema = changed_beneath(schema, child.name, found, change)
    return schema


def _beneath(schema: Schema, name: Name, above: TableConstraint) -> Iterator[Table]:
    yield from schema.partitions(name)
    if isinstance(above.definition, NotNull) or (
        isinstance(above.definition, Check) and not above.definition.no_inherit
    ):
        yield from schema.heirs(name)
