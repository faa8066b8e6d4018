"""For people: place, level, rule, sentence, advice, the suggestion as a diff; at the end the counts."""

from __future__ import annotations

from collections.abc import Iterator

import click

from bot.cli.printing import Sheet
from bot.review.markdown import cleaned
from bot.review.suggestion import diff_text
from rules.dialects import left_unjudged
from rules.model.finding import Finding, Severity

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTICE: "blue"}


def written(sheet: Sheet) -> str:
    lines: list[str] = []
    for finding in sheet.standing:
        lines += (*_finding(finding, sheet), "")
    lines += _unread(sheet)
    for crash in sheet.review.crashed:
        where = f" at {crash.place}" if crash.place else ""
        lines.append(cleaned(f"{crash.rule} failed by a fault of dbbot{where}: {crash.error}"))
    for location in sheet.review.locations:
        if sentence := left_unjudged(location.path, location.dialect):
            lines.append(cleaned(sentence))
    if lines and lines[-1]:
        lines.append("")
    return "\n".join([*lines, counts(sheet)])


def _unread(sheet: Sheet) -> Iterator[str]:
    """Each line once, without those that a finding stands on."""
    spoken_of = {(finding.place.path, finding.place.line) for finding in sheet.review.findings}
    reasons: dict[tuple[str, str], list[str]] = {}
    for unread in sheet.review.unread:
        if (unread.place.path, unread.place.line) not in spoken_of:
            where = f"{unread.place.path}:{unread.place.line}", unread.direction.value
            reasons.setdefault(where, []).append(unread.reason)
    for (place, direction), said in reasons.items():
        more = f"; and {len(said) - 1} more reason{'s' if len(said) > 2 else ''}" if len(said) > 1 else ""
        yield f"{cleaned(place)} not read ({direction}): {cleaned(said[0])}{more}"


def counts(sheet: Sheet) -> str:
    """The last line."""
    new = sum(len(location.new) for location in sheet.review.locations)
    everything = sum(location.revisions for location in sheet.review.locations)
    if not new and not sheet.standing:
        return f"No new migration among {everything:,}; `dbbot check --all` judges every one."
    words = [_counted(sheet.count(level), level.value) for level in _COLOURS if sheet.count(level)]
    found = f"{', '.join(words) or 'No findings'} in {_counted(new, 'migration')}"
    rest = [
        f"{number:,} {word}"
        for number, word in (
            (sheet.silenced, "silenced"),
            (len(sheet.review.unread), "not read"),
            (len(sheet.review.crashed), "failed"),
        )
        if number
    ]
    return f"{found} ({', '.join(rest)})." if rest else f"{found}."


def _finding(finding: Finding, sheet: Sheet) -> Iterator[str]:
    place = cleaned(f"{finding.place.path}:{finding.place.line}:{finding.place.column + 1}")
    level = finding.severity.value
    if sheet.colours:
        place, level = click.style(place, bold=True), click.style(level, fg=_COLOURS[finding.severity])
    yield f"{place} {level} {finding.rule}"
    for paragraph in (finding.message, finding.advice):
        yield from (f"  {cleaned(line)}" for line in paragraph.splitlines())
    if finding.suggestion is not None:
        yield from (f"    {line}" for line in _diff(finding, sheet))
    if finding.plan is not None and finding.revision is not None:
        yield f"  `dbbot plan {cleaned(finding.revision)}` writes it: {cleaned(finding.plan.title)}"


def _diff(finding: Finding, sheet: Sheet) -> Iterator[str]:
    """Without the headers: the place above says where."""
    if finding.suggestion is None:
        return
    several = len({edit.path for edit in finding.suggestion.edits}) > 1
    for line in diff_text(finding.suggestion, sheet.texts, context=0).split("\n"):
        if line.startswith(("--- ", "@@")) or not line:
            continue
        if line.startswith("+++ "):
            if several:
                yield cleaned(line.removeprefix("+++ b/"))
            continue
        shown = cleaned(line)
        yield click.style(shown, fg="green" if line[0] == "+" else "red") if sheet.colours else shown


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
