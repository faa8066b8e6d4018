"""Findings, patches and earlier comments -> what to add, keep and resolve. Pure: nothing is fetched or sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.model.review_plan import CheckReport, Conclusion, InlineComment, ReviewPlan
from bot.model.snapshot import PullRequestSnapshot
from bot.review.annotations import LIMIT as MOST_ANNOTATIONS
from bot.review.annotations import annotation_of
from bot.review.markdown import Markdown
from bot.review.picture import chart_of
from bot.review.placement import Diff, Span, diff_of
from bot.review.reconcile import reconcile
from bot.review.suggestion import Block, block_of, diff_text
from bot.review.summary import Remarks, details_of, summary_of
from bot.review.verdict import Verdict, verdict_of
from bot.review.wording import comment_body, places, review_body
from rules.model.finding import Finding, Severity
from rules.model.review import Review
from rules.settings import Settings

MOST_COMMENTS = 30
"""On the diff of one pull request, those that stand already among them."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    finding: Finding
    span: Span
    block: Block | None


def plan_review(
    snapshot: PullRequestSnapshot,
    review: Review,
    settings: Settings | None = None,
    *,
    pages_url: str | None = None,
    notes: Sequence[str] = (),
) -> ReviewPlan:
    """What to say on the pull request.

    `settings` are those of the base; under `pages_url` stand the rule pages (`/rules/NAME`); `notes` are sentences of
    ours for the summary, with `names` in backticks.
    """
    settings = settings or Settings()
    diff = diff_of(snapshot.changed, snapshot.texts)
    findings = _gravest_first(review.standing)
    candidates = _candidates(findings, snapshot, diff)
    unjudged = {file.path for file in snapshot.left_out}
    earlier = reconcile(
        snapshot.earlier,
        {finding.fingerprint for finding in findings},
        replaceable=() if snapshot.reviewed_sha == snapshot.head_sha else candidates,
        unjudged=unjudged,
        complete=not review.crashed,
    )
    fresh = [found for fingerprint, found in candidates.items() if fingerprint not in earlier.kept]
    spoken_notices = sum(_is_notice(finding) and finding.fingerprint in earlier.kept for finding in findings)
    rooms = (MOST_COMMENTS - earlier.inline, settings.inline_notices - spoken_notices)
    new = [] if snapshot.reviewed_sha == snapshot.head_sha else _chosen(fresh, *rooms)
    spoken = [found.finding for found in new]
    silent = [finding for finding in findings if finding.fingerprint not in earlier.kept and finding not in spoken]
    verdict = verdict_of(snapshot, review, settings)
    lead = verdict.lead or places(len(findings) - len(silent), len(silent))
    return ReviewPlan(
        head_sha=snapshot.head_sha,
        base_sha=snapshot.base_sha,
        check=_report(review, replace(verdict, lead=lead), silent, Remarks(tuple(notes), snapshot.left_out)),
        review_body=review_body(spoken, len(silent), snapshot.head_sha) if new else "",
        comments=tuple(_comment(found, snapshot, pages_url, chart_of(found.finding, review)) for found in new),
        kept=tuple(sorted(earlier.kept)),
        resolve=earlier.resolve,
    )


def plan_without_review(
    head_sha: str, base_sha: str, conclusion: Conclusion, title: str, sentences: Iterable[str]
) -> ReviewPlan:
    """A check run that only says why there is no review: wrong settings, a fault of ours, nothing to look at."""
    summary = summary_of(Review(locations=(), findings=()), " ".join(sentences) or title, Remarks())
    return ReviewPlan(head_sha, base_sha, CheckReport(conclusion, title, summary))


def _gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    """The engine's order within a severity."""
    heard = (finding for finding in findings if finding.severity is not Severity.OFF)
    return sorted(heard, key=lambda finding: finding.severity.rank)


def _candidates(findings: Iterable[Finding], snapshot: PullRequestSnapshot, diff: Diff) -> dict[str, _Candidate]:
    """By fingerprint: of two findings that share one, the graver can be told apart by its comment later."""
    found: dict[str, _Candidate] = {}
    for finding in findings:
        candidate = _placed(finding, snapshot, diff)
        if candidate and finding.fingerprint:
            found.setdefault(finding.fingerprint, candidate)
    return found


def _placed(finding: Finding, snapshot: PullRequestSnapshot, diff: Diff) -> _Candidate | None:
    """Where a comment can stand: on the lines of its suggestion if GitHub can apply it, else on its own."""
    if block := block_of(finding.suggestion, snapshot.texts, diff):
        return _Candidate(finding, block.span, block)
    span = diff.span_of(finding.place)
    return _Candidate(finding, span, None) if span else None


def _chosen(candidates: Iterable[_Candidate], room: int, room_for_notices: int) -> list[_Candidate]:
    """The gravest, as many as there is room for, in the order of the diff."""
    candidates = list(candidates)
    notices = [candidate for candidate in candidates if _is_notice(candidate.finding)]
    graver = [candidate for candidate in candidates if not _is_notice(candidate.finding)]
    chosen = (graver + notices[: max(0, room_for_notices)])[: max(0, room)]
    return sorted(chosen, key=lambda found: (found.span.path, found.span.last, found.finding.severity.rank))


def _is_notice(finding: Finding) -> bool:
    return finding.severity is Severity.NOTICE


def _comment(
    candidate: _Candidate, snapshot: PullRequestSnapshot, pages_url: str | None, chart: Markdown
) -> InlineComment:
    finding, span = candidate.finding, candidate.span
    diff = diff_text(finding.suggestion, snapshot.texts) if finding.suggestion and not candidate.block else ""
    return InlineComment(
        path=span.path,
        line=span.last,
        body=comment_body(finding, candidate.block, diff, snapshot.head_sha, pages_url, chart),
        fingerprint=finding.fingerprint,
        start_line=span.first if span.first < span.last else None,
    )


def _report(review: Review, verdict: Verdict, silent: Sequence[Finding], remarks: Remarks) -> CheckReport:
    return CheckReport(
        conclusion=verdict.conclusion,
        title=verdict.title,
        summary=summary_of(review, verdict.lead, remarks),
        text=details_of(review),
        annotations=tuple(annotation_of(finding) for finding in silent[:MOST_ANNOTATIONS]),
    )
