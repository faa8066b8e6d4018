"""For a job summary or a comment: what the check run shows on a pull request."""

from __future__ import annotations

from bot.cli.formats.text import counts
from bot.cli.printing import Sheet
from bot.review.summary import Remarks, details_of, summary_of


def written(sheet: Sheet) -> str:
    summary = summary_of(sheet.review, counts(sheet), Remarks())
    details = details_of(sheet.review)
    return f"{summary}\n{details}" if details else summary
