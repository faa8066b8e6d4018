"""A plan is offered only after it was tried: its revisions put in place of the old one, read, and judged again."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from msgspec import structs

from rules.context import Context
from rules.engine.case import Case
from rules.engine.meeting import as_met
from rules.engine.proving import same_shape, shape, weigh
from rules.engine.replay import Replay, steps_of
from rules.history import history_of
from rules.history.substitution import with_chain
from rules.ignores import read_ignores
from rules.model.columns import Generated
from rules.model.finding import Finding, Plan, Severity
from rules.model.operations import Direction, IndexKey, Operation
from rules.model.script import MigrationScript
from rules.plans import PLANNED, NoPlan, plan_for
from rules.schema import ConstraintKind, Schema, Table, TableColumn

_DOES_NOT_HOLD = "A plan was made and tried, and another finding or another schema came of it: it is not offered."

Judge = Callable[[Case, frozenset[str]], Sequence[Finding]]
"""The findings of those revisions and of the location, settled."""


def with_plan(finding: Finding, case: Case, findings: Sequence[Finding], judge: Judge) -> Finding:
    """The finding with the plan that repairs it, where it stands, has no suggestion, and such a plan holds."""
    script = case.scene.history.scripts.get(finding.revision or "")
    if finding.rule not in PLANNED or finding.suggestion or finding.silenced or script is None:
        return finding
    place = finding.place
    if finding.direction is Direction.DOWNGRADE or place.path != script.path or not place.is_direct:
        return finding
    reason = ""
    for operation, context in _at_its_place(finding, script, case):
        plan = plan_for(finding, operation, context)
        if isinstance(plan, NoPlan):
            reason = reason or plan.reason
        elif _holds(plan, finding, script, case, findings, judge):
            return replace(finding, plan=plan)
        else:
            reason = _DOES_NOT_HOLD
    return replace(finding, no_plan=reason)


def _at_its_place(finding: Finding, script: MigrationScript, case: Case) -> Iterator[tuple[Operation, Context]]:
    start = case.replay.before(script.revision)
    steps, _ = steps_of(script, Direction.UPGRADE, start, case.scene.server_version)
    here = [at for at, step in enumerate(steps) if step.operation.place == finding.place]
    named = [at for at in here if finding.subject == " ".join(steps[at].operation.sql.split())]
    for at in named or here:
        operation, schema = steps[at].operation, steps[at].schema
        yield operation, Context(case.scene, script, Direction.UPGRADE, schema, start, steps, at)


def _holds(
    plan: Plan, finding: Finding, script: MigrationScript, case: Case, findings: Sequence[Finding], judge: Judge
) -> bool:
    tried = _in_place_of(script, plan, case)
    if tried is None:
        return False
    changed, revisions = tried
    last = changed.scene.history.scripts[revisions[-1]]
    meant = _but(plan, finding, case.replay.after(script.revision))
    reached = _but(plan, finding, changed.replay.after(last.revision))
    if not same_shape(meant, reached, _shape):
        return False
    said = judge(changed, frozenset(revisions) if case.scene.apart else changed.scene.new)
    own = {revision.path for revision in plan.revisions if not _is_the_rest(revision.title, script)}
    if any(each.place.path in own for each in _grave(said)):
        return False
    known = [each for each in findings if not case.scene.apart or each.revision in (script.revision, None)]
    before, after = weigh(_grave(known)), weigh(_grave(said))
    as_grave, was_as_grave = (weigh(_grave(each, finding.severity)) for each in (said, known))
    gone = as_grave[finding.rule] < was_as_grave[finding.rule]
    return gone and all(after[rule] <= before[rule] for rule in after)


def _but(plan: Plan, finding: Finding, schema: Schema) -> Schema:
    """Where a plan says that it ends otherwise, without the types and the tables, partitions too, that are named."""
    if not plan.differs:
        return schema
    named = set(re.findall(r"\w+", finding.subject))
    gone = {name.key for table in schema.tables if table.name.name in named for name in schema.below(table.name)}
    kept = {key: table for key, table in schema.relations.items() if table.name.name not in named and key not in gone}
    return structs.replace(schema, relations=kept, enums={})


def _is_the_rest(title: str, script: MigrationScript) -> bool:
    return title.startswith(f"Revision {script.revision}:")


def _grave(findings: Sequence[Finding], least: Severity = Severity.WARNING) -> list[Finding]:
    return [each for each in findings if each.severity.at_least(least) and each.silenced is None]


def _in_place_of(script: MigrationScript, plan: Plan, case: Case) -> tuple[Case, tuple[str, ...]] | None:
    """The case with the plan's files instead of the revision's, and their ids; None if one cannot be read whole."""
    planned = {revision.path: revision.text for revision in plan.revisions}
    texts: Mapping[str, str] = ChainMap(planned, case.texts)  # type: ignore[arg-type]  # it is only read
    read = []
    for revision in plan.revisions:
        each = case.read(revision.path, texts, planned, case.replay.before(script.revision))
        if not isinstance(each, MigrationScript) or each.unread:
            return None
        read.append(replace(each, ignores=read_ignores(each.path, each.text)))
    ids = tuple(each.revision for each in read)
    scripts = (*(each for each in case.location.scripts if each.path != script.path), *read)
    is_plain = len(case.location.scripts) == len(case.scene.history.scripts)
    chained = with_chain(case.scene.history, script, read) if is_plain else None
    new = case.scene.new - {script.revision} | set(ids)
    history = as_met(chained or history_of(scripts), () if case.scene.apart else new, case.scene.start)
    changed = replace(
        case,
        scene=replace(case.scene, history=history, new=new),
        location=replace(case.location, scripts=tuple(sorted(scripts, key=lambda each: each.path))),
        replay=Replay(
            history,
            () if case.scene.apart else new,
            case.scene.start,
            case.states_without((script.revision,)),
        ),
        texts=texts,
        shelf=None,
        unreadable=tuple(problem for problem in case.unreadable if problem.place.path not in planned),
        touched=case.touched - {script.path} | {revision.path for revision in plan.revisions},
    )
    return changed, ids


def _shape(schema: Schema) -> frozenset[object]:
    """Without the constraint that a NOT NULL is since PostgreSQL 18, which the column says; keys without quotes."""
    return shape(structs.replace(schema, relations={key: _plain(table) for key, table in schema.relations.items()}))


def _plain(table: Table) -> Table:
    constraints = tuple(each for each in table.constraints if each.kind is not ConstraintKind.NOT_NULL)
    indexes = tuple(structs.replace(index, keys=tuple(map(_unquoted, index.keys))) for index in table.indexes)
    return structs.replace(table, columns=tuple(map(_counted, table.columns)), constraints=constraints, indexes=indexes)


def _counted(column: TableColumn) -> TableColumn:
    """SERIAL is a sequence and a default, however they came."""
    counts = column.generated is Generated.SERIAL or (column.default or "").startswith("nextval(")
    return structs.replace(column, generated=None, default="nextval") if counts else column


def _unquoted(key: IndexKey) -> IndexKey:
    return structs.replace(key, text=key.column) if key.column and key.text == f'"{key.column}"' else key
