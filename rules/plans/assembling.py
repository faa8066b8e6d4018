"""A draft as files: ids, parents, paths, texts."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from rules.context import Context
from rules.model.finding import Plan, PlannedRevision
from rules.model.script import MigrationScript
from rules.plans.draft import Draft, NoPlan, Step
from rules.plans.remaining import is_alone, is_replaced_whole, remaining_text, why_not_moved
from rules.plans.sql import in_string
from rules.plans.style import style_of
from rules.plans.writing import TIMEOUT_BACK, Heading, execute, revision_file

ID_LENGTH = 12
LONGEST_NAME = 100
"""Characters of a file's name."""
_DATED = re.compile(r"^Create Date:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
_NEEDS_ESCAPE = re.compile(r'"""|[\\\n\r]')


def plan_of(draft: Draft, rule: str, context: Context) -> Plan | NoPlan:
    """No plan where the revision cannot be taken apart by its text alone."""
    script = context.script
    if len(script.parents) > 1:
        return NoPlan(f"{script.revision} is a merge: do the work in a revision of its own first.")
    if reason := why_not_moved(script, draft):
        return NoPlan(reason)
    if _NEEDS_ESCAPE.search(_said(draft, script)):
        return NoPlan("A name in it holds a character that a docstring cannot.")
    whole = is_replaced_whole(script, draft)
    steps: tuple[Step | None, ...] = (*draft.before, *(() if whole else (None,)), *draft.steps)
    ids = _ids(draft, rule, context, len(steps))
    if any(one in context.history.scripts and one != script.revision for one in ids):
        return NoPlan("Revisions with the ids of this plan are there already.")
    revisions: list[PlannedRevision] = []
    parent = script.parents[0] if script.parents else None
    for number, (step, revision) in enumerate(zip(steps, ids, strict=True), 1):
        place = _place(draft, script, number, len(steps))
        text = _text(step, draft, context, revision, parent, place, number)
        if isinstance(text, NoPlan):
            return text
        title = f"{step.title}." if step else f"Revision {script.revision}: {draft.kept}."
        slug = step.slug if step else "rest" if revision == script.revision else ""
        revisions.append(PlannedRevision(title, _path(script, revision, slug), text))
        parent = revision
    paths = {one.path for one in revisions}
    if len(paths) < len(revisions) or any(other.path in paths for other in context.history.scripts.values()):
        return NoPlan("Files with the names of this plan are there already.")
    count = "One revision" if len(revisions) == 1 else f"{len(revisions)} revisions"
    differs = f"; {draft.differs}" if draft.differs else ""
    title = f"{count} in place of {script.revision}{_of(draft, script)}: {draft.title}{differs}"
    return Plan(title, tuple(revisions), script.path, draft.differs)


def _of(draft: Draft, script: MigrationScript) -> str:
    """What part of the revision is replaced."""
    if is_alone(script, draft):
        return ""
    if not draft.moved:
        return ", which is one of them"
    count = len(draft.moved)
    return f", of which {'one operation is' if count == 1 else f'{count} operations are'} replaced"


def _ids(draft: Draft, rule: str, context: Context, count: int) -> tuple[str, ...]:
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
    if number == len(draft.before) + 1:
        return f"{step}: {draft.kept}."
    return f"{step}{_of(draft, script)}."


def _text(
    step: Step | None, draft: Draft, context: Context, revision: str, parent: str | None, place: str, number: int
) -> str | NoPlan:
    script = context.script
    if step is None:
        return remaining_text(script, draft, revision, place, parent if number > 1 else None)
    dated = _DATED.search(script.docstring)
    first = number == 1 and not draft.before
    heading = Heading(
        revision,
        parent,
        place,
        dated[1] if dated else None,
        script.branch_labels if first else (),
        script.depends_on if first else (),
        style_of(script.path, script.text),
    )
    return revision_file(_with_own_timeout(step, context), heading)


def _with_own_timeout(step: Step, context: Context) -> Step:
    """Where env.py SETs a lock timeout, RESET would take it from the revisions that follow in the same run."""
    environment = context.environment
    if environment.lock_timeout is None or not environment.lock_timeout_set:
        return step
    (old,), (new,) = execute(TIMEOUT_BACK), execute(f"SET lock_timeout = {in_string(environment.lock_timeout)}")
    upgrade, downgrade = (tuple(line.replace(old, new) for line in lines) for lines in (step.upgrade, step.downgrade))
    return replace(step, upgrade=upgrade, downgrade=downgrade)


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
    steps = (*draft.before, *draft.steps)
    words = (draft.kept, script.revision, *(part for step in steps for part in (step.title, step.note)))
    return " ".join(words)
