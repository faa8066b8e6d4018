"""Reviews and their comments as GitHub shows them."""

from tests.stand_in.shapes.people import user_shape
from tests.stand_in.shapes.pulls import rollup_of
from tests.stand_in.state.reviews import Review, ReviewComment, Thread
from tests.stand_in.state.world import Json, stamp


def review_shape(review: Review) -> Json:
    pull = review.pull
    shape: Json = {
        "id": review.id,
        "node_id": f"PRR_{review.id}",
        "user": user_shape(review.author, pull.world),
        "body": review.body,
        "state": review.state,
        "html_url": review.html_url,
        "pull_request_url": pull.url,
        "author_association": pull.repository.association_of(review.author),
        "_links": {"html": {"href": review.html_url}, "pull_request": {"href": pull.url}},
        "commit_id": review.commit_id,
    }
    return shape | ({"submitted_at": stamp(review.submitted_at)} if review.submitted_at else {})


def review_comment_shape(comment: ReviewComment) -> Json:
    """Outdated comments keep `original_line` and lose `line` and `position`."""
    pull, thread = comment.pull, comment.thread
    is_file = thread.subject == "file"
    now = None if thread.is_outdated or is_file else thread.spot
    shape: Json = {
        "id": comment.id,
        "node_id": f"PRRC_{comment.id}",
        "url": comment.url,
        "html_url": comment.html_url,
        "pull_request_url": pull.url,
        "pull_request_review_id": comment.review.id,
        "diff_hunk": thread.diff_hunk,
        "path": comment.path,
        "commit_id": thread.commit,
        "original_commit_id": thread.original_commit,
        "user": user_shape(comment.author, pull.world),
        "body": comment.body,
        "created_at": stamp(comment.created_at),
        "updated_at": stamp(comment.updated_at),
        "author_association": pull.repository.association_of(comment.author),
        "_links": {
            "self": {"href": comment.url},
            "html": {"href": comment.html_url},
            "pull_request": {"href": pull.url},
        },
        "reactions": rollup_of(comment, comment.url),
        "subject_type": thread.subject,
        "position": thread.position,
        "original_position": thread.original_position,
        "line": now.line if now else None,
        "start_line": now.start_line if now else None,
        "original_line": thread.original.line,
        "original_start_line": thread.original.start_line,
        "side": thread.original.side,
        "start_side": thread.original.start_side,
    }
    return shape | ({"in_reply_to_id": comment.in_reply_to.id} if comment.in_reply_to else {})


def thread_shape(thread: Thread) -> Json:
    return {"node_id": thread.node_id, "comments": [*map(review_comment_shape, thread.comments)]}
