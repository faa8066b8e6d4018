"""From what the checks found to findings: severity, folding, fingerprints, ignores, order."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from msgspec import structs

from rules.context import Scene
from rules.engine.judging import Found
from rules.ignores import IgnoreUse
from rules.model.finding import Finding, Severity, Silenced, Suggestion
from rules.model.operations import Direction
from rules.model.place import Place
from rules.model.script import Ignore, MigrationScript
from rules.reading.literals import lines_of, place_on
from rules.registry import current_name, rule_named
from rules.rule import InDowngrade
from rules.settings.patterns import matches
from rules.wording import listed

FINGERPRINT_LENGTH = 16
_MOST_LINES = 8
_GRAVER = {Severity.WARNING: Severity.ERROR, Severity.NOTICE: Severity.WARNING}
_MILDER = {Severity.ERROR: Severity.WARNING, Severity.WARNING: Severity.NOTICE}


def settle(found: Sequence[Found], scene: Scene, ignores: Mapping[str, Sequence[Ignore]]) -> list[Finding]:
    """Findings with severity, fingerprint and silence; `ignores` are the comments of each judged file."""
    settled = [_settled(each, scene, ignores) for each in found]
    return with_fingerprints(fold(settled))


def _settled(found: Found, scene: Scene, ignores: Mapping[str, Sequence[Ignore]]) -> Finding:
    finding = replace(found.finding, lines=_lines_inside(found, scene))
    script = found.script
    subject = finding.subject
    if not subject and found.operation is not None:
        subject = " ".join(found.operation.sql.split()) or found.operation.statement.cause
    return replace(
        finding,
        severity=_severity(found, scene),
        revision=finding.revision or (script.revision if script else None),
        direction=finding.direction or found.direction,
        subject=subject,
        silenced=_silenced(finding, scene, ignores.get(finding.place.path, ())),
    )


def _lines_inside(found: Found, scene: Scene) -> tuple[int, int] | None:
    script, operation = found.script, found.operation
    if script is None or operation is None or found.finding.place != operation.place or operation.place.via is None:
        return None
    return lines_of(script.text, operation, script.operations(operation.statement.direction), scene.where.dialect)


def on_its_line(finding: Finding, texts: Mapping[str, str]) -> Finding:
    """Placed on its statement; until then the place is that of the call, which suggestions and plans rewrite."""
    if finding.lines is None:
        return finding
    path = finding.place.path
    return replace(finding, place=place_on(texts.get(path, ""), path, finding.lines), lines=None)


def _severity(found: Found, scene: Scene) -> Severity:
    severity = scene.settings.severity_of(found.rule.name, found.finding.severity)
    if found.large:
        severity = _GRAVER.get(severity, severity)
    if (found.direction or found.finding.direction) is Direction.DOWNGRADE:
        match found.rule.downgrade:
            case InDowngrade.LOWER:
                severity = _MILDER.get(severity, severity)
            case InDowngrade.SILENT:
                severity = Severity.NOTICE
    return severity


def _silenced(finding: Finding, scene: Scene, ignores: Iterable[Ignore]) -> Silenced | None:
    for ignore in ignores:
        if ignore.reason is not None and _names(ignore, finding) and _covers(ignore, finding):
            return Silenced("comment", ignore.reason)
    setting = scene.settings.of(finding.rule)
    if setting.except_paths and matches(finding.place.path, setting.except_paths):
        return Silenced("config", setting.reason or "the settings except this path")
    return None


def _names(ignore: Ignore, finding: Finding) -> bool:
    return any(current_name(name) == finding.rule for name in ignore.rules)


def _covers(ignore: Ignore, finding: Finding) -> bool:
    if ignore.whole_file:
        return True
    first, last = ignore.lines or (ignore.place.line, ignore.place.line)
    spans = [(finding.place.line, finding.place.last_line), *([finding.lines] if finding.lines else [])]
    return any(first <= end and start <= last for start, end in spans)


def ignore_uses(scripts: Iterable[MigrationScript], findings: Sequence[Finding], scene: Scene) -> Iterator[IgnoreUse]:
    """Each rule name of each ignore comment, and whether it silenced anything."""
    for script in scripts:
        here = [finding for finding in findings if finding.place.path == script.path]
        for ignore in script.ignores:
            for name in ignore.rules:
                rule = rule_named(name)
                if rule and scene.settings.severity_of(rule.name, rule.severity) is Severity.OFF:
                    continue
                used = any(finding.rule == current_name(name) and _covers(ignore, finding) for finding in here)
                yield IgnoreUse(ignore, name, used)


def fold(findings: Sequence[Finding]) -> list[Finding]:
    """One finding per migration for rules that fold, one per call for the others: the first speaks for all."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        rule = rule_named(finding.rule)
        where: tuple[object, ...] = (finding.rule, finding.revision, finding.silenced is None)
        if rule is None or not rule.fold:
            here = _call(finding.place) if finding.direction is not None else len(groups)
            where = (*where, here, finding.direction)
        groups.setdefault(where, []).append(finding)
    return [_folded(group) for group in groups.values()]


def _call(place: Place) -> Place:
    """The lines of a helper in another file are one place: the migration has only the call to show."""
    return structs.replace(place, via=None) if place.via is not None and place.via.path != place.path else place


def _folded(group: list[Finding]) -> Finding:
    first = min(group, key=_where)
    lines = sorted({_line(finding) for finding in group if finding.place.path == first.place.path})
    severity = min((finding.severity for finding in group), key=lambda severity: severity.rank)
    subject = "\n".join(finding.subject for finding in sorted(group, key=_where))
    message = first.message
    if len(lines) > 1:
        others = [str(line) for line in lines if line != _line(first)]
        message += f" The same holds on {_lines(others)}."
    elif (more := len({finding.message for finding in group}) - 1) > 0:
        message += f" This call does so {_times(more)}."
    suggestion = _together([finding.suggestion for finding in group])
    return replace(first, message=message, severity=severity, subject=subject, suggestion=suggestion)


def _where(finding: Finding) -> tuple[Place, tuple[int, int]]:
    return finding.place, finding.lines or (0, 0)


def _line(finding: Finding) -> int:
    return finding.lines[0] if finding.lines else finding.place.line


def _times(more: int) -> str:
    return "once more" if more == 1 else f"{more} more times"


def _lines(numbers: list[str]) -> str:
    return f"line{'s' if len(numbers) > 1 else ''} {listed(numbers, _MOST_LINES)}"


def _together(suggestions: list[Suggestion | None]) -> Suggestion | None:
    """All edits at once, if every place has one."""
    whole = [suggestion for suggestion in suggestions if suggestion is not None]
    if len(whole) < len(suggestions):
        return None
    edits = {edit for suggestion in whole for edit in suggestion.edits}
    return Suggestion(whole[0].title, tuple(sorted(edits)))


def with_fingerprints(findings: Sequence[Finding]) -> list[Finding]:
    """Names each finding by rule, revision, direction and subject; equal ones are numbered in their order."""
    seen: Counter[str] = Counter()
    named = []
    for finding in sorted(findings, key=order_of):
        what = "\0".join((finding.rule, finding.revision or "", finding.direction or "", finding.subject))
        seen[what] += 1
        digest = hashlib.sha256(f"{what}\0{seen[what]}".encode(errors="replace")).hexdigest()
        named.append(replace(finding, fingerprint=digest[:FINGERPRINT_LENGTH]))
    return named


def order_of(finding: Finding) -> tuple[str, int, str, int, str]:
    return (finding.place.path, finding.place.line, finding.rule, finding.place.column, finding.message)
