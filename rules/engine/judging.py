"""Shows each new thing to the checks of its type. A check that raises costs only its own judgement."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from rules.context import Context, Scene, Step, ends_transaction
from rules.engine.replay import Replay, steps_of
from rules.model.finding import Finding, Severity
from rules.model.operations import Direction, Operation
from rules.model.place import Place
from rules.model.review import CrashedCheck
from rules.model.script import MigrationScript
from rules.registry import RegisteredCheck, checks_for
from rules.rule import InDowngrade, Rule
from rules.schema import Schema
from rules.settings.patterns import matches


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as its rule made it, with what settles its severity, its fingerprint and its suggestion."""

    rule: Rule
    finding: Finding
    script: MigrationScript | None = None
    direction: Direction | None = None
    operation: Operation | None = None
    large: bool = False


@dataclass(slots=True)
class Judgement:
    found: list[Found]
    crashed: list[CrashedCheck]

    def add(self, rule: Rule, place: Place | None, make: Callable[[], Iterator[Finding]], **known: Any) -> None:
        try:
            findings = list(make())
        except Exception as error:  # a rule's own fault must not silence the others
            self.crashed.append(CrashedCheck(rule.name, place, f"{type(error).__name__}: {error}"))
            return
        self.found.extend(Found(rule, finding, **known) for finding in findings)


def judge_matters(scene: Scene, matters: Iterable[Any], into: Judgement) -> None:
    """Judges what belongs to a location as a whole: graph problems, unreadable files, ignores, settings."""
    for matter in matters:
        for check in checks_for(type(matter)):
            if _runs(check.rule, scene, None):
                place = getattr(matter, "place", None)
                into.add(check.rule, place, partial(check.check, matter, scene))


def judge_scripts(scene: Scene, replay: Replay, revisions: Collection[str], into: Judgement) -> None:
    """Judges those revisions in the order in which they run."""
    transaction: tuple[Step, ...] = ()
    checks = _Checks(scene)
    base = _base_schema(scene, replay, revisions)
    for revision in replay.in_order(revisions):
        script = replay.history.scripts[revision]
        start = replay.before(revision)
        if scene.apart or scene.environment.transaction_per_migration is not False:
            transaction = ()
        before = start if scene.apart else base
        transaction = _judge_script(checks, script, start, before, transaction, into)


def _base_schema(scene: Scene, replay: Replay, revisions: Collection[str]) -> Schema:
    """What stands at the base of the pull request: the schema beneath its first revision."""
    first = next(iter(replay.in_order(revisions)), None)
    return scene.start if first is None else replay.before(first)


def _judge_script(
    checks: _Checks,
    script: MigrationScript,
    start: Schema,
    before: Schema,
    transaction: tuple[Step, ...],
    into: Judgement,
) -> tuple[Step, ...]:
    scene = checks.scene
    steps, end = steps_of(script, Direction.UPGRADE, start, scene.server_version)
    context = Context(scene, script, Direction.UPGRADE, start, before, steps, 0, transaction)
    for check in checks.of(MigrationScript, script, None):
        into.add(check.rule, Place(script.path, 1), partial(check.check, script, context), script=script)
    transaction = _judge_steps(checks, script, Direction.UPGRADE, steps, before, transaction, into)
    back, _ = steps_of(script, Direction.DOWNGRADE, end, scene.server_version)
    _judge_steps(checks, script, Direction.DOWNGRADE, back, before, (), into)
    return transaction


def _judge_steps(
    checks: _Checks,
    script: MigrationScript,
    direction: Direction,
    steps: tuple[Step, ...],
    before: Schema,
    transaction: tuple[Step, ...],
    into: Judgement,
) -> tuple[Step, ...]:
    for position, step in enumerate(steps):
        operation = step.operation
        if not operation.statement.transactional or checks.scene.environment.autocommit:
            transaction = ()
        context = Context(checks.scene, script, direction, step.schema, before, steps, position, transaction)
        for check in checks.of(type(operation), script, direction):
            into.add(
                check.rule,
                operation.place,
                partial(check.check, operation, context),
                script=script,
                direction=direction,
                operation=operation,
                large=check.rule.size_bound and any(context.is_large(table) for table in tables_of(operation)),
            )
        if ends_transaction(operation):
            transaction = ()
        elif operation.statement.transactional:
            transaction = (*transaction, step)
    return transaction


def tables_of(operation: Operation) -> tuple[Any, ...]:
    """The tables that an operation names, its foreign key's target among them."""
    named = [getattr(operation, "table", None)]
    named.append(getattr(getattr(operation, "constraint", None), "target", None))
    column = getattr(operation, "column", None)
    named.extend(getattr(constraint, "target", None) for constraint in getattr(column, "constraints", ()))
    return tuple(name for name in named if name is not None)


class _Checks:
    """The checks that run, by what they look at: settled once for all scripts, not for each operation."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._paths = any(setting.paths for setting in scene.settings.rules.values())
        """Whether it hangs on the script's path."""
        self._found: dict[tuple[object, ...], tuple[RegisteredCheck, ...]] = {}

    def of(
        self, kind: type[object], script: MigrationScript, direction: Direction | None
    ) -> tuple[RegisteredCheck, ...]:
        key = (kind, direction, script.path if self._paths else "")
        if key not in self._found:
            self._found[key] = tuple(
                check for check in checks_for(kind) if _runs(check.rule, self.scene, script, direction)
            )
        return self._found[key]


def _runs(rule: Rule, scene: Scene, script: MigrationScript | None, direction: Direction | None = None) -> bool:
    setting = scene.settings.of(rule.name)
    if scene.settings.severity_of(rule.name, rule.severity) is Severity.OFF:
        return False
    if not rule.speaks_of(scene.where.dialect):
        return False
    if script is not None and setting.paths and not matches(script.path, setting.paths):
        return False
    if direction is Direction.DOWNGRADE and rule.downgrade is InDowngrade.SILENT:
        return scene.settings.judge_downgrades
    return True
