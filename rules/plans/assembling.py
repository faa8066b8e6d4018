"""A draft as files: ids, parents, paths, texts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Plan, PlannedRevision
from rules.model.script import MigrationScript
from rules.plans.draft import Draft, Step
from rules.plans.remaining import is_alone, is_replaced_whole, may_be_moved, remaining_text
from rules.plans.writing import Heading, revision_file

ID_LENGTH = 12
LONGEST_NAME = 100
"""Characters of a file's name."""
_DATED = re.compile(r"^Create Date:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
_NEEDS_ESCAPE = re.compile(r'"""|[\\\n\r]')


def plan_of(draft: Draft, rule: str, context: Context) -> Plan | None:
    """None where the revision cannot be taken apart by its text alone."""
    script = context.script
    if len(script.parents) > 1 or not may_be_moved(script, draft) or _NEEDS_ESCAPE.search(_said(draft, script)):
        return None
    whole = is_replaced_whole(script, draft)
    steps: tuple[Step | None, ...] = draft.steps if whole else (None, *draft.steps)
    ids = _ids(draft, rule, context, len(steps))
    if any(one in context.history.scripts and one != script.revision for one in ids):
        return None
    revisions: list[PlannedRevision] = []
    parent = script.parents[0] if script.parents else None
    for number, (step, revision) in enumerate(zip(steps, ids, strict=True), 1):
        place = _place(draft, script, number, len(steps))
        text = _text(step, draft, script, revision, parent, place, number)
        if text is None:
            return None
        title = f"{step.title}." if step else f"Revision {script.revision}: {draft.kept}."
        revisions.append(PlannedRevision(title, _path(script, revision, step.slug if step else ""), text))
        parent = revision
    paths = {one.path for one in revisions}
    if len(paths) < len(revisions) or any(other.path in paths for other in context.history.scripts.values()):
        return None
    count = "One revision" if len(revisions) == 1 else f"{len(revisions)} revisions"
    of = "" if is_alone(script, draft) else ", of which one operation is replaced"
    return Plan(f"{count} in place of {script.revision}{of}: {draft.title}", tuple(revisions), script.path)


def _ids(draft: Draft, rule: str, context: Context, count: int) -> Iterator[str] | tuple[str, ...]:
    """The same for the same finding. The last one keeps the old id where other revisions stand on it."""
    script = context.script
    names = [f"{script.revision}\0{rule}\0{draft.title}\0{number}" for number in range(1, count + 1)]
    ids = [hashlib.sha256(name.encode(errors="replace")).hexdigest()[:ID_LENGTH] for name in names]
    if any(script.revision in needs for needs in context.history.needs.values()):
        ids[-1] = script.revision
    return tuple(ids)


def _place(draft: Draft, script: MigrationScript, number: int, count: int) -> str:
    step = f"Step {number} of {count} in place of revision {script.revision}"
    if is_alone(script, draft):
        return f"{step}, which is replaced as a whole."
    if number == 1:
        return f"{step}: {draft.kept}."
    return f"{step}, of which one operation is replaced."


def _text(
    step: Step | None, draft: Draft, script: MigrationScript, revision: str, parent: str | None, place: str, number: int
) -> str | None:
    if step is None:
        return remaining_text(script, draft, revision, place)
    dated = _DATED.search(script.docstring)
    first = number == 1
    heading = Heading(
        revision,
        parent,
        place,
        dated[1] if dated else None,
        script.branch_labels if first else (),
        script.depends_on if first else (),
    )
    return revision_file(step, heading)


def _path(script: MigrationScript, revision: str, slug: str) -> str:
    """Beside the old file and named like it."""
    folder, slash, name = script.path.rpartition("/")
    stem = name.removesuffix(".py")
    stem = stem.replace(script.revision, revision, 1) if script.revision in stem else f"{revision}_{stem}"
    if slug:
        stem = f"{stem[: LONGEST_NAME - len(slug) - 1]}_{slug}"
    return f"{folder}{slash}{stem}.py"


def _said(draft: Draft, script: MigrationScript) -> str:
    """What is written into docstrings."""
    words = (draft.kept, script.revision, *(part for step in draft.steps for part in (step.title, step.note)))
    return " ".join(words)
