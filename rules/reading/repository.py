"""A whole script location: its environment and every revision file."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rules.model.environment import Environment
from rules.model.location import Location, ScriptLocation
from rules.model.script import MigrationScript, SyntaxProblem
from rules.reading.environment import read_environment
from rules.reading.keeping import Reading
from rules.reading.kept import Memory, Past, Readings
from rules.reading.locations import version_files
from rules.reading.modules import Shelf
from rules.reading.reader import read_from_shelf


def read_location(
    where: ScriptLocation, texts: Mapping[str, str], *, offline: bool = False, readings: Readings | None = None
) -> Location:
    """Scripts are sorted by path; each is read with the schema that its parents leave. Never raises.

    What stands in `readings` and still holds is not read again; the rest is put there.
    """
    environment = Environment()
    if where.env_path is not None and where.env_path in texts:
        ini = texts.get(where.ini_path, "") if where.ini_path else ""
        environment = read_environment(where.env_path, texts[where.env_path], texts, ini)
    shelf = Shelf(texts)
    scripts: list[MigrationScript] = []
    problems: list[SyntaxProblem] = []
    past = Past(where.dialect)
    memory = None if readings is None else Memory(readings, shelf, past, environment, where.dialect, offline)
    paths = in_order(version_files(where, texts), texts)
    if memory is not None:
        memory.fetch(paths)
    for path in paths:
        known = memory.recall(path) if memory is not None else None
        read, data = known or _read(path, shelf, environment, where.dialect, past, offline, memory)
        if isinstance(read, SyntaxProblem):
            problems.append(read)
            continue
        scripts.append(read)
        past.add(read, data)
    if memory is not None:
        memory.close()
    scripts.sort(key=lambda script: script.path)
    problems.sort(key=lambda problem: problem.place.path)
    return Location(where, environment, tuple(scripts), tuple(problems))


def _read(
    path: str,
    shelf: Shelf,
    environment: Environment,
    dialect: str,
    past: Past,
    offline: bool,
    memory: Memory | None,
) -> tuple[Reading, bytes | None]:
    if memory is not None:
        memory.begin()
    read = read_from_shelf(path, shelf.texts[path], shelf, environment, dialect, past, offline)
    return read, memory.keep(path, read) if memory is not None else None


def in_order(paths: list[str], texts: Mapping[str, str]) -> list[str]:
    """Parents before children, as far as the headings tell; what they do not tell keeps the order of the paths."""
    headings = {path: quick_heading(texts[path]) for path in paths}
    by_revision = {heading[0]: path for path, heading in headings.items() if heading[0]}
    waiting = {
        path: {by_revision[parent] for parent in heading[1] if parent in by_revision and by_revision[parent] != path}
        for path, heading in headings.items()
    }
    children: dict[str, list[str]] = {}
    for path, parents in waiting.items():
        for parent in parents:
            children.setdefault(parent, []).append(path)
    ready = [path for path in paths if not waiting[path]]
    ordered: list[str] = []
    while ready:
        path = ready.pop(0)
        ordered.append(path)
        for child in children.get(path, []):
            waiting[child].discard(path)
            if not waiting[child]:
                ready.append(child)
    done = set(ordered)
    return ordered + [path for path in paths if path not in done]


_ASSIGNED = re.compile(
    r"^(revision|down_revision|depends_on)\s*(?::[^=\n]+)?=\s*(\([^)]*\)|\[[^]]*\]|[^\n]*)", re.MULTILINE
)
_STRING = re.compile(r"""["']([^"'\n]+)["']""")


def quick_heading(text: str) -> tuple[str, tuple[str, ...]]:
    """Revision and parents by their usual spelling, only to find an order; `metadata.py` reads them properly."""
    revision, parents = "", []
    for word, value in _ASSIGNED.findall(text):
        names = _STRING.findall(value.split("#")[0] if "\n" not in value else value)
        if word == "revision":
            revision = revision or (names[0] if names else "")
        else:
            parents += names
    return revision, tuple(parents)
