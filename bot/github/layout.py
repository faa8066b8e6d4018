"""Which paths may hold migrations, before any text is known. Alembic's own settings decide afterwards."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable

from bot.model.snapshot import ChangedFile
from rules.settings import SETTINGS_PATHS

INI = (".ini", ".cfg", ".ini.tmpl", ".ini.template")
_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)|import[ \t]+([\w.]+))", re.MULTILINE)
_COLUMNS = re.compile(r"\b(?:mapped_column|Mapped|Column|Field|Table|ForeignKey|Index|UniqueConstraint)\b|__table")
_BESIDE = re.compile(r"(?:^|/)(?:tests?|testing|examples?|docs|versions)/|(?:^|/)(?:test_[^/]*|conftest)\.py$")
_KNOWN = sys.stdlib_module_names | {"alembic", "sqlalchemy"}
MOST_FRAMES = 200
"""Of one kind; the shallowest first."""


def could_matter(path: str) -> bool:
    """Whether a change to this path can change anything that is judged."""
    name = path.rpartition("/")[2]
    return name.endswith((".py", *INI)) or name == "pyproject.toml" or path in SETTINGS_PATHS


def frames(paths: Iterable[str]) -> tuple[str, ...]:
    """Settings, and the files that say where revisions lie: alembic.ini by any name, pyproject.toml, env.py."""
    found = sorted(paths, key=lambda path: (path.count("/"), path))
    named = [path for path in found if path in SETTINGS_PATHS]
    inis = [path for path in found if path.endswith(INI)][:MOST_FRAMES]
    projects = [path for path in found if path.endswith("/pyproject.toml")][:MOST_FRAMES]
    environments = [path for path in found if path.rpartition("/")[2] == "env.py"][:MOST_FRAMES]
    return (*named, *inis, *projects, *environments)


def likely_revisions(paths: Collection[str]) -> frozenset[str]:
    """Python files below a folder `versions...` that stands beside an env.py: Alembic's usual layout."""
    roots = {folder_of(path) for path in paths if path.rpartition("/")[2] == "env.py"}
    return frozenset(path for path in paths if _is_likely(path, roots))


def imports_modules(text: str) -> bool:
    """Whether a file imports anything that may be the repository's own; cheaper than to parse it."""
    roots = {(match[1] or match[2]).partition(".")[0] for match in _IMPORT.finditer(text)}
    return not roots <= _KNOWN


def may_be_model(file: ChangedFile) -> bool:
    """Whether a changed file may map tables, by its patch; by its name where GitHub gives no patch."""
    if not file.path.endswith(".py") or _BESIDE.search(file.path):
        return False
    return "model" in file.path if file.patch is None else _COLUMNS.search(file.patch) is not None


def folder_of(path: str) -> str:
    return path.rpartition("/")[0]


def _is_likely(path: str, roots: Collection[str]) -> bool:
    if not path.endswith(".py") or path.endswith("/__init__.py"):
        return False
    steps = path.split("/")
    return any(
        step.startswith("versions") and "/".join(steps[:depth]) in roots for depth, step in enumerate(steps[:-1])
    )
