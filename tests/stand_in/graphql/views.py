"""Repositories and pull requests as the queries see them. What costs something or takes arguments is a function."""

from typing import Any

from tests.stand_in.git import FileChange
from tests.stand_in.graphql.connections import connection
from tests.stand_in.graphql.conversation import (
    database_id,
    issue_comment_view,
    remark_fields,
    review_view,
    thread_view,
    user_view,
)
from tests.stand_in.graphql.objects import object_view, ref_view
from tests.stand_in.graphql.viewer import Viewer
from tests.stand_in.state.pulls import PullRequest
from tests.stand_in.state.repositories import Repository
from tests.stand_in.state.world import Json

CHANGES = {"added": "ADDED", "removed": "DELETED", "modified": "MODIFIED", "renamed": "RENAMED", "copied": "COPIED"}


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
