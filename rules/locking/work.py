"""What an operation does to whole tables: how long it takes grows with them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rules.locking.facts import Moment, facts_of
from rules.model import operations as model
from rules.model.locks import Work
from rules.model.names import Name
from rules.model.operations import Operation

_BOUNDED = re.compile(r"\b(WHERE|LIMIT|FETCH)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Load:
    """The heaviest kind of work, and the tables that it is done on; none where they are not known.

    `reads` are those whose rows choose or fill the rows that are written. `for_each` says that the tables it is done on
    only choose: for each of their rows one row of that table is written at most.
    """

    work: Work
    on: tuple[Name, ...] = ()
    reads: tuple[Name, ...] = ()
    for_each: Name | None = None


def load_of(operation: Operation, moment: Moment) -> Load:
    """A partitioned table stands for its partitions."""
    if isinstance(operation, model.Update | model.Delete):
        return _of_change(operation, moment)
    return Load(*_of_others(operation, moment))


def _of_change(operation: model.Update | model.Delete, moment: Moment) -> Load:
    if moment.schema.rows_of(operation).few:
        return Load(Work.NONE)
    if moment.schema.is_new(operation.table):
        return Load(Work.NONE if moment.schema.is_listed(operation.table) else Work.READ, operation.sources)
    bound = moment.schema.bounded_by(operation)
    if bound is not None:
        return Load(Work.WRITTEN, (bound,), for_each=operation.table)
    return Load(Work.WRITTEN, (operation.table,), operation.sources)


def _of_others(operation: Operation, moment: Moment) -> tuple[Work, tuple[Name, ...]]:
    match operation:
        case model.Insert(rows=rows, sources=sources) if not rows.few:
            return Work.WRITTEN, sources
        case model.CreateTable(from_query=True):
            return Work.WRITTEN, ()
        case model.Copy(into=into, table=table):
            return (Work.WRITTEN, ()) if into else (Work.READ, (table,))
        case model.Select(sources=sources) if sources and not _BOUNDED.search(operation.sql):
            return Work.READ, sources
        case model.RefreshView(view=view):
            known = moment.schema.view(view)
            return (Work.WRITTEN, known.reads if known is not None else ()) if operation.with_data else (Work.NONE, ())
    return _of_facts(operation, moment)


def _of_facts(operation: Operation, moment: Moment) -> tuple[Work, tuple[Name, ...]]:
    kinds: dict[Work, list[Name]] = {}
    for fact in facts_of(operation, moment):
        if fact.rewrites:
            kinds.setdefault(Work.REWRITTEN, []).extend(fact.tables)
        elif fact.builds:
            kinds.setdefault(Work.INDEXED, []).extend(fact.tables)
        elif fact.scans:
            kinds.setdefault(Work.READ, []).extend(fact.tables)
    if not kinds:
        return Work.NONE, ()
    heaviest = next(work for work in (Work.REWRITTEN, Work.INDEXED, Work.READ) if work in kinds)
    return heaviest, _without_partitions((name for names in kinds.values() for name in names), moment)


def _without_partitions(names: Iterable[Name], moment: Moment) -> tuple[Name, ...]:
    """Sizes of a partitioned table are the sums of its partitions': they would count twice."""
    found = {name.key: name for name in names}

    def counted_above(key: tuple[str, str]) -> bool:
        table = moment.schema.relations.get(key)
        return table is not None and table.partition_of is not None and table.partition_of.key in found

    return tuple(name for key, name in found.items() if not counted_above(key))
