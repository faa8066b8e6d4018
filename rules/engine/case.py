"""One script location laid out for judging: read, put in order, replayed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rules import reading
from rules.context import Scene
from rules.engine.meeting import as_met
from rules.engine.replay import Replay
from rules.history import History, history_of
from rules.history.neighbours import Elsewhere
from rules.ignores import read_ignores
from rules.model.location import Location, ScriptLocation
from rules.model.script import MigrationScript, SyntaxProblem
from rules.reading import Readings, read_location
from rules.reading.half_read import with_ignores
from rules.reading.modules import Shelf
from rules.schema import Schema
from rules.settings import Settings
from rules.settings.patterns import matches

New = Collection[str] | Callable[[MigrationScript], bool]
"""Which scripts are new: their paths (or revision ids), or a question to each."""


@dataclass(frozen=True, slots=True)
class Case:
    """`unreadable` are new files that are no migration."""

    scene: Scene
    location: Location
    base: History
    replay: Replay
    texts: Mapping[str, str]
    shelf: Shelf | None = field(default=None, kw_only=True)
    """The same, with what was parsed of them for trials."""
    unreadable: tuple[SyntaxProblem, ...] = ()
    touched: frozenset[str] = frozenset()
    """The revision files that the base does not have, or has otherwise."""
    neighbours: tuple[tuple[int, MigrationScript], ...] = ()
    """Revisions of other open pull requests, with their numbers."""
    base_texts: Mapping[str, str] | None = None
    changed: Collection[str] | None = None
    """The paths that the pull request changes, as far as somebody knows."""

    @property
    def judged(self) -> tuple[MigrationScript, ...]:
        """The new scripts in the order in which they run, without those that the settings leave out."""
        scripts = self.scene.history.scripts
        return tuple(scripts[revision] for revision in self.scene.history.order if self.judges(revision))

    def judges(self, revision: str) -> bool:
        """Whether a revision of the history is new, and not left out by the settings."""
        left_out = self.scene.settings.ignore_paths
        if revision not in self.scene.new:
            return False
        return not (left_out and matches(self.scene.history.scripts[revision].path, left_out))

    def read(
        self, path: str, texts: Mapping[str, str], edited: Iterable[str], schema: Schema | None = None
    ) -> MigrationScript | SyntaxProblem:
        """A file for a trial. `texts` are the case's but for those edited; inspectors answer from `schema`."""
        shelf = (self.shelf or Shelf(self.texts)).with_edited(texts, edited)
        dialect = self.scene.where.dialect
        return reading.read_script(
            path, texts[path], texts, self.location.environment, dialect=dialect, schema=schema, shelf=shelf
        )

    def states_without(self, edited: Sequence[str]) -> dict[str, Schema]:
        """States that hold where those revisions are edited: of one that is judged alone, those that it stands on."""
        if self.scene.apart and len(edited) == 1:
            return self.replay.beneath(edited[0])
        return self.replay.unchanged(edited)

    def _history_with(self, edited: Mapping[str, MigrationScript]) -> History | None:
        """The same graph with other scripts in it; None if one of them stands elsewhere in it."""
        history = self.scene.history
        scripts = dict(history.scripts)
        for script in edited.values():
            old = scripts.get(script.revision)
            if old is None or old.path != script.path or _standing(old) != _standing(script):
                return None
            scripts[script.revision] = script
        return replace(history, scripts=scripts)

    def with_texts(self, edited: Mapping[str, str]) -> Case | None:
        """The same case with files as edited; None if one of them is no migration then, or says less than before."""
        scripts = {script.path: script for script in self.location.scripts}
        texts = _Edited(self.texts, edited)
        if self.scene.where.env_path in edited:
            return replace(self, texts=texts) if len(edited) == 1 else None
        again: dict[str, str] = {}
        for path in edited:
            beneath = self.replay.before(scripts[path].revision) if path in scripts else None
            script = self.read(path, texts, edited, beneath)
            if not isinstance(script, MigrationScript):
                return None
            if path in scripts and len(script.unread) > len(scripts[path].unread):
                return None
            if path in scripts:
                again[scripts[path].revision] = script.revision
            scripts[path] = _with_ignores(script)
        new = frozenset(again.get(revision, revision) for revision in self.scene.new)
        history = self._history_with({path: scripts[path] for path in edited}) or history_of(scripts.values())
        history = as_met(history, new if self.replay.new else (), self.scene.start)
        changed = [script.revision for path, script in scripts.items() if path in edited]
        known = self.states_without(changed) if history.needs == self.scene.history.needs else {}
        return replace(
            self,
            scene=replace(self.scene, history=history, new=new),
            replay=Replay(history, new if self.replay.new else (), self.scene.start, known),
            texts=texts,
            shelf=None,
        )

    def __post_init__(self) -> None:
        if self.shelf is None:
            object.__setattr__(self, "shelf", Shelf(self.texts))


def _standing(script: MigrationScript) -> object:
    """What a script says of its place in the graph."""
    return (script.revision, script.parents, script.depends_on, script.branch_labels)


class _Edited(Mapping[str, str]):
    """Texts with some of them as edited; the others are not asked for before somebody wants them."""

    def __init__(self, texts: Mapping[str, str], edited: Mapping[str, str]) -> None:
        self._texts = texts
        self._edited = edited

    def __getitem__(self, path: str) -> str:
        return self._edited[path] if path in self._edited else self._texts[path]

    def __contains__(self, path: object) -> bool:
        return path in self._edited or path in self._texts

    def __iter__(self) -> Iterator[str]:
        yield from self._texts
        yield from (path for path in self._edited if path not in self._texts)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def open_case(
    where: ScriptLocation,
    texts: Mapping[str, str],
    base_texts: Mapping[str, str] | None,
    settings: Settings,
    new: New,
    judge_all: bool,
    elsewhere: Iterable[Elsewhere] = (),
    readings: Readings | None = None,
    changed: Collection[str] | None = None,
) -> Case:
    """`texts`, `base_texts` and `readings` as `review` takes them."""
    where = replace(where, dialect=settings.dialect or where.dialect)
    read = read_location(where, texts, readings=readings, whole=judge_all)
    location = replace(read, scripts=tuple(_with_ignores(script) for script in read.scripts))
    history = history_of(location.scripts)
    fresh = location.scripts if judge_all else _added(location.scripts, new)
    added = frozenset(script.revision for script in fresh)
    unreadable = location.problems
    if base_texts is None:
        paths = {script.path for script in fresh}
        base = history_of(script for script in location.scripts if script.path not in paths)
        if not judge_all and not callable(new):
            unreadable = tuple(problem for problem in unreadable if problem.place.path in new)
    else:
        base = history_of(_base_scripts(where, location, texts, base_texts))
        if not judge_all:
            added -= frozenset(base.scripts) | _moved(fresh, added, base_texts)
            unreadable = tuple(problem for problem in unreadable if _differs(problem.place.path, texts, base_texts))
    start = Schema.empty(where.dialect, location.environment.search_path)
    history, base = as_met(history, () if judge_all else added, start), as_met(base, (), start)
    scene = Scene(where, history, location.environment, settings, added, base, judge_all)
    replay = Replay(history, () if judge_all else added, scene.start)
    touched = _touched(location, added, new, texts, base_texts)
    neighbours = tuple(_neighbours(where, elsewhere))
    return Case(scene, location, base, replay, texts, unreadable, touched, neighbours, base_texts, changed)


def _moved(scripts: Iterable[MigrationScript], added: Collection[str], base_texts: Mapping[str, str]) -> frozenset[str]:
    """Revisions whose file the base has, to the letter, in another folder: those of an old folder that is kept."""
    if not added:
        return frozenset()
    paths: dict[str, list[str]] = {}
    for path in base_texts:
        paths.setdefault(path.rpartition("/")[2], []).append(path)
    return frozenset(
        script.revision
        for script in scripts
        if any(base_texts[path] == script.text for path in paths.get(script.path.rpartition("/")[2], ()))
    )


def _touched(
    location: Location,
    added: Collection[str],
    new: New,
    texts: Mapping[str, str],
    base_texts: Mapping[str, str] | None,
) -> frozenset[str]:
    paths = (script.path for script in location.scripts)
    if base_texts is not None:
        return frozenset(path for path in paths if _differs(path, texts, base_texts))
    named = frozenset() if callable(new) else frozenset(new)
    return frozenset(script.path for script in location.scripts if script.revision in added or script.path in named)


def _neighbours(where: ScriptLocation, elsewhere: Iterable[Elsewhere]) -> Iterator[tuple[int, MigrationScript]]:
    for each in elsewhere:
        if each.draft or not where.holds(each.path):
            continue
        script = _neighbour(each.path, each.text)
        if isinstance(script, MigrationScript):
            yield each.pull, script


@lru_cache(1024)
def _neighbour(path: str, text: str) -> MigrationScript | SyntaxProblem:
    """Of a neighbour only its place in the graph matters; a moved base shows the same ones to every pull request."""
    return reading.read_script(path, text)


def _differs(path: str, texts: Mapping[str, str], base_texts: Mapping[str, str]) -> bool:
    return path not in base_texts or base_texts[path] != texts.get(path)


def _with_ignores(script: MigrationScript) -> MigrationScript:
    ignores = read_ignores(script.path, script.text)
    return with_ignores(script, ignores) if ignores else script


def _added(scripts: Iterable[MigrationScript], new: New) -> tuple[MigrationScript, ...]:
    if callable(new):
        return tuple(script for script in scripts if new(script))
    return tuple(script for script in scripts if script.path in new or script.revision in new)


def _base_scripts(
    where: ScriptLocation, location: Location, texts: Mapping[str, str], base_texts: Mapping[str, str]
) -> Iterator[MigrationScript]:
    """The base's scripts; those that the pull request leaves alone are not read twice."""
    here = {script.path: script for script in location.scripts}
    for path in base_texts:
        if not where.holds(path):
            continue
        if not _differs(path, texts, base_texts):
            if path in here:
                yield here[path]
            continue
        script = reading.read_script(path, base_texts[path], base_texts, location.environment, dialect=where.dialect)
        if isinstance(script, MigrationScript):
            yield script
