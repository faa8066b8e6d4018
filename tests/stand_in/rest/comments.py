"""The conversation, and reactions."""

from datetime import datetime

from tests.stand_in.rest.operations import Answer, Call, Listing, Reply, first, operation
from tests.stand_in.rest.pulls import find_pull
from tests.stand_in.rest.reviews import find_comment as find_review_comment
from tests.stand_in.shapes.pulls import issue_comment_shape, reaction_shape
from tests.stand_in.state.comments import IssueComment, Remark
from tests.stand_in.state.refusals import Refused

READ = (("issues", "read"), ("pull_requests", "read"))
WRITE = (("issues", "write"), ("pull_requests", "write"))
"""On a pull request either permission will do."""


def find_comment(call: Call) -> IssueComment:
    wanted = call.number("comment_id")
    every = [each for pull in call.repository.pulls for each in pull.issue_comments]
    found: IssueComment = first(every, lambda each: each.id == wanted)
    return found


def own(call: Call, comment: IssueComment) -> None:
    if comment.author is not call.user:
        raise Refused(403, "Resource not accessible by integration")


@operation("issues/list-comments", *READ)
def list_comments(call: Call) -> Answer:
    found = find_pull(call, "issue_number").issue_comments
    if since := call.query.get("since"):
        found = [each for each in found if each.updated_at >= datetime.fromisoformat(since)]
    return Listing(list(found), issue_comment_shape)


@operation("issues/create-comment", *WRITE)
def create_comment(call: Call) -> Answer:
    pull = find_pull(call, "issue_number")
    return Reply(issue_comment_shape(IssueComment.write(pull, call.body["body"], call.user, call.app)), 201)


@operation("issues/get-comment", *READ)
def get_comment(call: Call) -> Answer:
    return issue_comment_shape(find_comment(call))


@operation("issues/update-comment", *WRITE)
def update_comment(call: Call) -> Answer:
    comment = find_comment(call)
    own(call, comment)
    comment.edit(call.body["body"], call.user)
    return issue_comment_shape(comment)


@operation("issues/delete-comment", *WRITE)
def delete_comment(call: Call) -> Answer:
    comment = find_comment(call)
    own(call, comment)
    comment.delete(call.user)
    return Reply(None, 204)


# Reactions


@operation("reactions/list-for-issue-comment", *READ)
def list_reactions(call: Call) -> Answer:
    return listed(call, find_comment(call))


@operation("reactions/create-for-issue-comment", *WRITE)
def create_reaction(call: Call) -> Answer:
    return react(call, find_comment(call))


@operation("reactions/list-for-pull-request-review-comment", ("pull_requests", "read"))
def list_review_reactions(call: Call) -> Answer:
    return listed(call, find_review_comment(call))


@operation("reactions/create-for-pull-request-review-comment", ("pull_requests", "write"))
def create_review_reaction(call: Call) -> Answer:
    return react(call, find_review_comment(call))


def listed(call: Call, remark: Remark) -> Answer:
    wanted = call.query.get("content")
    found = [each for each in remark.reactions if wanted in (None, each.content)]
    return Listing(found, lambda reaction: reaction_shape(reaction, call.world))


def react(call: Call, remark: Remark) -> Answer:
    reaction, is_new = remark.react(call.world, call.body["content"], call.user)
    return Reply(reaction_shape(reaction, call.world), 201 if is_new else 200)
