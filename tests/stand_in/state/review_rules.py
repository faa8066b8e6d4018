"""What GitHub accepts as a review, and where a comment may stand. One bad comment refuses the whole review."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from tests.stand_in.git.diff import DiffLine, FileChange, Hunk, Side
from tests.stand_in.state.comments import BODY_LIMIT
from tests.stand_in.state.people import User
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.reviews import Review, ReviewComment, Spot, Thread

if TYPE_CHECKING:
    from tests.stand_in.state.apps import App
    from tests.stand_in.state.pulls import PullRequest

LOST_LINE = "Line could not be resolved"
LOST_PATH = "Path could not be resolved"
Fields = Mapping[str, object]


def write_review(
    pull: "PullRequest",
    author: User,
    *,
    body: str = "",
    event: str | None = None,
    comments: Sequence[Fields] = (),
    commit_id: str | None = None,
    app: "App | None" = None,
) -> Review:
    """Without an event the review stays pending, and nobody but its author sees it."""
    check_review(pull, author, body if app or not comments else body or "(comments)", event, commit_id)
    if any(review.author is author and review.state == "PENDING" for review in pull.reviews):
        raise Refused.unprocessable("User can only have one pending review per pull request")
    commit = commit_id or pull.head_sha
    threads = [make_thread(pull, fields, commit) for fields in comments]
    if any(not str(fields["body"]).strip() for fields in comments):
        raise Refused.unprocessable("Body can't be blank")
    review = Review(
        id=pull.world.next_id(), pull=pull, author=author, body=body, state="PENDING", commit_id=commit, app=app
    )
    for thread, fields in zip(threads, comments, strict=True):
        thread.add(review, str(fields["body"]), author, app)
    pull.reviews.append(review)
    pull.threads.extend(threads)
    for thread in threads:
        if commit != pull.head_sha:
            thread.follow(pull, commit, pull.head_sha)
    if event:
        review.submit(event)
    return review


def check_review(pull: "PullRequest", author: User, body: str, event: str | None, commit_id: str | None) -> None:
    if commit_id and not pull.knows_commit(commit_id):
        raise Refused.unprocessable("commit_id is not part of the pull request")
    if len(body) > BODY_LIMIT:
        raise Refused.unprocessable(f"Body is too long (maximum is {BODY_LIMIT} characters)")
    if event in ("COMMENT", "REQUEST_CHANGES") and not body.strip():
        raise Refused.unprocessable("Review body can't be blank")
    if event in ("APPROVE", "REQUEST_CHANGES") and author is pull.author:
        verb = "approve" if event == "APPROVE" else "request changes on"
        raise Refused.unprocessable(f"Can not {verb} your own pull request")


def write_comment(pull: "PullRequest", author: User, fields: Fields, app: "App | None" = None) -> ReviewComment:
    """A single comment: a review of its own, submitted at once."""
    commit = str(fields["commit_id"])
    if not pull.knows_commit(commit):
        raise Refused.invalid(
            "PullRequestReviewComment", "commit_id", "custom", "commit_id is not part of the pull request"
        )
    try:
        thread = make_thread(pull, fields, commit)
    except Refused as refused:
        raise single_comment_refusal(refused) from None
    review = Review(
        id=pull.world.next_id(), pull=pull, author=author, body="", state="PENDING", commit_id=commit, app=app
    )
    comment = thread.add(review, str(fields["body"]), author, app)
    pull.reviews.append(review)
    pull.threads.append(thread)
    if commit != pull.head_sha:
        thread.follow(pull, commit, pull.head_sha)
    review.submit("COMMENT")
    return comment


def single_comment_refusal(refused: Refused) -> Refused:
    """`POST /comments` words the same refusals in its own way."""
    field, said = {
        LOST_PATH: ("path", "must be part of the diff"),
        LOST_LINE: ("line", "must be part of the diff"),
    }.get(str((refused.errors or [""])[0]), ("line", str((refused.errors or [""])[0])))
    message = f"pull_request_review_thread.{field} {said}"
    return Refused.invalid("PullRequestReviewComment", f"pull_request_review_thread.{field}", "invalid", message)


def make_thread(pull: "PullRequest", fields: Fields, commit: str) -> Thread:
    path = str(fields["path"])
    change = pull.change_of(path, commit)
    if change is None:
        raise Refused.unprocessable(LOST_PATH)
    if fields.get("subject_type") == "file":
        return new_thread(pull, Spot(path), commit, 1, "", "file")
    spot = read_spot(fields, change)
    hunk, last = place(spot, change, pull)
    return new_thread(pull, spot, commit, last.position, hunk.up_to(last.position), "line")


def new_thread(pull: "PullRequest", spot: Spot, commit: str, position: int, hunk: str, subject: str) -> Thread:
    return Thread(
        id=pull.world.next_id(),
        pull=pull,
        original=spot,
        original_commit=commit,
        original_position=position,
        diff_hunk=hunk,
        subject="file" if subject == "file" else "line",
        spot=spot,
        commit=commit,
    )


def read_spot(fields: Fields, change: FileChange) -> Spot:
    if isinstance(position := fields.get("position"), int) and "line" not in fields:
        return spot_at_position(change, position)
    line, start = fields.get("line"), fields.get("start_line")
    side = cast(Side, fields.get("side") or "RIGHT")
    if not isinstance(line, int) or side not in ("LEFT", "RIGHT"):
        raise Refused.unprocessable(LOST_LINE)
    if not isinstance(start, int):
        return Spot(change.path, side, line)
    return Spot(change.path, side, line, cast(Side, fields.get("start_side") or side), start)


def spot_at_position(change: FileChange, position: int) -> Spot:
    for line in (line for hunk in change.hunks for line in hunk.lines):
        if line.position == position:
            return Spot(change.path, "LEFT", line.old) if line.new is None else Spot(change.path, "RIGHT", line.new)
    raise Refused.unprocessable("Position could not be resolved")


def place(spot: Spot, change: FileChange, pull: "PullRequest") -> tuple[Hunk, DiffLine]:
    assert spot.line is not None
    limits = pull.world.limits
    too_large = len((change.patch or "").encode()) > limits.patch_bytes
    found = None if too_large else change.find(spot.side, spot.line)
    if found is None:
        raise Refused.unprocessable(LOST_LINE)
    if spot.start_line is None:
        return found
    start = change.find(spot.start_side or spot.side, spot.start_line)
    if start is None:
        raise Refused.unprocessable("Start line could not be resolved")
    if start[0] is not found[0]:
        raise Refused.unprocessable("Start line must be part of the same hunk as the line.")
    if start[1].position >= found[1].position:
        raise Refused.unprocessable("Start line must precede the end line.")
    return found
