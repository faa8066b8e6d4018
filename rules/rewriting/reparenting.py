"""Another parent for a revision: the `down_revision` line, and the docstring's `Revises:` line with it."""

from __future__ import annotations

import re

from rules.model.finding import Edit, Suggestion
from rules.model.script import MigrationScript
from rules.rewriting.comments import line_edit
from rules.rewriting.suggesting import assigned_value

_REVISES = re.compile(r"^Revises:(?P<parent>[^\r\n]*)$", re.MULTILINE)
_NOTHING = frozenset({"", "None", "base", "<base>"})
"""What stands there for a revision without a parent."""


def reparented(script: MigrationScript, parent: str) -> Suggestion | None:
    """None where the revision is a merge, or does not write its `down_revision` as one value."""
    return None if len(script.parents) > 1 else with_one_parent(script, parent)


def with_one_parent(script: MigrationScript, parent: str) -> Suggestion | None:
    """Of a merge too, which is none any more."""
    edit = assigned_value(script.text, script.place_of("down_revision"), "down_revision", parent)
    if edit is None:
        return None
    header = _header_edit(script, parent)
    return Suggestion(f"Let it follow {parent}", (header, edit) if header else (edit,))


def _header_edit(script: MigrationScript, parent: str) -> Edit | None:
    """The docstring's line, if it names the parent of now."""
    found = _REVISES.search(script.text)
    if found is None or found[0] not in script.docstring:
        return None
    named = found["parent"].strip()
    if named not in (_NOTHING if not script.parents else {", ".join(script.parents)}):
        return None
    return line_edit(script.path, script.text, found.span("parent"), f" {parent}")
