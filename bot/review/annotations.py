"""Findings as annotations of the check run, for those that have no comment on the diff."""

from __future__ import annotations

from bot.model.review_plan import Annotation, AnnotationLevel
from bot.review.markdown import cleaned, cut
from rules.model.finding import Finding, Severity

LIMIT = 250
"""Five requests of 50; the summary's table has the rest."""

MESSAGE_BYTES = 60_000
"""GitHub takes 64 KB."""

_LEVELS = {Severity.ERROR: AnnotationLevel.FAILURE, Severity.WARNING: AnnotationLevel.WARNING}


def annotation_of(finding: Finding) -> Annotation:
    """Plain text: GitHub reads no Markdown in it."""
    place = finding.place
    one_line = place.last_line == place.line and place.end_column > place.column
    message = cut(cleaned(f"{finding.message}\n\n{finding.advice}".strip()), MESSAGE_BYTES // 4)
    return Annotation(
        path=place.path,
        start_line=max(1, place.line),
        end_line=max(1, place.last_line),
        level=_LEVELS.get(finding.severity, AnnotationLevel.NOTICE),
        title=cut(cleaned(finding.rule), 255),
        message=message or finding.rule,
        start_column=place.column + 1 if one_line else None,
        end_column=place.end_column if one_line else None,
    )
