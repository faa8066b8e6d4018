"""Another id or label for a revision: where it is declared, in the docstring, and in those that name it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rules.model.finding import Edit, Suggestion
from rules.model.script import MigrationScript
from rules.rewriting.comments import line_edit
from rules.rewriting.suggesting import assigned_word

_HEADER = re.compile(r"^Revision ID:(?P<id>[^\r\n]*)$", re.MULTILINE)


def renamed(script: MigrationScript, revision: str, followers: Iterable[MigrationScript]) -> Suggestion | None:
    """`followers` are all scripts that may name the old id. None where one of them does not write it as a string."""
    declared = assigned_word(script.text, script.place_of("revision"), "revision", script.revision, revision)
    edits = [declared, *_header_edits(script, revision)]
    for other in followers:
        for word, named in (("down_revision", other.parents), ("depends_on", other.depends_on)):
            if script.revision in named:
                edits.append(assigned_word(other.text, other.place_of(word), word, script.revision, revision))
    whole = tuple(edit for edit in edits if edit is not None)
    return Suggestion(f"Name it {revision}", whole) if len(whole) == len(edits) else None


def relabelled(script: MigrationScript, label: str, other: str) -> Suggestion | None:
    """Another branch label; none any more where `other` is empty and it is the only one."""
    place = script.place_of("branch_labels")
    if not other:
        edit = (
            assigned_word(script.text, place, "branch_labels", label, None) if len(script.branch_labels) == 1 else None
        )
        return Suggestion("Leave the label to the first", (edit,)) if edit else None
    edit = assigned_word(script.text, place, "branch_labels", label, other)
    return Suggestion(f"Label it {other}", (edit,)) if edit else None


def _header_edits(script: MigrationScript, revision: str) -> Iterable[Edit]:
    """The docstring's line, if it names the id of now."""
    found = _HEADER.search(script.text)
    if found is not None and found[0] in script.docstring and found["id"].strip() == script.revision:
        yield line_edit(script.path, script.text, found.span("id"), f" {revision}")
