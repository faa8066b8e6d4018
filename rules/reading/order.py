"""The order in which a location's files are read, guessed from their text: parents before children."""

from __future__ import annotations

import re
from collections.abc import Mapping


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
