"""Which folders of revisions are one graph: what one folder lacks of its parents another one has."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from rules.model.location import ScriptLocation

_ID = re.compile(r"^revision\s*(?::[^=\n]+)?=\s*[\"']([^\"'\n]+)", re.MULTILINE)
_PARENTS = re.compile(r"^(?:down_revision|depends_on)\s*(?::[^=\n]+)?=\s*(\([^)]*\)|\[[^\]]*\]|[^\n]*)", re.MULTILINE)
_QUOTED = re.compile(r"[\"']([^\"'\n]+)[\"']")
_DIALECTS = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mariadb",
    "sqlite": "sqlite",
    "oracle": "oracle",
    "mssql": "mssql",
}


class Headers:
    """The ids and parents that the files of each folder assign, by syntax alone."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._known: dict[str, tuple[frozenset[str], frozenset[str]]] = {}

    def of(self, folder: str, names: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
        """(ids, parents that are not among them)."""
        if folder not in self._known:
            texts = [self._texts.get(f"{folder}/{name}" if folder else name) or "" for name in names]
            ids = frozenset(found[1] for text in texts for found in _ID.finditer(text))
            lines = [found[1] for text in texts for found in _PARENTS.finditer(text)]
            self._known[folder] = ids, frozenset(one for line in lines for one in _QUOTED.findall(line)) - ids
        return self._known[folder]


Graph = tuple[frozenset[str], frozenset[str]]


def are_linked(one: Graph, other: Graph) -> bool:
    return bool(one[1] & other[0] or other[1] & one[0])


def joined(
    locations: Sequence[ScriptLocation],
    graphs_of: Callable[[Iterable[ScriptLocation]], Mapping[str, Graph]],
    exact: Collection[str],
) -> Iterator[ScriptLocation]:
    """Folders without an environment of their own go to the location around them whose graph goes on in them.

    `exact` are the locations whose folders are told in so many words.
    """
    loose = [one for one in locations if one.env_path is None and not one.ini_path]
    if not loose:
        yield from locations
        return
    graphs = graphs_of(locations)
    for location in [one for one in locations if one not in loose]:
        grown = location.path not in exact
        while grown:
            grown = False
            for one in [each for each in loose if each.version_paths[0].startswith(f"{location.path}/")]:
                if any(are_linked(graphs[a], graphs[b]) for a in location.version_paths for b in one.version_paths):
                    location = replace(location, version_paths=(*location.version_paths, *one.version_paths))
                    loose.remove(one)
                    grown = True
        yield location
    yield from loose


def apart(location: ScriptLocation) -> Iterator[ScriptLocation]:
    """A history for each of several folders that are all named for databases: env.py takes one of them."""
    folders = location.version_paths
    dialects = [_DIALECTS.get(folder.rpartition("/")[2].lower(), "") for folder in folders]
    if len(folders) < 2 or not all(dialects) or len({*dialects}) < len(folders):
        yield location
        return
    for folder, dialect in zip(folders, dialects, strict=True):
        yield replace(location, path=folder, version_paths=(folder,), dialect=dialect)
