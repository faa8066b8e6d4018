"""What tells two schemas apart, object by object: exact, and silent about what one of them does not know.

A table that is left or missing stands for all that belongs to it, a column for its constraints and indexes.
The order of columns, comments, rights and temporary tables are no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from rules.model.names import Name
from rules.schema.comparing import Trait, traits_of_column, traits_of_constraint, traits_of_index, traits_of_table
from rules.schema.objects import ConstraintKind, Index, Table, TableColumn, TableConstraint, View
from rules.schema.schema import Key, Schema
from rules.schema.wording import same_expression

Item = TypeVar("Item")


class Thing(StrEnum):
    TABLE = "table"
    COLUMN = "column"
    CONSTRAINT = "constraint"
    INDEX = "index"
    TRIGGER = "trigger"
    VIEW = "view"
    ENUM = "enum type"
    DOMAIN = "domain"
    TYPE = "type"
    SEQUENCE = "sequence"
    FUNCTION = "function"
    EXTENSION = "extension"
    SCHEMA = "schema"


@dataclass(frozen=True, slots=True)
class Difference:
    """`name` is the object's, `table` that which it belongs to (None for what stands alone).

    `before` and `after` are the schema's own values, None where there is none.
    """

    thing: Thing
    name: str
    table: Name | None
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Left(Difference):
    """There afterwards, not before."""


@dataclass(frozen=True, slots=True)
class Missing(Difference):
    """There before, not afterwards."""


@dataclass(frozen=True, slots=True)
class Renamed(Difference):
    """The same object; `name` is that of before."""


@dataclass(frozen=True, slots=True)
class Changed(Difference):
    """There in both, with one trait that differs."""

    trait: Trait


Known = Callable[[TableColumn | TableConstraint | Index], bool]


def differences(before: Schema, after: Schema, added: Known = lambda _: False) -> tuple[Difference, ...]:
    """`added` says of a part of a table that was never seen created, whether it is known not to have been there."""
    found: list[Difference] = [*_tables(before, after, added)]
    found += _views(before, after)
    found += _plain(Thing.ENUM, before.enums, after.enums)
    found += _labels(before, after)
    found += _plain(Thing.DOMAIN, before.domains, after.domains)
    found += _plain(Thing.TYPE, before.types, after.types)
    found += _sequences(before, after)
    found += _plain(Thing.FUNCTION, before.functions, after.functions)
    found += _named(Thing.EXTENSION, before.extensions, after.extensions)
    found += _named(Thing.SCHEMA, before.schemas, after.schemas)
    return tuple(found)


def _tables(before: Schema, after: Schema, added: Known) -> Iterator[Difference]:
    keys = [key for key in before.relations if before.relations[key] is not after.relations.get(key)]
    keys += [key for key in after.relations if key not in before.relations]
    gone = [before.relations[key] for key in keys if key in before.relations and key not in after.relations]
    come = [after.relations[key] for key in keys if key not in before.relations]
    for table in [table for table in gone if table.created]:
        same = next((it for it in come if it.created and _is_same_table(table, it)), None)
        if same is not None:
            gone.remove(table)
            come.remove(same)
            yield Renamed(Thing.TABLE, str(table.name), None, table, same)
    for table in gone:
        if not table.temporary:
            yield Missing(Thing.TABLE, str(table.name), None, table, None)
    for table in come:
        if table.created and not table.temporary:
            yield Left(Thing.TABLE, str(table.name), None, None, table)
        elif not table.created:
            yield from _inside(Table(table.name, created=False, complete=False), table, added)
    for key in keys:
        if key in before.relations and key in after.relations:
            yield from _inside(before.relations[key], after.relations[key], added)


def _is_same_table(one: Table, other: Table) -> bool:
    return one.origin == other.origin and {it.name for it in one.columns} == {it.name for it in other.columns}


def _inside(before: Table, after: Table, added: Known) -> Iterator[Difference]:
    """The parts of one table, as far as both sides are known."""
    if before.temporary or after.temporary:
        return
    sure_before = before.complete
    sure_after = after.complete or after.origin == before.origin
    name = after.name

    def pairs(thing: Thing, olds: Iterable[Item], news: Iterable[Item], same: Callable[[Item, Item], bool]) -> Any:
        for each in _paired(thing, name, list(olds), list(news), same):
            if isinstance(each, Left) and not (sure_before or added(each.after)):
                continue
            if isinstance(each, Missing) and not sure_after:
                continue
            yield each

    yield from _changed(Thing.TABLE, str(name), None, before, after, traits_of_table(before, after))
    columns = [*pairs(Thing.COLUMN, _known(before.columns), _known(after.columns), _is_same_column)]
    yield from columns
    apart = {it.name for it in columns if isinstance(it, Left | Missing)}
    renamed = {it.before.name: it.after.name for it in columns if isinstance(it, Renamed)}
    touching = apart | {*renamed} | {*renamed.values()}
    yield from pairs(
        Thing.CONSTRAINT,
        (it for it in before.constraints if _counts(it) and not touching.intersection(it.columns)),
        (it for it in after.constraints if _counts(it) and not touching.intersection(it.columns)),
        lambda one, other: one.kind is other.kind and not any(traits_of_constraint(one, other)),
    )
    yield from pairs(
        Thing.INDEX,
        (it for it in before.indexes if it.constraint is None and not _mentions(it, touching)),
        (it for it in after.indexes if it.constraint is None and not _mentions(it, touching)),
        lambda one, other: not any(traits_of_index(one, other)),
    )
    yield from pairs(Thing.TRIGGER, before.triggers, after.triggers, _never)


def _known(columns: Iterable[TableColumn]) -> Iterator[TableColumn]:
    return (column for column in columns if column.type.known)


def _counts(constraint: TableConstraint) -> bool:
    """A NOT NULL is said of the column."""
    return constraint.kind is not ConstraintKind.NOT_NULL


def _mentions(index: Index, columns: set[str]) -> bool:
    return bool(columns.intersection(it for it in (*index.columns, *index.include) if it))


def _is_same_column(one: TableColumn, other: TableColumn) -> bool:
    """The one under another name: it came from the same revision and is otherwise as it was."""
    return one.origin == other.origin and not any(traits_of_column(one, other))


def _paired(
    thing: Thing, table: Name, olds: list[Any], news: list[Any], same: Callable[[Any, Any], bool]
) -> Iterator[Difference]:
    now = {_name(it): it for it in news}
    was = {_name(it): it for it in olds}
    come = [it for it in news if _name(it) not in was]
    for old in olds:
        name = _name(old)
        if name in now:
            if old is not now[name]:
                yield from _changed(thing, name, table, old, now[name], _traits(thing, old, now[name]))
            continue
        twin = next((it for it in come if same(old, it)), None)
        if twin is None:
            yield Missing(thing, name, table, old, None)
        else:
            come.remove(twin)
            yield Renamed(thing, name, table, old, twin)
    for new in come:
        yield Left(thing, _name(new), table, None, new)


def _never(_: object, __: object) -> bool:
    return False


def _name(item: Any) -> str:
    return item.name.name if isinstance(item.name, Name) else str(item.name)


def _traits(thing: Thing, old: Any, new: Any) -> Iterator[Trait]:
    match thing:
        case Thing.COLUMN:
            return traits_of_column(old, new)
        case Thing.CONSTRAINT:
            return traits_of_constraint(old, new)
        case Thing.INDEX:
            return traits_of_index(old, new)
    return iter((Trait.ENABLED,) if old.enabled != new.enabled else ())


def _changed(
    thing: Thing, name: str, table: Name | None, before: Any, after: Any, traits: Iterator[Trait]
) -> Iterator[Difference]:
    for trait in traits:
        yield Changed(thing, name, table, before, after, trait)


def _views(before: Schema, after: Schema) -> Iterator[Difference]:
    yield from _plain(Thing.VIEW, before.views, after.views)
    for key in before.views.keys() & after.views.keys():
        old, new = before.views[key], after.views[key]
        if old is new:
            continue
        if old.definition and new.definition and not _same_view(old, new):
            yield Changed(Thing.VIEW, str(old.name), None, old, new, Trait.DEFINITION)
        yield from _paired(Thing.INDEX, old.name, [*old.indexes], [*new.indexes], _never)


def _same_view(old: View, new: View) -> bool:
    return old.materialized == new.materialized and same_expression(old.definition, new.definition)


def _labels(before: Schema, after: Schema) -> Iterator[Difference]:
    for key in before.enums.keys() & after.enums.keys():
        old, new = before.enums[key], after.enums[key]
        if old.labels != new.labels:
            yield Changed(Thing.ENUM, str(old.name), None, old, new, Trait.LABELS)


def _sequences(before: Schema, after: Schema) -> Iterator[Difference]:
    """One that a column owns is the column's matter."""
    if before.sequences is after.sequences:
        return
    alone = [{key: it for key, it in schema.sequences.items() if it.owner is None} for schema in (before, after)]
    for each in _plain(Thing.SEQUENCE, *alone):
        there = after if isinstance(each, Missing) else before
        if (each.before or each.after).name.key not in there.sequences:
            yield each


def _plain(thing: Thing, before: Mapping[Key, Any], after: Mapping[Key, Any]) -> Iterator[Difference]:
    if before is after:
        return
    for key in before:
        if key not in after:
            yield Missing(thing, str(before[key].name), None, before[key], None)
    for key in after:
        if key not in before:
            yield Left(thing, str(after[key].name), None, None, after[key])


def _named(thing: Thing, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    yield from _plain(
        thing, {("", key): it for key, it in before.items()}, {("", key): it for key, it in after.items()}
    )
