"""The check run's text: everything that was found, and everything that was not looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.model.snapshot import LeftOut
from bot.review.listing import lock_section, sql_section
from bot.review.markdown import Markdown, cell, code, code_cell, cut, prose
from bot.review.picture import pictures_of
from bot.review.section import Section, fitted, short_names
from bot.review.wording import ICONS, LIMIT, counted, render
from rules.dialects import left_unjudged
from rules.model.finding import Finding
from rules.model.place import Place
from rules.model.review import Review

MOST_OF_A_PICTURE = 6_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Remarks:
    """What the summary says beside the findings: sentences of our own, and files that could not be had."""

    notes: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def summary_of(review: Review, lead: str, remarks: Remarks) -> str:
    """Markdown of at most LIMIT characters: problems of the graph, findings, what was not read, what is silenced."""
    standing = sorted(review.standing, key=lambda finding: finding.severity.rank)
    sections = (
        fitted("Notes", [Markdown(f"- {prose(note)}") for note in _notes(review, remarks)], 4_000, more="note"),
        _heads(review),
        _findings("Findings", standing, 24_000),
        _crashed(review),
        _unread(review, remarks.left_out),
        _silenced([finding for finding in review.findings if finding.silenced is not None]),
    )
    return _rendered(lead, sections)


def _notes(review: Review, remarks: Remarks) -> Iterator[str]:
    yield from remarks.notes
    for location in review.locations:
        if sentence := left_unjudged(location.path, location.dialect):
            yield sentence


def details_of(review: Review) -> str | None:
    """Markdown of at most LIMIT characters: the locks of the new migrations and their SQL; None if there is none."""
    sections = tuple(section for section in (lock_section(review), sql_section(review, 34_000)) if section)
    return _rendered("What the new migrations send to the database.", sections) if sections else None


def _rendered(lead: str, sections: Iterable[Section | None]) -> str:
    text = render(
        "summary.md.j2",
        lead=prose(lead),
        sections=[section for section in sections if section is not None],
    )
    return cut(text, LIMIT)


def _heads(review: Review) -> Section | None:
    rows: list[Markdown] = []
    for location in review.locations:
        rows += (
            Markdown(f"- {prose(cut(problem.message, 1_000))} ({code(problem.kind)})") for problem in location.problems
        )
        if len(location.heads) > 1 and not any(problem.kind == "multiple-heads" for problem in location.problems):
            heads = ", ".join(code(head) for head in location.heads[:20])
            rows.append(Markdown(f"- {code(location.path)} has {len(location.heads)} heads: {heads}"))
    said = fitted("Revision graph", rows, 6_000, more="problem")
    pictures = tuple(picture for picture in pictures_of(review) if len(picture) <= MOST_OF_A_PICTURE)
    if said is None:
        return Section("Revision graph", pictures) if pictures else None
    return replace(said, rows=(*said.rows, *pictures))


def _findings(title: str, findings: Sequence[Finding], limit: int) -> Section | None:
    names = short_names([finding.place.path for finding in findings])
    rows = [
        Markdown(
            f"| {ICONS[finding.severity]} {finding.severity.value} | {_where(finding.place, names)} "
            f"| {cell(cut(finding.message, 400))} | {code_cell(finding.rule)} |"
        )
        for finding in findings
    ]
    header = (Markdown("| | Where | What | Rule |"), Markdown("|---|---|---|---|"))
    return fitted(title, rows, limit, header=header, more="finding")


def _crashed(review: Review) -> Section | None:
    rows = [
        Markdown(f"- {code(crash.rule)}{_at(crash.place)}: {code(cut(crash.error, 300))}") for crash in review.crashed
    ]
    lead = Markdown("These rules failed by a fault of dbbot; their judgement is missing, the others stand.")
    return fitted("Rules that failed", rows, 4_000, lead=lead, more="rule")


def _unread(review: Review, left_out: Sequence[LeftOut]) -> Section | None:
    names = short_names([unread.place.path for unread in review.unread])
    rows = [Markdown(f"- {code(cut(file.path, 300))}: {prose(cut(file.reason, 300))}") for file in left_out]
    rows += (
        Markdown(f"- {_where(unread.place, names)} ({unread.direction.value}): {prose(cut(unread.reason, 300))}")
        for unread in review.unread
    )
    lead = Markdown(f"No rule has checked {'this' if len(rows) == 1 else 'these'}:")
    return fitted("Not read", rows, 8_000, lead=lead, more="place")


def _silenced(findings: Sequence[Finding]) -> Section | None:
    names = short_names([finding.place.path for finding in findings])
    rows = [
        Markdown(
            f"- {_where(finding.place, names)} {code(finding.rule)}, by {finding.silenced.by}: "
            f"{prose(cut(finding.silenced.reason or 'no reason given', 300))}"
        )
        for finding in findings
        if finding.silenced is not None
    ]
    return fitted(f"Silenced: {counted(len(rows), 'finding')}", rows, 8_000, folded=True, more="finding")


def _at(place: Place | None) -> str:
    return f" at {code(str(place))}" if place else ""


def _where(place: Place, names: dict[str, str]) -> Markdown:
    return code_cell(cut(f"{names[place.path]}:{place.line}", 200))
