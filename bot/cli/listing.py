"""The revisions that `sql` and `locks` speak of, with what they send and lock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from bot.cli.repository import RepositoryFolder
from rules.engine.case import Case, open_case
from rules.engine.listing import statements_of, unread_of
from rules.engine.lock_report import lock_report, worst_first
from rules.model.location import ScriptLocation
from rules.model.locks import LockMoment
from rules.model.operations import Direction
from rules.model.review import StatementLine, UnreadPlace
from rules.model.script import MigrationScript


@dataclass(frozen=True, slots=True)
class Listed:
    """One direction of one revision."""

    script: MigrationScript
    direction: Direction
    dialect: str

    @property
    def statements(self) -> tuple[StatementLine, ...]:
        return statements_of(self.script, self.direction)

    @property
    def unread(self) -> tuple[UnreadPlace, ...]:
        return tuple(place for place in unread_of(self.script, self.dialect) if place.direction is self.direction)

    @property
    def complete(self) -> bool:
        return not self.unread and not any(statement.conditional for statement in self.statements)


def listed(repository: RepositoryFolder, direction: Direction) -> tuple[Listed, ...]:
    """In the order in which they run: downgrades from the newest on. Raises WrongInput for an unknown name."""
    return tuple(chain.from_iterable(_in(case, direction) for case in _cases(repository)))


def locked(repository: RepositoryFolder, direction: Direction) -> tuple[tuple[Listed, ...], tuple[LockMoment, ...]]:
    """The same, with the moments of their locks: of each location the worst first. Raises WrongInput."""
    cases = _cases(repository)
    found = tuple(chain.from_iterable(_in(case, direction) for case in cases))
    moments = (worst_first(lock_report(case.judged, direction, case.replay, case.scene)) for case in cases)
    return found, tuple(chain.from_iterable(moments))


def _cases(repository: RepositoryFolder) -> tuple[Case, ...]:
    cases = tuple(_case(where, repository) for where in repository.locations)
    if repository.new is not None:
        repository.new.require_all_met()
    return cases


def _in(case: Case, direction: Direction) -> Iterator[Listed]:
    for script in case.judged if direction is Direction.UPGRADE else reversed(case.judged):
        yield Listed(script, direction, case.scene.where.dialect)


def _case(where: ScriptLocation, repository: RepositoryFolder) -> Case:
    return open_case(
        where,
        repository.texts,
        repository.base_texts,
        repository.settings.model_copy(update={"ignore_paths": ()}),
        repository.is_new,
        repository.judge_all,
        readings=repository.readings,
    )
