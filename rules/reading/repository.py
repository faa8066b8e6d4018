"""A whole script location: its environment and every revision file."""

from __future__ import annotations

from collections.abc import Mapping

from rules.model.environment import Environment
from rules.model.location import Location, ScriptLocation
from rules.model.script import MigrationScript, SyntaxProblem
from rules.reading.data import Damaged, codec_of
from rules.reading.keeping import Reading, from_data, to_data
from rules.reading.kept import Memory, Readings, key_of
from rules.reading.locations import version_files
from rules.reading.modules import Shelf
from rules.reading.order import in_order
from rules.reading.past import Past
from rules.reading.source import FAULT, TOO_DEEP


def read_location(
    where: ScriptLocation, texts: Mapping[str, str], *, offline: bool = False, readings: Readings | None = None
) -> Location:
    """Scripts are sorted by path; each is read with the schema that its parents leave. Never raises.

    What stands in `readings` and still holds is not read again; the rest is put there.
    """
    shelf = Shelf(texts)
    memory = None if readings is None else Memory(readings, shelf)
    environment = _environment(where, shelf, memory)
    paths = in_order(version_files(where, texts), texts)
    reader = _Reader(where, shelf, environment, offline, memory)
    reader.fetch(paths)
    scripts: list[MigrationScript] = []
    problems: list[SyntaxProblem] = []
    for path in paths:
        read = reader.read(path)
        if isinstance(read, SyntaxProblem):
            problems.append(read)
        else:
            scripts.append(read)
    if memory is not None:
        memory.close()
    scripts.sort(key=lambda script: script.path)
    problems.sort(key=lambda problem: problem.place.path)
    return Location(where, environment, tuple(scripts), tuple(problems))


def _environment(where: ScriptLocation, shelf: Shelf, memory: Memory | None) -> Environment:
    """Kept like a script: its metadata may lead through every model of the project."""
    path = where.env_path
    if path is None or path not in shelf.texts:
        return Environment()
    text, ini = shelf.texts[path], shelf.texts.get(where.ini_path, "") if where.ini_path else ""
    if memory is None:
        return _environment_anew(path, text, shelf, ini)
    key = key_of("environment", path, text, ini)
    memory.fetch([key])
    encode, decode = codec_of(Environment)
    known = memory.recall(key)
    try:
        if known is not None:
            kept: Environment = decode(known[0])
            return kept
    except Damaged:
        pass
    memory.begin()
    environment = _environment_anew(path, text, shelf, ini)
    memory.keep(key, encode(environment))
    return environment


def _environment_anew(path: str, text: str, shelf: Shelf, ini: str) -> Environment:
    from rules.reading.environment import environment_from_shelf  # takes half a second, with all of SQLAlchemy

    return environment_from_shelf(path, text, shelf, ini)


class _Reader:
    """Goes through the files of one location in the order in which they run."""

    def __init__(
        self, where: ScriptLocation, shelf: Shelf, environment: Environment, offline: bool, memory: Memory | None
    ) -> None:
        self._shelf = shelf
        self._environment = environment
        self._dialect = where.dialect
        self._offline = offline
        self._memory = memory
        self._past = Past(where.dialect)
        self._keys: dict[str, str] = {}

    def fetch(self, paths: list[str]) -> None:
        if self._memory is None:
            return
        circumstances = repr((self._environment, self._dialect, self._offline))
        self._keys = {path: key_of("script", circumstances, path, self._shelf.texts[path]) for path in paths}
        self._memory.fetch(self._keys.values())

    def read(self, path: str) -> Reading:
        read, data = self._recalled(path) or self._anew(path)
        if isinstance(read, MigrationScript):
            self._past.add(read, data)
        return read

    def _recalled(self, path: str) -> tuple[Reading, bytes | None] | None:
        known = None if self._memory is None else self._memory.recall(self._keys[path], self._past.digest)
        if known is None:
            return None
        try:
            return from_data(known[0], path, self._shelf.texts[path]), known[1]
        except Damaged:
            return None

    def _anew(self, path: str) -> tuple[Reading, bytes | None]:
        from rules.reading.reader import read_from_shelf  # takes half a second, with all of SQLAlchemy

        memory = self._memory
        self._past.asked = False
        if memory is not None:
            memory.begin()
        read = read_from_shelf(
            path, self._shelf.texts[path], self._shelf, self._environment, self._dialect, self._past, self._offline
        )
        past = self._past.digest if self._past.asked else None
        if memory is None or not _is_lasting(read) or (self._past.asked and past is None):
            return read, None
        return read, memory.keep(self._keys[path], to_data(read), past)


def _is_lasting(reading: Reading) -> bool:
    """How deep the stack may grow, and our own faults, belong to one run and not to the text."""
    if isinstance(reading, SyntaxProblem):
        return TOO_DEEP not in reading.reason
    return not any(opaque.reason.startswith(FAULT) or TOO_DEEP in opaque.reason for opaque in reading.unread)
