"""State -> what the queries see. Fields that cost something, or that take arguments, are functions."""

from typing import Any

from tests.stand_in.git import FileChange, TreeEntry
from tests.stand_in.graphql.connections import connection
from tests.stand_in.graphql.viewer import Viewer
from tests.stand_in.shapes.git import when
from tests.stand_in.state.comments import IssueComment, Remark
from tests.stand_in.state.people import User
from tests.stand_in.state.pulls import PullRequest
from tests.stand_in.state.repositories import Repository
from tests.stand_in.state.reviews import Review, ReviewComment, Thread
from tests.stand_in.state.world import Json, stamp

LARGEST_INT = 2**31 - 1
TEXT_LIMIT = 512_000
"""Bytes; above it GraphQL gives out only the beginning of a blob."""
CHANGES = {"added": "ADDED", "removed": "DELETED", "modified": "MODIFIED", "renamed": "RENAMED", "copied": "COPIED"}


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


def repository_view(repository: Repository, viewer: Viewer) -> Json:
    def pulls(_: Any, **arguments: Any) -> Json:
        viewer.need(repository, "pull_requests", "read")
        found = [
            pull
            for pull in repository.pulls
            if arguments.get("states") is None or pull_state(pull) in arguments["states"]
            if arguments.get("baseRefName") in (None, pull.base_ref)
            if arguments.get("headRefName") in (None, pull.head_ref)
        ]
        order = arguments.get("orderBy") or {}
        if order.get("field") == "UPDATED_AT":
            found.sort(key=lambda pull: (pull.updated_at, pull.number))
        if order.get("direction") == "DESC":
            found.reverse()
        return connection("pullRequests", found, lambda each: pull_view(each, viewer), arguments)

    return {
        "__typename": "Repository",
        "id": f"R_{repository.id}",
        "databaseId": database_id(repository.id),
        "name": repository.name,
        "nameWithOwner": repository.full_name,
        "owner": user_view(repository.owner, viewer),
        "url": repository.html_url,
        "isPrivate": repository.private,
        "isArchived": repository.archived,
        "isFork": repository.parent is not None,
        "defaultBranchRef": lambda _: ref_view(repository, repository.default_branch, viewer),
        "ref": lambda _, qualifiedName: ref_view(repository, qualifiedName.removeprefix("refs/heads/"), viewer),
        "object": lambda _, expression=None, oid=None: object_view(repository, oid or expression or "", viewer),
        "pullRequests": pulls,
    }


def ref_view(repository: Repository, name: str, viewer: Viewer) -> Json | None:
    sha = repository.branches.get(name)
    if sha is None:
        return None
    target = object_view(repository, sha, viewer)
    return {"__typename": "Ref", "id": f"REF_{name}", "name": name, "prefix": "refs/heads/", "target": target}


def object_view(repository: Repository, name: str, viewer: Viewer, folder: str = "") -> Json | None:
    """What git calls `name`: a sha, `branch`, `branch:path`, `sha:path`; `folder` is where a tree was found."""
    viewer.need(repository, "contents", "read")
    start, colon, path = name.partition(":")
    sha = repository.resolve(start) or start
    found = repository.git.read_object(f"{sha}{colon}{path}")
    if found is None:
        return None
    oid, kind, content = found
    shared = {
        "id": f"{kind.upper()}_{oid}",
        "oid": oid,
        "abbreviatedOid": oid[:7],
        "repository": lambda _: repository_view(repository, viewer),
    }
    match kind:
        case "blob":
            return shared | blob_fields(content)
        case "tree":
            return shared | {
                "__typename": "Tree",
                "entries": lambda _: tree_view(repository, oid, path or folder, viewer),
            }
        case _:
            return shared | commit_fields(repository, oid, viewer)


def blob_fields(content: bytes) -> Json:
    is_binary = b"\0" in content[:8000]
    text = None if is_binary else content[:TEXT_LIMIT].decode("utf-8", "replace")
    return {
        "__typename": "Blob",
        "byteSize": len(content),
        "isBinary": is_binary,
        "isTruncated": len(content) > TEXT_LIMIT,
        "text": text,
    }


def commit_fields(repository: Repository, oid: str, viewer: Viewer) -> Json:
    commit = repository.git.commit_at(oid)
    return {
        "__typename": "Commit",
        "message": commit.message,
        "messageHeadline": commit.message.partition("\n")[0],
        "committedDate": when(commit),
        "tree": lambda _: object_view(repository, commit.tree, viewer),
    }


def tree_view(repository: Repository, sha: str, folder: str, viewer: Viewer) -> list[Json]:
    def entry(each: TreeEntry) -> Json:
        path = f"{folder}/{each.path}".lstrip("/")
        return {
            "name": each.path,
            "path": path,
            "mode": int(each.mode, 8),
            "oid": each.sha,
            "size": each.size or 0,
            "type": each.type,
            "object": lambda _: object_view(repository, each.sha, viewer, path),
        }

    return [entry(each) for each in repository.git.tree(sha, False)]


def pull_state(pull: PullRequest) -> str:
    return "MERGED" if pull.merged_at else pull.state.upper()


def pull_view(pull: PullRequest, viewer: Viewer) -> Json:
    repository = pull.repository

    def reviews(_: Any, **arguments: Any) -> Json:
        states = arguments.get("states")
        found = [each for each in pull.reviews if each.submitted_at or each.author is viewer.user]
        found = [each for each in found if states is None or each.state in states]
        return connection("reviews", found, lambda each: review_view(each, viewer), arguments)

    def threads(_: Any, **arguments: Any) -> Json:
        found = [each for each in pull.threads if each.comments[0].review.submitted_at]
        return connection("reviewThreads", found, lambda each: thread_view(each, viewer), arguments)

    return {
        "__typename": "PullRequest",
        **remark_fields(pull, "PR", viewer),
        "author": user_view(pull.author, viewer),
        "authorAssociation": repository.association_of(pull.author),
        "viewerDidAuthor": pull.author is viewer.user,
        "number": pull.number,
        "title": pull.title,
        "body": pull.body or "",
        "url": pull.html_url,
        "state": pull_state(pull),
        "closed": not pull.is_open,
        "merged": pull.merged_at is not None,
        "mergeable": lambda _: "MERGEABLE" if pull.test_merge_sha else "CONFLICTING" if pull.is_open else "UNKNOWN",
        "isDraft": pull.draft,
        "isCrossRepository": pull.source is not repository,
        "headRefName": pull.head_ref,
        "headRefOid": pull.head_sha,
        "headRepository": repository_view(pull.head_repository, viewer) if pull.head_repository else None,
        "headRepositoryOwner": user_view(pull.source.owner, viewer) if pull.head_repository else None,
        "baseRef": lambda _: ref_view(repository, pull.base_ref, viewer),
        "baseRefName": pull.base_ref,
        "baseRefOid": pull.base_sha,
        "repository": lambda _: repository_view(repository, viewer),
        "additions": lambda _: sum(change.additions for change in pull.changes),
        "deletions": lambda _: sum(change.deletions for change in pull.changes),
        "changedFiles": lambda _: len(pull.changes),
        "files": lambda _, **arguments: connection("files", pull.changes, file_view, arguments),
        "reviewThreads": threads,
        "reviews": reviews,
        "comments": lambda _, **arguments: connection(
            "comments", pull.issue_comments, lambda each: issue_comment_view(each, viewer), arguments
        ),
    }


def file_view(change: FileChange) -> Json:
    return {
        "path": change.path,
        "changeType": CHANGES.get(change.status, "CHANGED"),
        "additions": change.additions,
        "deletions": change.deletions,
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
        "pullRequest": lambda _: pull_view(pull, viewer),
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
        "pullRequest": lambda _: pull_view(thread.pull, viewer),
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
