"""The whole way: find the script locations, read them, put them in order, judge what is new."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from rules.context import Scene
from rules.engine.case import Case, New, open_case
from rules.engine.drawing import drawing_of
from rules.engine.drifts import drifts
from rules.engine.joining import with_repair
from rules.engine.judging import Found, Judgement, judge_matters, judge_scripts
from rules.engine.listing import statements_of, unread_of
from rules.engine.lock_report import lock_report, worst_first
from rules.engine.planning import with_plan
from rules.engine.proving import is_proved, same_shape, weigh
from rules.engine.replay import Replay
from rules.engine.runs import run_of
from rules.engine.settling import ignore_uses, on_its_line, order_of, settle, with_fingerprints
from rules.history import History
from rules.history.extra_heads import extra_heads
from rules.history.merged import DeletedRevisions, EditedRevision, Meddling, meddling
from rules.history.neighbours import Elsewhere, shared_parents
from rules.ignores import read_ignores
from rules.model.finding import Finding
from rules.model.location import ScriptLocation
from rules.model.locks import LockMoment
from rules.model.operations import Direction
from rules.model.review import CrashedCheck, LocationReport, Review, StatementLine, UnreadPlace
from rules.model.script import Ignore
from rules.reading import Readings, find_locations
from rules.registry import current_name, require_rule
from rules.schema.lines import lines
from rules.settings import Settings
from rules.settings.patterns import matches

_NOWHERE = ScriptLocation("", ())


def review(
    texts: Mapping[str, str],
    *,
    new: New = (),
    base_texts: Mapping[str, str] | None = None,
    settings: Settings | None = None,
    roots: Sequence[str] = (),
    judge_all: bool = False,
    elsewhere: Sequence[Elsewhere] = (),
    readings: Readings | None = None,
    changed: Collection[str] | None = None,
) -> Review:
    """Judges the new revisions of every script location.

    `texts` is the tree as it will be after the merge, `base_texts` the base branch's tip (None: `texts` without what
    is new). `judge_all` judges every revision as if it alone were new. `elsewhere` are the revisions of the other open
    pull requests. `readings` keeps what files said for the next time. `changed` are the paths that the pull request
    changes: without it, every file is compared with the base. Never raises on any text.
    """
    settings = (settings or Settings()).renamed(current_name)
    reports: list[LocationReport] = []
    findings: list[Finding] = []
    unread: list[UnreadPlace] = []
    moments: list[LockMoment] = []
    statements: list[StatementLine] = []
    crashed: list[CrashedCheck] = []
    for where in find_locations(texts, roots or settings.script_locations):
        case = open_case(where, texts, base_texts, settings, new, judge_all, elsewhere, readings, changed)
        said, broken = _judge(case)
        findings.extend(said)
        crashed.extend(broken)
        reports.append(_report(case, said))
        for script in case.judged:
            unread.extend(unread_of(script, case.scene.where.dialect))
            statements.extend(line for direction in Direction for line in statements_of(script, direction))
        for direction in Direction:
            moments.extend(lock_report(case.judged, direction, case.replay, case.scene))
    said, broken = _judge_settings(settings)
    findings.extend(said)
    crashed.extend(broken)
    return Review(
        tuple(reports),
        tuple(sorted(findings, key=order_of)),
        tuple(unread),
        tuple(row for moment in moments for row in moment.locks),
        tuple(statements),
        tuple(crashed),
        worst_first(moments),
        settings.table_statistics.taken_at if settings.table_statistics else None,
    )


def _judge(case: Case) -> tuple[list[Finding], list[CrashedCheck]]:
    judgement = _found(case, case.scene.new)
    ignores = _ignores(case) | _ignores_beside(case, judgement.found)
    findings = settle(judgement.found, case.scene, ignores)
    offered = [_with_proved_suggestion(finding, findings, case) for finding in findings]
    about_ignores = Judgement([], judgement.crashed)
    judge_matters(case.scene, ignore_uses(case.judged, findings, case.scene), about_ignores)
    judge_matters(case.scene, (ignore for script in case.judged for ignore in script.ignores), about_ignores)
    revisions = {script.path: script.revision for script in case.judged}
    offered = [with_plan(finding, case, findings, _judged_again) for finding in offered]
    said = settle(about_ignores.found, case.scene, {})
    offered += with_fingerprints([replace(each, revision=revisions.get(each.place.path)) for each in said])
    return [on_its_line(finding, case.texts) for finding in offered], judgement.crashed


def _judged_again(case: Case, revisions: Collection[str]) -> list[Finding]:
    return settle(_found(case, revisions, with_run=False).found, case.scene, _ignores(case))


def _judge_settings(settings: Settings) -> tuple[list[Finding], list[CrashedCheck]]:
    judgement = Judgement([], [])
    scene = Scene(_NOWHERE, History(), settings=settings)
    judge_matters(scene, (*settings.problems, settings), judgement)
    return settle(judgement.found, scene, {}), judgement.crashed


def _found(case: Case, revisions: Collection[str], *, with_run: bool = True) -> Judgement:
    """`with_run`: env.py is judged too."""
    judgement = Judgement([], [])
    judged = {each for each in revisions if each in case.scene.history.scripts and case.judges(each)}
    judge_scripts(case.scene, case.replay, judged, judgement)
    judge_matters(case.scene, _matters(case), judgement)
    if with_run and (run := run_of(case, judged)) is not None:
        judge_matters(case.scene, (run,), judgement)
    if with_run:
        judge_matters(case.scene, drifts(case), judgement)
    return judgement


def _matters(case: Case) -> Iterator[object]:
    """What is wrong with the location as a whole, as far as the pull request has to do with it."""
    scene, left_out = case.scene, case.scene.settings.ignore_paths
    if not scene.apart:
        yield from (with_repair(extra, case) for extra in extra_heads(scene.history, case.base, scene.new))
        yield from shared_parents(scene.history, scene.new, case.neighbours)
        unreadable = {problem.place.path for problem in case.unreadable}
        meddled = tuple(meddling(scene.history, case.base, scene.new, {*_paths(case)}, unreadable))
        squashed = any(isinstance(each, DeletedRevisions) for each in meddled) and _is_squash(case)
        yield from (each for each in meddled if not (squashed and _is_of_squash(each)))
    judged = {path for path in case.touched if not matches(path, left_out)} if left_out else case.touched
    left_out_kinds = {"multiple-heads"}
    if not scene.apart and _has_parents_elsewhere(case):
        left_out_kinds.add("unknown-parent")
    for problem in scene.history.problems:
        if problem.kind not in left_out_kinds and (scene.apart or judged.intersection(problem.paths)):
            yield problem
    yield from case.unreadable


def _has_parents_elsewhere(case: Case) -> bool:
    """Whether merged revisions follow some of another repository already: this one holds a part of the history."""
    return any(problem.kind == "unknown-parent" for problem in case.base.problems)


def _is_of_squash(found: Meddling) -> bool:
    """What was deleted, and the revision that took its place under the id of the last one."""
    match found:
        case DeletedRevisions():
            return True
        case EditedRevision(_, after):
            return not after.parents
    return False


def _is_squash(case: Case) -> bool:
    """Whether the revisions that are left end in the schema that the base ends in, everything of it read."""
    if len(case.base.heads) != 1 or len(case.scene.history.heads) != 1:
        return False
    before = Replay(case.base, (), case.scene.start).after(case.base.heads[0])
    after = case.replay.after(case.scene.history.heads[0])
    return not before.unread and not after.unread and lines(before) == lines(after)


def _paths(case: Case) -> Iterator[str]:
    return (script.path for script in case.location.scripts)


def _ignores(case: Case) -> dict[str, tuple[Ignore, ...]]:
    judged = {script.path for script in case.judged} | case.touched
    return {script.path: script.ignores for script in case.location.scripts if script.ignores and script.path in judged}


def _ignores_beside(case: Case, found: Iterable[Found]) -> dict[str, tuple[Ignore, ...]]:
    """Of env.py and of model files, as far as something is said about them."""
    paths = {each.finding.place.path for each in found}
    beside = (path for path in paths if path.endswith(".py") and not case.scene.where.holds(path))
    return {path: read_ignores(path, case.texts.get(path, "")) for path in beside}


def _with_proved_suggestion(finding: Finding, findings: Sequence[Finding], case: Case) -> Finding:
    suggestion = finding.suggestion
    if suggestion is None:
        return finding
    alone = finding.revision if case.scene.apart else None
    of_run = require_rule(finding.rule).group == "runner"

    def judged_again(edited: Mapping[str, str]) -> list[Finding] | None:
        changed = case.with_texts(edited)
        if changed is None or not _leaves_the_same_schema(finding, case, changed, edited):
            return None
        found = _found(changed, changed.scene.new if alone is None else (alone,), with_run=of_run).found
        return settle(found, changed.scene, _ignores(changed))

    before = weigh([each for each in findings if alone is None or each.revision in (alone, None)])
    if finding.silenced is None and is_proved(finding, suggestion, case.texts, before, judged_again):
        return replace(finding, plan=None)
    return replace(finding, suggestion=None)


def _leaves_the_same_schema(finding: Finding, case: Case, changed: Case, edited: Mapping[str, str]) -> bool:
    """Whether the edited revisions end as before; a revision that moved in the graph stands on something else."""
    if require_rule(finding.rule).changes_schema or changed.scene.history.needs != case.scene.history.needs:
        return True
    return all(
        same_shape(case.replay.after(script.revision), changed.replay.after(script.revision))
        for script in case.judged
        if script.path in edited
    )


def _report(case: Case, said: Sequence[Finding]) -> LocationReport:
    history = case.scene.history
    return LocationReport(
        case.scene.where.path,
        case.scene.where.dialect,
        len(case.location.scripts),
        history.heads,
        tuple(revision for revision in history.order if revision in case.scene.new),
        history.problems,
        drawing_of(case, said),
    )
