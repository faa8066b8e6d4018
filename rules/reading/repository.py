"""A whole script location: its environment and every revision file."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache, partial

from rules.model.environment import Environment
from rules.model.location import Location, ScriptLocation
from rules.model.operations import Direction, Opaque, Operation
from rules.model.script import MigrationScript, SyntaxProblem
from rules.reading.half_read import HalfRead, Read
from rules.reading.keeping import (
    Damaged,
    KeptDirection,
    KeptScript,
    Reading,
    direction_of,
    from_bytes,
    kept_direction,
    kept_reading,
    reading_of,
)
from rules.reading.kept import Memory, Noted, ReadAlone, Readings, key_of
from rules.reading.locations import version_files
from rules.reading.modules import Shelf
from rules.reading.order import in_order
from rules.reading.past import Moment, Past, PastAsked, refuse
from rules.reading.source import FAULT, TOO_DEEP, Source, parse
from rules.schema import Schema


def read_location(
    where: ScriptLocation,
    texts: Mapping[str, str],
    *,
    offline: bool = False,
    readings: Readings | None = None,
    whole: bool = False,
) -> Location:
    """Scripts are sorted by path; each is read with the schema that its parents leave. Never raises.

    What stands in `readings` and still holds is not read again; the rest is put there. A script's downgrade is read
    when somebody asks for it; `whole` says that all will be asked for.
    """
    shelf = Shelf(texts)
    noted = Noted(shelf)
    memory = Memory(readings, noted) if readings is not None and readings.keeps else None
    environment = _environment(where, shelf, noted, memory)
    paths = in_order(version_files(where, texts), texts)
    reader = _Reader(where, shelf, noted, environment, offline, memory)
    scripts: list[MigrationScript] = []
    problems: list[SyntaxProblem] = []
    with reader.begun(paths, readings):
        for path in paths:
            read = reader.read(path)
            if isinstance(read, SyntaxProblem):
                problems.append(read)
            else:
                scripts.append(read)
                if whole:
                    read.downgrade  # noqa: B018  (asked now, while the file's tree is there)
    if memory is not None:
        memory.close()
    scripts.sort(key=lambda script: script.path)
    problems.sort(key=lambda problem: problem.place.path)
    return Location(where, environment, tuple(scripts), tuple(problems))


def _environment(where: ScriptLocation, shelf: Shelf, noted: Noted, memory: Memory | None) -> Environment:
    """Kept like a script: its metadata may lead through every model of the project."""
    path = where.env_path
    if path is None or path not in shelf.texts:
        return Environment(naming_convention_known=False)
    text, ini = shelf.texts[path], shelf.texts.get(where.ini_path, "") if where.ini_path else ""
    if memory is None:
        return _environment_anew(path, text, shelf, ini)
    key = key_of("environment", path, text, ini)
    memory.fetch([key])
    known = memory.recall(key)
    if known is not None and isinstance(known[0], Environment):
        return known[0]
    noted.begin()
    environment = _environment_anew(path, text, shelf, ini)
    memory.keep(key, noted.form(environment))
    return environment


def _environment_anew(path: str, text: str, shelf: Shelf, ini: str) -> Environment:
    _load()
    from rules.reading.environment import environment_from_shelf

    return environment_from_shelf(path, text, shelf, ini)


@cache
def _load() -> None:
    """Takes half a second, with all of SQLAlchemy. What is loaded stays: garbage is not looked for in it."""
    import rules.reading.environment
    import rules.reading.reader  # noqa: F401

    gc.freeze()


class _Reader:
    """Goes through the files of one location in the order in which they run."""

    def __init__(
        self,
        where: ScriptLocation,
        shelf: Shelf,
        noted: Noted,
        environment: Environment,
        offline: bool,
        memory: Memory | None,
    ) -> None:
        self._shelf = shelf
        self._noted = noted
        self._environment = environment
        self._dialect = where.dialect
        self._offline = offline
        self._memory = memory
        self._past = Past(Schema.empty(where.dialect, environment.search_path))
        self._keys: dict[str, str] = {}
        self._circumstances = repr((environment, where.dialect, offline))
        self._parsed: tuple[str, Source | SyntaxProblem] | None = None
        """The file that was parsed last."""
        self._read_ahead: ReadAlone = _nothing

    @contextmanager
    def begun(self, paths: list[str], readings: Readings | None) -> Iterator[None]:
        """Inside, what is kept is there, and others may read what is not."""
        memory = self._memory
        if memory is not None:
            self._keys = {path: self._key("script", path) for path in paths}
            memory.fetch(self._keys.values())
            paths = [path for path in paths if not memory.has(self._keys[path])]
        if readings is None or not paths:
            yield
            return
        _load()
        with readings.reading_ahead(paths, self._alone) as self._read_ahead:
            yield

    def _key(self, what: str, path: str) -> str:
        return key_of(what, self._circumstances, path, self._shelf.texts[path])

    def read(self, path: str) -> Reading:
        before = self._past.now()
        read, data = self._recalled(path, before) or self._handed_over(path) or self._anew(path, before)
        if isinstance(read, SyntaxProblem):
            return read
        self._past.add(read, data)
        return HalfRead.of(read, partial(self._downgrade, path, self._past.now()))

    def _recalled(self, path: str, past: Moment) -> tuple[Reading, bytes] | None:
        known = None if self._memory is None else self._memory.recall(self._keys[path], past.digest)
        if known is None or not isinstance(known[0], KeptScript | SyntaxProblem):
            return None
        try:
            return reading_of(known[0], path, self._shelf.texts[path]), known[1]
        except Damaged:
            return None

    def _handed_over(self, path: str) -> tuple[Reading, bytes] | None:
        data = self._read_ahead(path)
        if data is None:
            return None
        try:
            found = from_bytes(data).found
            assert isinstance(found, KeptScript | SyntaxProblem)
            read = reading_of(found, path, self._shelf.texts[path])
        except Damaged:
            return None
        if self._memory is not None:
            self._memory.keep(self._keys[path], data)
        return read, data

    def _alone(self, path: str) -> bytes | None:
        """What is kept of a file; None where it hangs on the earlier revisions, or on this one process."""
        self._noted.begin()
        try:
            read, lasts = self._read(path, refuse)
        except PastAsked:
            return None
        return self._noted.form(kept_reading(read)) if lasts else None

    def _anew(self, path: str, past: Moment) -> tuple[Reading, bytes | None]:
        self._noted.begin()
        read, lasts = self._read(path, past)
        if self._memory is None or not lasts or (past.asked and past.digest is None):
            return read, None
        data = self._noted.form(kept_reading(read), past.digest if past.asked else None)
        self._memory.keep(self._keys[path], data)
        return read, data

    def _read(self, path: str, past: Callable[[], Schema]) -> tuple[Reading, bool]:
        """Whether it would be read the same again is told too."""
        from rules.reading.reader import read_upward

        source = self._source(path)
        if isinstance(source, SyntaxProblem):
            return source, TOO_DEEP not in source.reason
        text = self._shelf.texts[path]
        read = read_upward(source, text, self._shelf, self._environment, self._dialect, past, self._offline)
        return read, isinstance(read, SyntaxProblem) or _is_lasting(read.upgrade)

    def _downgrade(self, path: str, past: Moment) -> Read:
        """`past` is what the revision itself leaves."""
        memory, key = self._memory, ""
        if memory is not None:
            key = self._key("downgrade", path)
            memory.fetch([key])
            known = memory.recall(key, past.digest)
            if known is not None and isinstance(known[0], KeptDirection):
                with suppress(Damaged):
                    return direction_of(known[0], path)
        self._noted.begin()
        read = self._downgrade_anew(path, past)
        if memory is not None and _is_lasting(read.operations) and not (past.asked and past.digest is None):
            memory.keep(key, self._noted.form(kept_direction(read, path), past.digest if past.asked else None))
            memory.close()
        return read

    def _downgrade_anew(self, path: str, past: Moment) -> Read:
        from rules.reading.reader import read_direction

        source = self._source(path)
        assert isinstance(source, Source)  # its upgrade was read from it
        return read_direction(
            source, Direction.DOWNGRADE, self._shelf, self._environment, self._dialect, past, self._offline
        )

    def _source(self, path: str) -> Source | SyntaxProblem:
        parsed = self._parsed
        if parsed is None or parsed[0] != path:
            self._parsed = parsed = (path, parse(path, self._shelf.texts[path]))
        return parsed[1]


def _nothing(path: str) -> None:
    """Nobody reads ahead."""


def _is_lasting(operations: tuple[Operation, ...]) -> bool:
    """How deep the stack may grow, and our own faults, belong to one run and not to the text."""
    return not any(
        isinstance(one, Opaque) and (one.reason.startswith(FAULT) or TOO_DEEP in one.reason) for one in operations
    )
