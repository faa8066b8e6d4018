"""The button "Commit suggestion"."""

import re
from typing import TYPE_CHECKING

from tests.stand_in.state.people import User
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.world import now

if TYPE_CHECKING:
    from tests.stand_in.state.reviews import ReviewComment

FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,})suggestion[^\n]*\n(?P<text>(?:.*\n)*?)(?P=fence)[`~]*[ \t]*$", re.MULTILINE)


def suggested_text(body: str) -> str | None:
    """What the first suggestion block puts in place of the commented lines; "" deletes them; None without a block."""
    match = FENCE.search(body.replace("\r\n", "\n"))
    return match["text"] if match else None


def why_not(comment: "ReviewComment") -> str | None:
    """GitHub's reason to refuse the button, or None."""
    thread = comment.thread
    if suggested_text(comment.body) is None:
        return "This comment has no suggestion."
    if not comment.pull.is_open:
        return "Suggestions cannot be applied while the pull request is closed."
    if thread.is_outdated:
        return "Suggestions cannot be applied on outdated comments."
    if thread.spot.is_file or thread.spot.side == "LEFT" or thread.spot.start_side == "LEFT":
        return "Suggestions cannot be applied on deleted lines."
    if comment.review.submitted_at is None:
        return "Suggestions cannot be applied from pending reviews."
    if any(comment.pull in group.pulls and group.is_active for group in comment.pull.repository.merge_groups):
        return "Suggestions cannot be applied while the pull request is queued to merge."
    if replaced(comment)[0] == replaced(comment)[1]:
        return "Suggestions cannot be applied as no changes were made."
    return None


def replaced(comment: "ReviewComment") -> tuple[str, str]:
    """The file before and after."""
    spot = comment.thread.spot
    assert spot.line is not None
    before = comment.pull.source.read(spot.path, comment.pull.head_sha)
    lines = before.splitlines(keepends=True)
    text = suggested_text(comment.body) or ""
    if spot.line == len(lines) and not before.endswith("\n"):
        text = text.removesuffix("\n")
    first = (spot.start_line or spot.line) - 1
    return before, "".join([*lines[:first], text, *lines[spot.line :]])


def apply_suggestion(comment: "ReviewComment", user: User) -> str:
    """Commits it on the head branch and resolves the thread; answers the new sha."""
    if reason := why_not(comment):
        raise Refused(422, reason)
    pull = comment.pull
    after = replaced(comment)[1]
    signature = comment.author.signature
    message = f"Apply suggestion from @{comment.author.login}\n\nCo-authored-by: {signature.name} <{signature.email}>\n"
    sha = pull.source.commit(pull.head_ref, {comment.path: after}, message, user.login)
    comment.thread.resolve(user)
    comment.touch()
    pull.updated_at = now()
    return sha
