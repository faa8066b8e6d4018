"""Other names for a revision: ones that Alembic takes, and that nobody has."""

from __future__ import annotations

import re
from collections.abc import Collection

from rules.history.graph import History
from rules.joining.merge import fresh_id
from rules.model.script import MigrationScript

LONGEST = 32
"""Characters; Alembic, `MigrationContext.__init__`."""


def legal_id(script: MigrationScript, history: History) -> str:
    """As like the old one as possible: letters, digits and `_`, cut at a word's end."""
    name = re.sub(r"[^A-Za-z0-9_]+", "_", script.revision).strip("_")
    if len(name) > LONGEST:
        name = name[:LONGEST].rpartition("_")[0] or name[:LONGEST]
    return name if name and name not in history.scripts else own_id(script, history)


def own_id(script: MigrationScript, history: History) -> str:
    return fresh_id("copy", (script.path, script.revision), history.scripts.keys())


def other_label(label: str, taken: Collection[str]) -> str:
    number = 2
    while f"{label}_{number}" in taken:
        number += 1
    return f"{label}_{number}"


def may_be_renamed(script: MigrationScript, history: History, new: Collection[str]) -> bool:
    """Whether it is new, and so is everything that names it."""
    naming = [each for each, needs in history.needs.items() if script.revision in needs]
    return all(each in new for each in (script.revision, *naming))
