"""Where imported names come from: the closed lists, and the repository's own modules, read the same way."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from rules.model.script import SyntaxProblem
from rules.reading.bounds import MAX_MODULES
from rules.reading.source import Source, parse

SOURCE_FOLDERS = ("", "src/", "lib/", "python/", "backend/", "server/", "app/")
"""Under a folder on the way up from the migration; packages are looked for in these."""


Question = tuple[str, int, str]
"""A module's name, its level (0: absolute) and the file that asks."""


@dataclass(slots=True, eq=False)
class Shelf:
    """The repository's texts, each parsed at most once."""

    texts: Mapping[str, str]
    parsed: dict[str, Source | None] = field(default_factory=dict)
    questions: dict[Question, str | None] = field(default_factory=dict)
    """What was asked of the repository since somebody last emptied this, with the answers."""
    used: set[str] = field(default_factory=set)
    """Paths of the files that were read, likewise."""
    below: Shelf | None = None
    """Where everything stands that is not `edited`."""
    edited: frozenset[str] = frozenset()

    def with_edited(self, texts: Mapping[str, str], edited: Iterable[str]) -> Shelf:
        """For `texts`, which are other ones at those paths alone: the others are not parsed again."""
        return Shelf(texts, below=self, edited=frozenset(edited))

    def module(self, dotted: str, from_path: str) -> str | None:
        """The path of a module by its absolute name."""
        return self._noted((dotted, 0, from_path))

    def relative(self, module: str, level: int, from_path: str) -> str | None:
        """The path of a module by its name from a file."""
        return self._noted((module, level, from_path))

    def ask(self, question: Question) -> str | None:
        """The path of a module, not noted."""
        name, level, from_path = question
        if level:
            return find_relative(name, level, from_path, self.texts)
        return find_module(name, from_path, self.texts)

    def _noted(self, question: Question) -> str | None:
        self.questions[question] = found = self.ask(question)
        return found

    def source(self, path: str) -> Source | None:
        self.used.add(path)
        if self.below is not None and path not in self.edited:
            return self.below.source(path)
        if path not in self.parsed:
            text = self.texts.get(path)
            found = None if text is None else parse(path, text)
            self.parsed[path] = None if isinstance(found, SyntaxProblem) else found
        return self.parsed[path]


def candidates(dotted: str, from_path: str) -> Iterator[str]:
    """Paths at which a module of that name may lie, seen from a file; nearest folder first."""
    inner = dotted.replace(".", "/")
    for folder in _folders_above(from_path):
        for source in SOURCE_FOLDERS:
            yield f"{folder}{source}{inner}.py"
            yield f"{folder}{source}{inner}/__init__.py"


@cache
def _folders_above(path: str) -> tuple[str, ...]:
    """With a trailing slash, nearest first, down to the root, which is empty."""
    parts = path.split("/")[:-1]
    return tuple("".join(f"{part}/" for part in parts[:count]) for count in range(len(parts), -1, -1))


def find_module(dotted: str, from_path: str, paths: Collection[str]) -> str | None:
    if not dotted or len(dotted) > 300:
        return None
    return next((path for path in candidates(dotted, from_path) if path in paths), None)


def find_relative(module: str, level: int, from_path: str, paths: Collection[str]) -> str | None:
    """`from ..module import name`, by folders."""
    folders = from_path.split("/")[:-1]
    if level - 1 > len(folders):
        return None
    base = folders[: len(folders) - (level - 1)]
    stem = "/".join([*base, *(module.split(".") if module else [])])
    for path in (f"{stem}.py", f"{stem}/__init__.py") if stem else ("__init__.py",):
        if path in paths:
            return path
    return None


def wanted_paths(text: str, path: str, paths: Collection[str]) -> frozenset[str]:
    """Paths of the repository's modules that a file imports directly, at whatever depth of its code."""
    source = parse(path, text)
    if isinstance(source, SyntaxProblem):
        return frozenset()
    found: set[str] = set()
    for node in ast.walk(source.tree):
        if len(found) >= MAX_MODULES:
            break
        if isinstance(node, ast.Import):
            wanted = [find_module(alias.name, path, paths) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            wanted = list(_from_import(node, path, paths))
        else:
            continue
        found.update(one for one in wanted if one is not None)
    found.discard(path)
    return frozenset(found)


def _from_import(node: ast.ImportFrom, path: str, paths: Collection[str]) -> Iterator[str | None]:
    module = node.module or ""
    for name in ("", *(f".{alias.name}" for alias in node.names)):
        dotted = f"{module}{name}".lstrip(".") if node.level else f"{module}{name}"
        if node.level:
            yield find_relative(dotted, node.level, path, paths)
        else:
            yield find_module(dotted, path, paths)
