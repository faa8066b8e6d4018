"""A whole script location: its environment and every revision file."""

from __future__ import annotations

from collections.abc import Mapping

from rules.model.environment import Environment
from rules.model.location import Location, ScriptLocation
from rules.model.script import MigrationScript, SyntaxProblem
from rules.reading.environment import read_environment
from rules.reading.locations import version_files
from rules.reading.modules import Shelf
from rules.reading.reader import read_from_shelf


def read_location(where: ScriptLocation, texts: Mapping[str, str]) -> Location:
    """Scripts are sorted by path. Never raises."""
    environment = Environment()
    if where.env_path is not None and where.env_path in texts:
        ini = texts.get(where.ini_path, "") if where.ini_path else ""
        environment = read_environment(where.env_path, texts[where.env_path], texts, ini)
    shelf = Shelf(texts)
    scripts: list[MigrationScript] = []
    problems: list[SyntaxProblem] = []
    for path in version_files(where, texts):
        read = read_from_shelf(path, texts[path], shelf, environment, where.dialect, None)
        if isinstance(read, MigrationScript):
            scripts.append(read)
        else:
            problems.append(read)
    return Location(where, environment, tuple(scripts), tuple(problems))
