"""What to say on a pull request: pure data, made by `bot.review.plan`, carried out by `bot.github.publish`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Conclusion(StrEnum):
    SUCCESS = "success"
    NEUTRAL = "neutral"
    FAILURE = "failure"
    CANCELLED = "cancelled"
    ACTION_REQUIRED = "action_required"


class AnnotationLevel(StrEnum):
    NOTICE = "notice"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class InlineComment:
    """On the new side of the diff. `start_line` is None for a single line; `body` carries the marker."""

    path: str
    line: int
    body: str
    fingerprint: str
    start_line: int | None = None


@dataclass(frozen=True, slots=True)
class Annotation:
    """Lines from 1; columns from 1 in GitHub's counting, and only if it is one line. Title at most 255 characters."""

    path: str
    start_line: int
    end_line: int
    level: AnnotationLevel
    title: str
    message: str
    start_column: int | None = None
    end_column: int | None = None
    raw_details: str | None = None


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The check run's end. `summary` and `text` are Markdown of at most 65,535 characters."""

    conclusion: Conclusion
    title: str
    summary: str
    text: str | None = None
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """`comments` are new; `resolve` are thread ids whose finding is gone; a plan without comments posts no review.

    `review_body` carries the marker of the head and is only sent together with comments.
    """

    head_sha: str
    base_sha: str
    check: CheckReport
    review_body: str = ""
    comments: tuple[InlineComment, ...] = ()
    kept: tuple[str, ...] = ()
    """Fingerprints of findings whose comment stands already."""
    resolve: tuple[str, ...] = ()
