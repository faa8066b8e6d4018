"""What GraphQL can change and REST cannot, and reviews by threads."""

from typing import Any

from tests.stand_in.graphql.conversation import review_comment_view, review_view, thread_view
from tests.stand_in.graphql.queries import find_node, view
from tests.stand_in.graphql.viewer import Viewer, as_graphql, refusal
from tests.stand_in.state.comments import IssueComment
from tests.stand_in.state.pulls import PullRequest
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.review_rules import write_review
from tests.stand_in.state.reviews import Review, ReviewComment, Thread
from tests.stand_in.state.world import Json


def mutation_root(viewer: Viewer) -> Json:
    def resolve(_: Any, input: Json) -> Json:
        thread = resolvable_thread(viewer, input["threadId"])
        thread.resolve(viewer.user)
        return {**echo(input), "thread": thread_view(thread, viewer)}

    def unresolve(_: Any, input: Json) -> Json:
        thread = resolvable_thread(viewer, input["threadId"])
        thread.unresolve(viewer.user)
        return {**echo(input), "thread": thread_view(thread, viewer)}

    def minimize(_: Any, input: Json) -> Json:
        comment = set_minimized(viewer, input["subjectId"], input["classifier"])
        return {**echo(input), "minimizedComment": view(comment, viewer)}

    def unminimize(_: Any, input: Json) -> Json:
        comment = set_minimized(viewer, input["subjectId"], None)
        return {**echo(input), "unminimizedComment": view(comment, viewer)}

    return {
        "resolveReviewThread": resolve,
        "unresolveReviewThread": unresolve,
        "minimizeComment": minimize,
        "unminimizeComment": unminimize,
        "addPullRequestReview": lambda _, input: add_review(viewer, input),
        "addPullRequestReviewThreadReply": lambda _, input: add_reply(viewer, input),
    }


def echo(input: Json) -> Json:
    return {"clientMutationId": input.get("clientMutationId")}


def find_thread(viewer: Viewer, node_id: str) -> Thread:
    thread = find_node(viewer, node_id)
    if not isinstance(thread, Thread):
        raise refusal(
            "NOT_FOUND", f"Could not resolve to PullRequestReviewThread node with the global id of '{node_id}'."
        )
    return thread


def resolvable_thread(viewer: Viewer, node_id: str) -> Thread:
    """Resolving wants write access to the repository: `pull_requests: write` alone is refused on github.com."""
    thread = find_thread(viewer, node_id)
    viewer.need(thread.pull.repository, "contents", "write")
    return thread


def set_minimized(viewer: Viewer, node_id: str, classifier: str | None) -> IssueComment | Review | ReviewComment:
    subject = find_node(viewer, node_id)
    if not isinstance(subject, IssueComment | Review | ReviewComment):
        raise refusal("NOT_FOUND", f"Could not resolve to Minimizable node with the global id of '{node_id}'.")
    viewer.need(subject.pull.repository, "pull_requests", "write")
    subject.minimized = classifier
    return subject


def add_review(viewer: Viewer, input: Json) -> Json:
    pull = find_node(viewer, input["pullRequestId"])
    if not isinstance(pull, PullRequest):
        raise refusal("NOT_FOUND", "Could not resolve to a PullRequest.")
    viewer.need(pull.repository, "pull_requests", "write")
    threads = [
        {
            "path": each["path"],
            "body": each["body"],
            "line": each.get("line"),
            "side": each.get("side") or "RIGHT",
            "start_line": each.get("startLine"),
            "start_side": each.get("startSide"),
        }
        for each in input.get("threads") or []
    ]
    try:
        review = write_review(
            pull,
            viewer.user,
            body=input.get("body") or "",
            event=input.get("event"),
            comments=threads,
            commit_id=input.get("commitOID"),
            app=viewer.app,
        )
    except Refused as refused:
        raise as_graphql(refused) from None
    shown = review_view(review, viewer)
    return {**echo(input), "pullRequestReview": shown, "reviewEdge": {"cursor": "", "node": shown}}


def add_reply(viewer: Viewer, input: Json) -> Json:
    thread = find_thread(viewer, input["pullRequestReviewThreadId"])
    viewer.need(thread.pull.repository, "pull_requests", "write")
    try:
        comment = thread.reply(input["body"], viewer.user, viewer.app)
    except Refused as refused:
        raise as_graphql(refused) from None
    return {**echo(input), "comment": review_comment_view(comment, viewer)}
