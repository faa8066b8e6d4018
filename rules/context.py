"""What a check may know beside the thing it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, TypeVar

from rules.history import History
from rules.locks import LockFact, locks_of
from rules.model.environment import Environment
from rules.model.location import ScriptLocation
from rules.model.names import Name
from rules.model.operations import Direction, Operation, Setting, TransactionControl
from rules.model.script import MigrationScript
from rules.model.size import Size
from rules.schema import Schema
from rules.settings import Settings, TableStatistics

VERSION_TABLE = "alembic_version"
Kind = TypeVar("Kind", bound=Operation)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Scene:
    """What is true for a whole script location. `history` is the graph as it will be after the merge."""

    where: ScriptLocation
    history: History
    environment: Environment = field(default_factory=Environment)
    settings: Settings = field(default_factory=Settings)
    new: frozenset[str] = frozenset()
    """The revisions that the pull request adds."""
    base: History = field(default_factory=History)
    """The graph of the base branch's tip."""
    apart: bool = False
    """Each of them is judged as if it alone were new."""

    @property
    def server_version(self) -> int:
        return self.settings.version_of(self.where.dialect)

    @property
    def start(self) -> Schema:
        """What the first revision meets."""
        return Schema.empty(self.where.dialect, self.environment.search_path)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One operation with the schema that it meets."""

    operation: Operation
    schema: Schema
    script: MigrationScript
    server_version: int
    _locks: list[tuple[LockFact, ...]] = field(default_factory=list, repr=False)

    @property
    def locks(self) -> tuple[LockFact, ...]:
        """Which locks it takes; found once, asked by every later operation of the transaction."""
        if not self._locks:
            self._locks.append(locks_of(self.operation, self.schema, self.server_version))
        return self._locks[0]


@dataclass(frozen=True, slots=True)
class Context:
    """The place of an operation, or of a script (then `position` is 0 and `schema` the one its parents leave).

    `steps` are all operations of this direction of the script, `position` the index of the one looked at.
    `transaction` are the operations before it in the same transaction: of earlier revisions too, unless each
    revision has a transaction of its own. `before` is the schema at the base of the pull request.
    """

    scene: Scene
    script: MigrationScript
    direction: Direction
    schema: Schema
    before: Schema
    steps: tuple[Step, ...] = ()
    position: int = 0
    transaction: tuple[Step, ...] = ()
    _answers: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, find: Callable[[Context], Answer]) -> Answer:
        """The answer to a question about this place that several rules ask: found for the first of them."""
        if find not in self._answers:
            self._answers[find] = find(self)
        answer: Answer = self._answers[find]
        return answer

    @property
    def history(self) -> History:
        return self.scene.history

    @property
    def environment(self) -> Environment:
        return self.scene.environment

    @property
    def settings(self) -> Settings:
        return self.scene.settings

    @property
    def server_version(self) -> int:
        return self.scene.server_version

    @property
    def together(self) -> frozenset[str]:
        """The revisions of the pull request that know of each other: all new ones, this one included."""
        return frozenset({self.script.revision}) if self.scene.apart else self.scene.new

    def is_new(self, table: Name) -> bool:
        """Created by this pull request: nobody reads or writes it yet."""
        return self.schema.is_new(table)

    def is_small(self, table: Name) -> bool:
        """Known to be small, as Alembic's own table is; without statistics every other one counts as big."""
        return table.name == (self.environment.version_table or VERSION_TABLE) or self.are_small((table,))

    def are_small(self, tables: Sequence[Name]) -> bool:
        """Known to be small together."""
        found = [size for table in tables if (size := self._statistics_of(table)) is not None]
        together = Size(sum(size.rows for size in found), sum(size.bytes for size in found))
        return len(found) == len(tables) and together.is_small

    def is_large(self, table: Name) -> bool:
        found = self._statistics_of(table)
        return found is not None and found.is_large

    def is_empty(self, table: Name) -> bool:
        """Known to have no row."""
        found = self._statistics_of(table)
        return found is not None and found.rows == 0

    def _statistics_of(self, table: Name) -> TableStatistics | None:
        statistics = self.settings.table_statistics
        return statistics.of(table) if statistics else None

    def is_in_use(self, table: Name) -> bool:
        """Neither new nor small: somebody waits when a statement takes as long as the table is big."""
        return not self.is_new(table) and not self.is_small(table)

    def earlier(self, *kinds: type[Kind]) -> Iterator[Kind]:
        """Operations of those kinds before this one, in the same function; the nearest first."""
        for step in reversed(self.steps[: self.position]):
            if isinstance(step.operation, kinds):
                yield step.operation

    def later(self, *kinds: type[Kind]) -> Iterator[Kind]:
        """Operations of those kinds after this one, in the same function."""
        for step in self.steps[self.position + 1 :]:
            if isinstance(step.operation, kinds):
                yield step.operation

    @property
    def rest_of_transaction(self) -> Iterator[Step]:
        """The steps after this one, in the same function, before its transaction ends."""
        here, *after = self.steps[self.position :]
        if here.operation.statement.transactional and not self.environment.autocommit:
            yield from takewhile(lambda step: not _is_outside(step.operation), after)

    @property
    def is_whole_statement(self) -> bool:
        """Whether the statement of the operation at hand does nothing beside it."""
        here = self.steps[self.position].operation.statement
        return sum(step.operation.statement is here for step in self.steps) == 1

    @property
    def is_alone(self) -> bool:
        """Whether nothing else of this function needs its transaction (timeouts may stand beside the statement)."""
        here = self.steps[self.position].operation.statement if self.steps else None
        return all(step.operation.statement is here or isinstance(step.operation, Setting) for step in self.steps)


def ends_transaction(operation: Operation) -> bool:
    return isinstance(operation, TransactionControl) and operation.verb.ends


def _is_outside(operation: Operation) -> bool:
    return ends_transaction(operation) or not operation.statement.transactional
