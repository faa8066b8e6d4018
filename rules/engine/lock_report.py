"""Which locks the judged revisions take, how long each is kept, and which moment is the worst."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from rules.context import Scene, Step, ends_transaction
from rules.dialects import JUDGED, MYSQL
from rules.engine.online_moments import online_moment
from rules.engine.replay import Replay, steps_of
from rules.locking.facts import Moment, merged
from rules.locking.work import Load, load_of
from rules.locks import stands_for_itself
from rules.model.locks import Blocks, LockMoment, LockRow, Waiting, Work
from rules.model.names import Name
from rules.model.operations import Delete, Direction, Insert, Rows, Select, Update
from rules.model.script import MigrationScript
from rules.model.size import Size
from rules.settings import Statistics

_HEAVIEST_FIRST = (Work.REWRITTEN, Work.WRITTEN, Work.INDEXED, Work.READ)
_SCHEMA_CHANGES = 2 * Blocks.SCHEMA_CHANGES.weight


def lock_report(
    scripts: Sequence[MigrationScript], direction: Direction, replay: Replay, scene: Scene
) -> tuple[LockMoment, ...]:
    """One moment for each statement that locks or works on a table, in the order in which they run, with its rank.

    Downgrades are run one by one: each has a transaction of its own. Of MySQL and MariaDB a moment may say that it is
    not known; other databases get none.
    """
    if scene.where.dialect in MYSQL:
        return _in_rank(list(_online(scripts, direction, replay, scene)))
    if scene.where.dialect != JUDGED:
        return ()
    together = scene.environment.transaction_per_migration is False and not scene.apart
    run = _Run(scene.settings.table_statistics)
    found: list[LockMoment] = []
    for script in scripts:
        if not together or direction is Direction.DOWNGRADE:
            run.commit()
        for steps in _statements(script, direction, replay, scene.server_version):
            if scene.environment.autocommit:
                run.commit()
            moment = run.moment(steps, direction)
            if moment is not None:
                found.append(moment)
    return _in_rank(list(_until_the_commits(found, run)))


def _online(
    scripts: Sequence[MigrationScript], direction: Direction, replay: Replay, scene: Scene
) -> Iterator[LockMoment]:
    """Of MySQL and MariaDB, where each statement commits by itself."""
    for script in scripts:
        before: list[Step] = []
        for steps in _statements(script, direction, replay, scene.server_version):
            moment = online_moment(steps, before, direction, scene.settings.table_statistics)
            before += steps
            if moment is not None:
                yield moment


def _in_rank(whole: Sequence[LockMoment]) -> tuple[LockMoment, ...]:
    order = sorted(range(len(whole)), key=lambda at: (*_harm(whole[at]), at))
    ranks = {at: rank for rank, at in enumerate(order, 1)}
    return tuple(_ranked(moment, ranks[at]) for at, moment in enumerate(whole))


def worst_first(moments: Iterable[LockMoment]) -> tuple[LockMoment, ...]:
    return tuple(sorted(moments, key=lambda moment: moment.rank))


def _statements(
    script: MigrationScript, direction: Direction, replay: Replay, version: int
) -> Iterator[tuple[Step, ...]]:
    start = replay.before(script.revision)
    steps, end = steps_of(script, Direction.UPGRADE, start, version)
    if direction is Direction.DOWNGRADE:
        steps, _ = steps_of(script, direction, end, version)
    for _, group in groupby(steps, key=lambda step: id(step.operation.statement)):
        yield tuple(group)


@dataclass(slots=True)
class _Run:
    """The statements so far: which transaction is open, and whom its locks make wait."""

    statistics: Statistics | None
    transaction: int = 1
    held: dict[tuple[str, str], Waiting] = field(default_factory=dict)
    statements: Counter[int] = field(default_factory=Counter)
    """Of each transaction."""

    def commit(self) -> None:
        if self.statements[self.transaction]:
            self.transaction += 1
        self.held = {}

    def moment(self, steps: tuple[Step, ...], direction: Direction) -> LockMoment | None:
        statement = steps[0].operation.statement
        if not statement.transactional:
            self.commit()
        else:
            self.statements[self.transaction] += 1
        waiting = dict(self.held)
        for key, wait in _waiting(steps).items():
            waiting[key] = _longer(waiting.get(key), wait)
        inside = self.transaction if statement.transactional else None
        found = _moment(steps, direction, tuple(waiting.values()), self.statistics)
        if statement.transactional:
            self.held = waiting
        position = self.statements[self.transaction]
        if any(ends_transaction(step.operation) for step in steps):
            self.commit()
        return replace(found, transaction=inside, held_for=position) if found is not None else None


def _longer(one: Waiting | None, other: Waiting) -> Waiting:
    """The one for which more wait; of two alike the earlier."""
    return other if one is None or _weight(other) > _weight(one) else one


def _weight(wait: Waiting) -> int:
    return 2 * wait.blocks.weight - wait.rows_only


def _waiting(steps: Iterable[Step]) -> dict[tuple[str, str], Waiting]:
    """Who waits for the locks of one statement, by table; for what the pull request makes nobody does."""
    found: dict[tuple[str, str], Waiting] = {}
    for step in steps:
        operation = step.operation
        for name, blocks, rows_only in _held(step):
            if not step.schema.is_new(name):
                shown = f"the table of {name}" if stands_for_itself(operation, name) else str(name)
                wait = Waiting(shown, blocks, operation.place, step.script.revision, rows_only)
                found[name.key] = _longer(found.get(name.key), wait)
    return found


def _held(step: Step) -> Iterator[tuple[Name, Blocks, bool]]:
    """Tables, and whether only some of their rows are locked."""
    for fact in step.locks:
        if fact.blocks is not Blocks.NOTHING:
            yield from ((name, fact.blocks, False) for name in fact.tables)
    match step.operation:
        case Insert(table=table, locked=locked, updates=updates):
            changed = (table,) if updates else ()
            yield from ((name, Blocks.WRITES, True) for name in (*changed, *locked))
        case Update(table=table, locked=locked) | Delete(table=table, locked=locked):
            yield from ((name, Blocks.WRITES, True) for name in (table, *locked))
        case Select(locking=True, sources=sources):
            yield from ((name, Blocks.WRITES, True) for name in sources)


def _moment(
    steps: tuple[Step, ...], direction: Direction, waiting: tuple[Waiting, ...], statistics: Statistics | None
) -> LockMoment | None:
    statement, revision = steps[0].operation.statement, steps[0].script.revision
    load = _load(steps)
    size = _size((*load.on, *load.reads), statistics)
    row = LockRow(statement.place, revision, direction, statement.sql, "", (), Blocks.NOTHING)
    rows = _rows(steps, replace(row, growth=load.work.growth, size=size, rows=_changed(steps)))
    if not rows and (load.work is Work.NONE or not waiting):
        return None
    longest_first = tuple(sorted(waiting, key=lambda wait: -_weight(wait)))
    return LockMoment(
        statement.place,
        revision,
        direction,
        statement.sql,
        rows,
        longest_first,
        load.work,
        tuple(map(str, load.on)),
        tuple(map(str, load.reads)),
        None if load.for_each is None else str(load.for_each),
        size,
    )


def _changed(steps: Iterable[Step]) -> Rows | None:
    """The most of one statement."""
    found = {step.schema.rows_of(op) for step in steps if isinstance(op := step.operation, Insert | Update | Delete)}
    return next((rows for rows in Rows if rows in found), None)


def _load(steps: Iterable[Step]) -> Load:
    """The heaviest of one statement; a table that the pull request makes is small yet."""
    found = [load for step in steps if (load := _without_new(step)).work is not Work.NONE]
    if not found:
        return Load(Work.NONE)
    heaviest = next(each for each in _HEAVIEST_FIRST if any(load.work is each for load in found))
    on = {name.key: name for load in found for name in load.on}
    reads = {name.key: name for load in found for name in load.reads if name.key not in on}
    chosen = next((load.for_each for load in found if load.for_each), None)
    alike = all(load.on == found[0].on for load in found)
    return Load(heaviest, tuple(on.values()), tuple(reads.values()), chosen if alike else None)


def _without_new(step: Step) -> Load:
    load = load_of(step.operation, Moment(step.schema, step.server_version))
    on, reads = ([name for name in names if not step.schema.is_new(name)] for names in (load.on, load.reads))
    return Load(Work.NONE) if load.on and not on else replace(load, on=tuple(on), reads=tuple(reads))


def _rows(steps: Sequence[Step], blank: LockRow) -> tuple[LockRow, ...]:
    """One for each lock mode, the strongest first; each table stands under the strongest of the whole statement."""
    return tuple(
        replace(
            blank,
            lock=str(fact.mode),
            blocks=fact.blocks,
            tables=tuple(map(str, fact.tables)),
            new_tables=tuple(str(name) for name in fact.tables if any(step.schema.is_new(name) for step in steps)),
            rewrites=fact.rewrites,
            scans=fact.scans,
        )
        for fact in merged(fact for step in steps for fact in step.locks)
    )


def _size(names: Sequence[Name], statistics: Statistics | None) -> Size | None:
    """Of all of them together; None where one is not known."""
    found = [statistics.of(name) for name in names] if statistics is not None else []
    sizes = [each for each in found if each is not None]
    if not sizes or len(sizes) < len(found):
        return None
    return Size(sum(each.rows for each in sizes), sum(each.bytes for each in sizes))


def _until_the_commits(found: Sequence[LockMoment], run: _Run) -> Iterator[LockMoment]:
    """With what else runs before the locks are given back. `held_for` was each one's position so far."""
    for transaction, group in groupby(found, key=lambda moment: moment.transaction):
        moments = list(group)
        longest: LockMoment | None = None
        whole: list[LockMoment] = []
        for moment in reversed(moments):
            inside = run.statements[transaction] - moment.held_for if transaction is not None else 0
            own = any(wait.since == moment.place for wait in moment.waiting)
            stretched = longest.place if longest is not None and own and transaction is not None else None
            whole.append(replace(moment, held_for=inside, stretched_by=stretched))
            if moment.work is not Work.NONE and (longest is None or _duration(moment) >= _duration(longest)):
                longest = moment
        yield from reversed(whole)


def _ranked(moment: LockMoment, rank: int) -> LockMoment:
    rows = (replace(row, transaction=moment.transaction, held_for=moment.held_for, rank=rank) for row in moment.locks)
    return replace(moment, locks=tuple(rows), rank=rank)


def _duration(moment: LockMoment) -> int:
    """0 a moment, 1 a small table, 2 as long as the table is big, 3 known to be large. Unknown counts as big."""
    if moment.work is Work.NONE:
        return 0
    if moment.size is None:
        return 2
    return 1 if moment.size.is_small else 3 if moment.size.is_large else 2


def _harm(moment: LockMoment) -> tuple[int, ...]:
    """Sorts the worst first: where many wait for long, then where many wait a moment, then the rest."""
    most = max(map(_weight, moment.waiting), default=0)
    duration = _duration(moment)
    stops_work = duration >= 2 and most > _SCHEMA_CHANGES
    return (-int(stops_work), -most, -duration, -(moment.size.bytes if moment.size else 0), -len(moment.waiting))
