"""One review per push. GitHub refuses a whole review for one bad line; then every comment finds another place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.github.changes import changed_files
from bot.github.client import Client
from bot.github.errors import Forbidden, Refused
from bot.github.glance import earlier_of
from bot.github.repeating import once
from bot.model.review_plan import Annotation, AnnotationLevel, InlineComment, ReviewPlan
from bot.review.placement import diff_of

MOST_BODY = 65_000
"""Characters; GitHub takes 65,536."""
_MARKER = re.compile(r"\s*<!--\s*dbbot:.*?-->\s*", re.DOTALL)
_SUGGESTION = re.compile(r"^(\s*`{3,})suggestion\b.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Posted:
    """`annotations` are comments that found no place on the conversation; `refused` is why there is no review."""

    annotations: tuple[Annotation, ...] = ()
    refused: str | None = None
    superseded: bool = False


def post_review(client: Client, number: int, plan: ReviewPlan) -> Posted:
    """Posts the plan's comments in one review, event COMMENT. Every comment ends on GitHub or in `annotations`."""
    if not plan.comments:
        return Posted()
    try:
        _post(client, number, plan, plan.review_body, plan.comments)
    except Refused:
        return _elsewhere(client, number, plan)
    except Forbidden as error:
        # A locked conversation, or a permission that was taken back: the check run can still speak.
        return Posted(tuple(map(_annotation, plan.comments)), refused=error.words)
    return Posted()


def _elsewhere(client: Client, number: int, plan: ReviewPlan) -> Posted:
    """Which comment GitHub minded it does not say: those in the diff stay, the others go to their file, or the body."""
    changed, head = changed_files(client, number)
    if head not in (None, plan.head_sha):
        return Posted(superseded=True)
    diff = diff_of(changed, {})
    paths = {file.path for file in changed}
    fitting = [one for one in plan.comments if diff.holds(one.path, one.start_line or one.line, one.line)]
    others = [one for one in plan.comments if one not in fitting]
    if not others:
        return _in_one_body(client, number, plan, plan.comments)
    homeless = [one for one in others if one.path not in paths or not _post_on_file(client, number, plan, one)]
    body, silent = _with_sections(client, plan, homeless)
    try:
        _post(client, number, plan, body, fitting)
    except Refused:
        return _in_one_body(client, number, plan, (*fitting, *homeless))
    return Posted(tuple(map(_annotation, silent)))


def _in_one_body(client: Client, number: int, plan: ReviewPlan, comments: Sequence[InlineComment]) -> Posted:
    """GitHub's reason is not in the lines: one review without comments on them."""
    body, silent = _with_sections(client, plan, comments)
    try:
        _post(client, number, plan, body, ())
    except Refused as error:
        return Posted(tuple(map(_annotation, comments)), refused=str(error))
    return Posted(tuple(map(_annotation, silent)))


def _post(client: Client, number: int, plan: ReviewPlan, body: str, comments: Sequence[InlineComment]) -> None:
    request: dict[str, object] = {
        "commit_id": plan.head_sha,
        "event": "COMMENT",
        "body": body[:MOST_BODY],
        "comments": [_written(comment) for comment in comments],
    }

    def write() -> bool:
        client.post(f"{client.base}/pulls/{number}/reviews", request)
        return True

    def look() -> bool | None:
        _, bodies = earlier_of(client, number)
        return any(_is_same(body[:MOST_BODY], other) for other in bodies) or None

    once(client, write, look)


def _post_on_file(client: Client, number: int, plan: ReviewPlan, comment: InlineComment) -> bool:
    """A comment on the file as a whole, which no hunk has to show; False if GitHub does not want it either."""
    where = _permalink(client, plan, comment)
    text = _SUGGESTION.sub(r"\1python", comment.body)
    request: dict[str, object] = {
        "body": f"On {where}:\n\n{text}"[:MOST_BODY],
        "commit_id": plan.head_sha,
        "path": comment.path,
        "subject_type": "file",
    }

    def write() -> bool:
        client.post(f"{client.base}/pulls/{number}/comments", request)
        return True

    def look() -> bool | None:
        earlier, _ = earlier_of(client, number)
        return any(one.fingerprint == comment.fingerprint and not one.outdated for one in earlier) or None

    try:
        return once(client, write, look)
    except (Refused, Forbidden):
        return False


def _with_sections(
    client: Client, plan: ReviewPlan, comments: Iterable[InlineComment]
) -> tuple[str, tuple[InlineComment, ...]]:
    """The review's body with comments in it, and those that no longer fit."""
    body, silent = plan.review_body, list[InlineComment]()
    for comment in comments:
        text = _SUGGESTION.sub(r"\1python", _MARKER.sub("", comment.body))
        section = f"\n\n---\n\n{_permalink(client, plan, comment)}\n\n{text}"
        if len(body) + len(section) > MOST_BODY:
            silent.append(comment)
        else:
            body += section
    return body, tuple(silent)


def _permalink(client: Client, plan: ReviewPlan, comment: InlineComment) -> str:
    first = comment.start_line or comment.line
    link = client.addresses.permalink(client.repository.full_name, plan.head_sha, comment.path, first, comment.line)
    lines = f"line {first}" if first == comment.line else f"lines {first}-{comment.line}"
    return f"[`{comment.path}`, {lines}]({link})"


def _written(comment: InlineComment) -> dict[str, object]:
    written: dict[str, object] = {
        "path": comment.path,
        "body": comment.body,
        "line": comment.line,
        "side": "RIGHT",
    }
    if comment.start_line is not None and comment.start_line < comment.line:
        written |= {"start_line": comment.start_line, "start_side": "RIGHT"}
    return written


def _annotation(comment: InlineComment) -> Annotation:
    text = _MARKER.sub("", comment.body).strip()
    title = re.sub(r"[*`#]", "", text.partition("\n")[0]).strip()
    return Annotation(
        comment.path,
        comment.start_line or comment.line,
        comment.line,
        AnnotationLevel.WARNING,
        title[:255] or "Finding",
        text or "Finding",
    )


def _is_same(ours: str, theirs: str) -> bool:
    """GitHub may trim a body and end its lines otherwise."""
    return ours.split() == theirs.split()
