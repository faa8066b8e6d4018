"""Where revisions lie, by paths alone: Alembic's usual layout."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.github.layout import folder_of, likely_revisions
from rules.model.location import ScriptLocation


def find_locations(texts: Mapping[str, str], roots: Sequence[str] = ()) -> tuple[ScriptLocation, ...]:
    found: dict[str, set[str]] = {}
    for path in likely_revisions(texts):
        root = path[: path.index("/versions")] if "/versions" in path else ""
        found.setdefault(root, set()).add(folder_of(path))
    return tuple(
        ScriptLocation(root, tuple(sorted(folders)), f"{root}/env.py".lstrip("/"))
        for root, folders in sorted(found.items())
        if not roots or root in roots
    )


def wanted_paths(text: str, path: str, paths: Collection[str]) -> frozenset[str]:  # noqa: ARG001
    modules = {line.split()[1] for line in text.splitlines() if line.startswith(("from ", "import ")) and " " in line}
    return frozenset(name for module in modules if (name := f"{module.replace('.', '/')}.py") in paths)
