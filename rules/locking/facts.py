"""The noun of this room, and what the functions share: the schema at the moment, the server's version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from rules.model.columns import ForeignKey
from rules.model.locks import Blocks
from rules.model.names import Name
from rules.model.operations import Maintenance, Operation, Reindex
from rules.postgres.lock_modes import LockMode
from rules.schema import ConstraintKind, Schema, Table


@dataclass(frozen=True, slots=True)
class LockFact:
    """`scans`: reads a whole table while the lock is held, to check it or to build an index.

    `builds`: an index is built. `rewrites`: writes the whole table anew. None of them: the lock is brief. `tables` is
    empty where none is known (VACUUM of everything); an index stands for its table where the table was never seen.
    """

    mode: LockMode
    tables: tuple[Name, ...]
    rewrites: bool = False
    scans: bool = False
    builds: bool = False

    @property
    def blocks(self) -> Blocks:
        return self.mode.blocks


@dataclass(frozen=True, slots=True)
class Moment:
    """The schema just before the operation."""

    schema: Schema
    version: int
    utc: bool = False
    """Whether the session's time zone is known to be UTC."""

    def below(self, name: Name) -> tuple[Name, ...]:
        """A table with its partitions and the tables that inherit from it, at any depth."""
        return (name, *self.schema.below(name))

    def partitions(self, name: Name) -> tuple[Name, ...]:
        """A partitioned table with its partitions; another alone, whoever inherits from it."""
        table = self.schema.trace(name)
        return self.below(name) if table is not None and table.partitioned else (name,)

    def readers(self, name: Name) -> tuple[Name, ...]:
        """The views on a table or view, those on them, and so on."""
        return self.following(name, lambda one: [view.name for view in self.schema.readers_of(one)])

    def read_by(self, name: Name) -> tuple[Name, ...]:
        """What a view reads, down to the tables."""
        return self.following(name, lambda one: view.reads if (view := self.schema.view(one)) is not None else ())

    def following(self, name: Name, following: Callable[[Name], Iterable[Name]]) -> tuple[Name, ...]:
        """What follows from a name, step by step, itself only where a circle leads back."""
        found: dict[tuple[str, str], Name] = {}
        waiting = [name]
        while waiting:
            for other in following(waiting.pop()):
                if other.key not in found:
                    found[other.key] = other
                    waiting.append(other)
        return tuple(found.values())

    def targets(self, table: Table | None) -> tuple[Name, ...]:
        """The other tables that the foreign keys of a table point at, with their partitions."""
        if table is None:
            return ()
        keys = (it.definition for it in table.constraints_of(ConstraintKind.FOREIGN_KEY))
        names = (name for key in keys if isinstance(key, ForeignKey) for name in self.partitions(key.target))
        return tuple({name.key: name for name in names if name.key != table.name.key}.values())

    def referrers(self, name: Name) -> tuple[Name, ...]:
        """The other tables whose foreign keys point at a table, with their partitions."""
        tables = (it for table, _ in self.schema.references_to(name) for it in self.partitions(table.name))
        return tuple({it.key: it for it in tables if it.key != name.key}.values())


Kind = TypeVar("Kind", bound=Operation)
Taking = Callable[[Any, Moment], Iterable[LockFact]]
_TAKING: dict[type[Operation], Taking] = {}


def takes(
    kind: type[Kind],
) -> Callable[[Callable[[Kind, Moment], Iterable[LockFact]]], Callable[[Kind, Moment], Iterable[LockFact]]]:
    """Registers the function that knows the locks of one type of operation."""

    def register(taking: Callable[[Kind, Moment], Iterable[LockFact]]) -> Callable[[Kind, Moment], Iterable[LockFact]]:
        _TAKING[kind] = taking
        return taking

    return register


def facts_of(operation: Operation, moment: Moment) -> Iterator[LockFact]:
    taking = _TAKING.get(type(operation))
    if taking is not None:
        of_all = isinstance(operation, Maintenance | Reindex)
        yield from (fact for fact in taking(operation, moment) if fact.tables or of_all)


def merged(facts: Iterable[LockFact]) -> tuple[LockFact, ...]:
    """One fact for each mode, strongest first; a table stands under its strongest mode only."""
    strongest: dict[tuple[str, str], LockMode] = {}
    names: dict[tuple[str, str], Name] = {}
    work: dict[LockMode, tuple[bool, bool, bool]] = {}
    nameless: set[LockMode] = set()
    for fact in facts:
        rewrites, scans, builds = work.get(fact.mode, (False, False, False))
        work[fact.mode] = (rewrites or fact.rewrites, scans or fact.scans, builds or fact.builds)
        if not fact.tables:
            nameless.add(fact.mode)
        for name in fact.tables:
            held = strongest.get(name.key)
            if held is None or fact.mode.rank > held.rank:
                strongest[name.key] = fact.mode
            names.setdefault(name.key, name)
    found = []
    for mode in sorted(work, key=lambda it: -it.rank):
        tables = tuple(names[key] for key, held in strongest.items() if held is mode)
        if tables or mode in nameless:
            found.append(LockFact(mode, tables, *work[mode]))
    return tuple(found)
