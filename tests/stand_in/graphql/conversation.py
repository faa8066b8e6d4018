"""People and what they wrote, as the queries see it."""

from typing import Any

from tests.stand_in.graphql.connections import connection
from tests.stand_in.graphql.objects import object_view
from tests.stand_in.graphql.viewer import Viewer
from tests.stand_in.state.comments import IssueComment, Remark
from tests.stand_in.state.people import User
from tests.stand_in.state.pulls import PullRequest
from tests.stand_in.state.reviews import Review, ReviewComment, Thread
from tests.stand_in.state.world import Json, stamp

LARGEST_INT = 2**31 - 1


def database_id(number: int) -> int | None:
    """GraphQL's Int has 32 bits; a larger id is null here, and whole in `fullDatabaseId`."""
    return number if number <= LARGEST_INT else None


def user_view(user: User, viewer: Viewer) -> Json:
    login = user.login.removesuffix("[bot]")
    return {
        "__typename": user.kind,
        "id": f"U_{user.id}",
        "databaseId": user.id,
        "login": login,
        "name": login,
        "url": f"{viewer.world.site_url}/{login}",
        "resourcePath": f"/{login}",
        "avatarUrl": f"{viewer.world.site_url}/avatars/{user.id}",
    }


def remark_fields(record: Any, prefix: str, viewer: Viewer) -> Json:
    return {
        "id": f"{prefix}_{record.id}",
        "databaseId": database_id(record.id),
        "fullDatabaseId": str(record.id),
        "createdAt": stamp(record.created_at),
        "updatedAt": stamp(record.updated_at),
    }


def written_fields(written: Remark | Review, pull: PullRequest, viewer: Viewer) -> Json:
    return {
        "author": user_view(written.author, viewer),
        "authorAssociation": pull.repository.association_of(written.author),
        "viewerDidAuthor": written.author is viewer.user,
        "viewerCanMinimize": viewer.token.allows("pull_requests", "write"),
        "body": written.body,
        "isMinimized": written.minimized is not None,
        "minimizedReason": written.minimized.lower() if written.minimized else None,
    }


def issue_comment_view(comment: IssueComment, viewer: Viewer) -> Json:
    return {
        "__typename": "IssueComment",
        **remark_fields(comment, "IC", viewer),
        **written_fields(comment, comment.pull, viewer),
        "url": comment.html_url,
    }


def review_view(review: Review, viewer: Viewer) -> Json:
    return {
        "__typename": "PullRequestReview",
        **remark_fields(review, "PRR", viewer),
        **written_fields(review, review.pull, viewer),
        "url": review.html_url,
        "state": review.state,
        "submittedAt": stamp(review.submitted_at) if review.submitted_at else None,
        "commit": lambda _: object_view(review.pull.repository, review.commit_id, viewer),
        "comments": lambda _, **arguments: connection(
            "comments", review.comments, lambda each: review_comment_view(each, viewer), arguments
        ),
    }


def thread_view(thread: Thread, viewer: Viewer) -> Json:
    now = None if thread.is_outdated else thread.spot
    can_resolve = viewer.token.allows("contents", "write")
    return {
        "__typename": "PullRequestReviewThread",
        "id": thread.node_id,
        "isResolved": thread.is_resolved,
        "isOutdated": thread.is_outdated,
        "isCollapsed": thread.is_resolved,
        "path": thread.original.path,
        "line": now.line if now else None,
        "startLine": now.start_line if now else None,
        "originalLine": thread.original.line,
        "originalStartLine": thread.original.start_line,
        "diffSide": thread.original.side,
        "startDiffSide": thread.original.start_side,
        "subjectType": thread.subject.upper(),
        "resolvedBy": {**user_view(thread.resolved_by, viewer), "__typename": "User"} if thread.resolved_by else None,
        "viewerCanReply": viewer.token.allows("pull_requests", "write"),
        "viewerCanResolve": can_resolve and not thread.is_resolved,
        "viewerCanUnresolve": can_resolve and thread.is_resolved,
        "comments": lambda _, **arguments: connection(
            "comments", thread.comments, lambda each: review_comment_view(each, viewer), arguments
        ),
    }


def review_comment_view(comment: ReviewComment, viewer: Viewer) -> Json:
    thread = comment.thread
    now = None if thread.is_outdated else thread.spot
    repository = comment.pull.repository
    return {
        "__typename": "PullRequestReviewComment",
        **remark_fields(comment, "PRRC", viewer),
        **written_fields(comment, comment.pull, viewer),
        "url": comment.html_url,
        "path": comment.path,
        "diffHunk": thread.diff_hunk,
        "line": now.line if now else None,
        "startLine": now.start_line if now else None,
        "originalLine": thread.original.line,
        "originalStartLine": thread.original.start_line,
        "outdated": thread.is_outdated,
        "state": "SUBMITTED" if comment.review.submitted_at else "PENDING",
        "subjectType": thread.subject.upper(),
        "replyTo": review_comment_view(comment.in_reply_to, viewer) if comment.in_reply_to else None,
        "pullRequestReview": lambda _: review_view(comment.review, viewer),
        "commit": lambda _: object_view(repository, thread.commit, viewer),
        "originalCommit": lambda _: object_view(repository, thread.original_commit, viewer),
    }
