"""Reviews and the comments on the diff."""

from datetime import datetime

from tests.stand_in.rest.operations import Answer, Call, Listing, Reply, first, operation
from tests.stand_in.rest.pulls import find_pull
from tests.stand_in.shapes.reviews import review_comment_shape, review_shape
from tests.stand_in.state.pulls import PullRequest
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.review_rules import check_review, write_comment, write_review
from tests.stand_in.state.reviews import Review, ReviewComment

READ, WRITE = ("pull_requests", "read"), ("pull_requests", "write")


def find_review(call: Call, pull: PullRequest) -> Review:
    wanted = call.number("review_id")
    found: Review = first(visible(call, pull), lambda each: each.id == wanted)
    return found


def visible(call: Call, pull: PullRequest) -> list[Review]:
    """A pending review is shown to its author only."""
    return [each for each in pull.reviews if each.submitted_at or each.author is call.user]


def find_comment(call: Call) -> ReviewComment:
    wanted = call.number("comment_id")
    every = [each for pull in call.repository.pulls for each in pull.review_comments]
    found: ReviewComment = first(every, lambda each: each.id == wanted)
    return found


def own(call: Call, thing: Review | ReviewComment) -> None:
    if thing.author is not call.user:
        raise Refused(403, "Resource not accessible by integration")


@operation("pulls/list-reviews", READ)
def list_reviews(call: Call) -> Answer:
    return Listing(visible(call, find_pull(call)), review_shape)


@operation("pulls/create-review", WRITE)
def create_review(call: Call) -> Answer:
    review = write_review(
        find_pull(call),
        call.user,
        body=call.body.get("body") or "",
        event=call.body.get("event"),
        comments=call.body.get("comments") or [],
        commit_id=call.body.get("commit_id"),
        app=call.app,
    )
    return review_shape(review)


@operation("pulls/get-review", READ)
def get_review(call: Call) -> Answer:
    return review_shape(find_review(call, find_pull(call)))


@operation("pulls/update-review", WRITE)
def update_review(call: Call) -> Answer:
    review = find_review(call, find_pull(call))
    own(call, review)
    review.edit(call.body["body"], call.user)
    return review_shape(review)


@operation("pulls/submit-review", WRITE)
def submit_review(call: Call) -> Answer:
    pull = find_pull(call)
    review = find_review(call, pull)
    own(call, review)
    if review.submitted_at:
        raise Refused.unprocessable("Can not submit a review that is not pending")
    body = call.body.get("body") or review.body
    check_review(pull, call.user, body, call.body["event"], review.commit_id)
    review.body = body
    review.submit(call.body["event"])
    return review_shape(review)


@operation("pulls/delete-pending-review", WRITE)
def delete_review(call: Call) -> Answer:
    pull = find_pull(call)
    review = find_review(call, pull)
    if review.submitted_at:
        raise Refused.unprocessable("Can not delete a non-pending pull request review")
    shape = review_shape(review)
    for comment in review.comments:
        comment.thread.comments.remove(comment)
    pull.threads[:] = [thread for thread in pull.threads if thread.comments]
    pull.reviews.remove(review)
    return shape


@operation("pulls/dismiss-review", WRITE)
def dismiss_review(call: Call) -> Answer:
    review = find_review(call, find_pull(call))
    review.dismiss(call.user)
    return review_shape(review)


@operation("pulls/list-comments-for-review", READ)
def list_comments_of_review(call: Call) -> Answer:
    return Listing(find_review(call, find_pull(call)).comments, review_comment_shape)


# Comments


@operation("pulls/list-review-comments", READ)
def list_comments(call: Call) -> Answer:
    found = find_pull(call).review_comments
    if since := call.query.get("since"):
        found = [each for each in found if each.updated_at >= datetime.fromisoformat(since)]
    if call.query.get("sort") == "updated":
        found.sort(key=lambda each: each.updated_at)
    if call.query.get("sort") and call.query.get("direction") == "desc":
        found.reverse()
    return Listing(found, review_comment_shape)


@operation("pulls/create-review-comment", WRITE)
def create_comment(call: Call) -> Answer:
    pull = find_pull(call)
    if reply_to := call.body.get("in_reply_to"):
        return reply(call, pull, reply_to)
    return Reply(review_comment_shape(write_comment(pull, call.user, call.body, call.app)), 201)


@operation("pulls/create-reply-for-review-comment", WRITE)
def create_reply(call: Call) -> Answer:
    return reply(call, find_pull(call), call.number("comment_id"))


def reply(call: Call, pull: PullRequest, comment_id: int) -> Answer:
    comment: ReviewComment = first(pull.review_comments, lambda each: each.id == comment_id)
    if comment.in_reply_to:
        raise Refused.invalid(
            "PullRequestReviewComment", "in_reply_to", "invalid", "Replies to replies are not supported"
        )
    return Reply(review_comment_shape(comment.thread.reply(call.body["body"], call.user, call.app)), 201)


@operation("pulls/get-review-comment", READ)
def get_comment(call: Call) -> Answer:
    return review_comment_shape(find_comment(call))


@operation("pulls/update-review-comment", WRITE)
def update_comment(call: Call) -> Answer:
    comment = find_comment(call)
    own(call, comment)
    comment.edit(call.body["body"], call.user)
    return review_comment_shape(comment)


@operation("pulls/delete-review-comment", WRITE)
def delete_comment(call: Call) -> Answer:
    comment = find_comment(call)
    own(call, comment)
    comment.delete(call.user)
    return Reply(None, 204)
