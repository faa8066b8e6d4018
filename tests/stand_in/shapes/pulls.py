"""Pull requests and the conversation as GitHub shows them."""

from tests.stand_in.shapes.apps import app_shape
from tests.stand_in.shapes.people import user_shape
from tests.stand_in.shapes.repositories import repository_shape
from tests.stand_in.state.comments import REACTIONS, IssueComment, Reaction, Remark
from tests.stand_in.state.pulls import PullRequest
from tests.stand_in.state.repositories import Repository
from tests.stand_in.state.world import Json, World, stamp


def pull_shape(pull: PullRequest) -> Json:
    """As in lists; a deleted fork leaves `head.repo`, `head.user` and `head.label` null."""
    repository, world = pull.repository, pull.world
    author = user_shape(pull.author, world)
    return {
        "id": pull.id,
        "node_id": f"PR_{pull.id}",
        "number": pull.number,
        "url": pull.url,
        "html_url": pull.html_url,
        "diff_url": f"{pull.html_url}.diff",
        "patch_url": f"{pull.html_url}.patch",
        "issue_url": pull.issue_url,
        "commits_url": f"{pull.url}/commits",
        "comments_url": f"{pull.issue_url}/comments",
        "review_comments_url": f"{pull.url}/comments",
        "review_comment_url": f"{repository.url}/pulls/comments{{/number}}",
        "statuses_url": f"{repository.url}/statuses/{pull.head_sha}",
        "_links": links(pull),
        "state": pull.state,
        "locked": False,
        "active_lock_reason": None,
        "title": pull.title,
        "body": pull.body,
        "user": author,
        "author_association": repository.association_of(pull.author),
        "labels": [],
        "milestone": None,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "auto_merge": None,
        "draft": pull.draft,
        "created_at": stamp(pull.created_at),
        "updated_at": stamp(pull.updated_at),
        "closed_at": stamp(pull.closed_at) if pull.closed_at else None,
        "merged_at": stamp(pull.merged_at) if pull.merged_at else None,
        "merge_commit_sha": pull.merge_commit_sha or pull.test_merge_sha,
        "head": branch_shape(pull.head_repository, pull.head_ref, pull.head_sha, world),
        "base": branch_shape(repository, pull.base_ref, pull.base_sha, world),
    }


def full_pull_shape(pull: PullRequest) -> Json:
    """As `GET /pulls/{number}` and webhooks show it."""
    merges = pull.test_merge_sha is not None
    return pull_shape(pull) | {
        "merged": pull.merged_at is not None,
        "merged_by": user_shape(pull.merged_by, pull.world) if pull.merged_by else None,
        "mergeable": merges if pull.is_open else None,
        "rebaseable": merges if pull.is_open else None,
        "mergeable_state": ("draft" if pull.draft else "clean" if merges else "dirty") if pull.is_open else "unknown",
        "maintainer_can_modify": pull.source is not pull.repository,
        "comments": len(pull.issue_comments),
        "review_comments": len(pull.review_comments),
        "commits": len(pull.commits),
        "additions": sum(change.additions for change in pull.changes),
        "deletions": sum(change.deletions for change in pull.changes),
        "changed_files": len(pull.changes),
    }


def branch_shape(repository: Repository | None, ref: str, sha: str, world: World) -> Json:
    return {
        "label": f"{repository.owner.login}:{ref}" if repository else None,
        "ref": ref,
        "sha": sha,
        "user": user_shape(repository.owner, world) if repository else None,
        "repo": repository_shape(repository) if repository else None,
    }


def links(pull: PullRequest) -> Json:
    addresses = {
        "self": pull.url,
        "html": pull.html_url,
        "issue": pull.issue_url,
        "comments": f"{pull.issue_url}/comments",
        "review_comments": f"{pull.url}/comments",
        "review_comment": f"{pull.repository.url}/pulls/comments{{/number}}",
        "commits": f"{pull.url}/commits",
        "statuses": f"{pull.repository.url}/statuses/{pull.head_sha}",
    }
    return {name: {"href": address} for name, address in addresses.items()}


def issue_shape(pull: PullRequest) -> Json:
    """The issue that every pull request is, as `issue_comment` events show it."""
    return {
        "id": pull.id + 1_000_000_000,
        "node_id": f"PR_{pull.id}",
        "number": pull.number,
        "url": pull.issue_url,
        "repository_url": pull.repository.url,
        "labels_url": f"{pull.issue_url}/labels{{/name}}",
        "comments_url": f"{pull.issue_url}/comments",
        "events_url": f"{pull.issue_url}/events",
        "timeline_url": f"{pull.issue_url}/timeline",
        "html_url": pull.html_url,
        "title": pull.title,
        "user": user_shape(pull.author, pull.world),
        "labels": [],
        "state": pull.state,
        "state_reason": None,
        "locked": False,
        "active_lock_reason": None,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": len(pull.issue_comments),
        "created_at": stamp(pull.created_at),
        "updated_at": stamp(pull.updated_at),
        "closed_at": stamp(pull.closed_at) if pull.closed_at else None,
        "author_association": pull.repository.association_of(pull.author),
        "body": pull.body,
        "draft": pull.draft,
        "reactions": rollup([], f"{pull.issue_url}/reactions"),
        "performed_via_github_app": None,
        "pull_request": {
            "url": pull.url,
            "html_url": pull.html_url,
            "diff_url": f"{pull.html_url}.diff",
            "patch_url": f"{pull.html_url}.patch",
            "merged_at": stamp(pull.merged_at) if pull.merged_at else None,
        },
    }


def issue_comment_shape(comment: IssueComment) -> Json:
    pull = comment.pull
    url = f"{pull.repository.url}/issues/comments/{comment.id}"
    return {
        "id": comment.id,
        "node_id": f"IC_{comment.id}",
        "url": url,
        "html_url": comment.html_url,
        "issue_url": pull.issue_url,
        "user": user_shape(comment.author, pull.world),
        "author_association": pull.repository.association_of(comment.author),
        "body": comment.body,
        "created_at": stamp(comment.created_at),
        "updated_at": stamp(comment.updated_at),
        "performed_via_github_app": app_shape(comment.app) if comment.app else None,
        "reactions": rollup_of(comment, url),
    }


def reaction_shape(reaction: Reaction, world: World) -> Json:
    return {
        "id": reaction.id,
        "node_id": f"REA_{reaction.id}",
        "user": user_shape(reaction.user, world),
        "content": reaction.content,
        "created_at": stamp(reaction.created_at),
    }


def rollup_of(remark: Remark, url: str) -> Json:
    return rollup(remark.reacted(), f"{url}/reactions")


def rollup(contents: list[str], url: str) -> Json:
    return {"url": url, "total_count": len(contents)} | {name: contents.count(name) for name in REACTIONS}
