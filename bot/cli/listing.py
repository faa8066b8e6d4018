"""The revisions that `sql` and `locks` speak of, each with the schema that it meets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from bot.cli.repository import RepositoryFolder
from rules.engine.case import open_case
from rules.engine.listing import lock_rows, statements_of, unread_of
from rules.engine.replay import steps_of
from rules.model.location import ScriptLocation
from rules.model.operations import Direction
from rules.model.review import LockRow, StatementLine, UnreadPlace
from rules.model.script import MigrationScript
from rules.schema import Schema


@dataclass(frozen=True, slots=True)
class Listed:
    """One direction of one revision. `before` is the schema that its parents leave."""

    script: MigrationScript
    direction: Direction
    before: Schema
    server_version: int

    @property
    def statements(self) -> tuple[StatementLine, ...]:
        return statements_of(self.script, self.direction)

    @property
    def unread(self) -> tuple[UnreadPlace, ...]:
        return tuple(place for place in unread_of(self.script) if place.direction is self.direction)

    @property
    def complete(self) -> bool:
        return not self.unread and not any(statement.conditional for statement in self.statements)

    @property
    def locks(self) -> tuple[LockRow, ...]:
        steps, end = steps_of(self.script, Direction.UPGRADE, self.before, self.server_version)
        if self.direction is Direction.DOWNGRADE:
            steps, _ = steps_of(self.script, Direction.DOWNGRADE, end, self.server_version)
        return lock_rows(steps, self.direction)


def listed(repository: RepositoryFolder, direction: Direction) -> tuple[Listed, ...]:
    """In the order in which they run: downgrades from the newest on. Raises WrongInput for an unknown name."""
    found = tuple(chain.from_iterable(_in(where, repository, direction) for where in repository.locations))
    if repository.new is not None:
        repository.new.require_all_met()
    return found


def _in(where: ScriptLocation, repository: RepositoryFolder, direction: Direction) -> Iterator[Listed]:
    settings = repository.settings.model_copy(update={"ignore_paths": ()})
    case = open_case(
        where,
        repository.texts,
        repository.base_texts,
        settings,
        repository.is_new,
        repository.judge_all,
        readings=repository.readings,
    )
    scripts = case.judged if direction is Direction.UPGRADE else reversed(case.judged)
    for script in scripts:
        yield Listed(script, direction, case.replay.before(script.revision), case.scene.server_version)
