"""Check runs, suites and annotations as GitHub shows them."""

from urllib.parse import quote

from tests.stand_in.shapes.apps import app_shape
from tests.stand_in.shapes.git import when
from tests.stand_in.state.checks import CheckRun, CheckSuite
from tests.stand_in.state.merge_queue import MergeGroup
from tests.stand_in.state.pulls import PullRequest
from tests.stand_in.state.repositories import Repository
from tests.stand_in.state.world import Json, stamp


def check_run_shape(run: CheckRun) -> Json:
    return {
        "id": run.id,
        "name": run.name,
        "node_id": f"CR_{run.id}",
        "head_sha": run.head_sha,
        "external_id": run.external_id,
        "url": run.url,
        "html_url": run.html_url,
        "details_url": run.details_url,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": stamp(run.started_at) if run.started_at else None,
        "completed_at": stamp(run.completed_at) if run.completed_at else None,
        "output": {
            "title": run.title,
            "summary": run.summary,
            "text": run.text,
            "annotations_count": len(run.annotations),
            "annotations_url": f"{run.url}/annotations",
        },
        "check_suite": {"id": run.suite.id},
        "app": app_shape(run.app),
        "pull_requests": [*map(minimal_pull_shape, run.pulls)],
    }


def check_run_in_event(run: CheckRun) -> Json:
    """In webhooks the suite comes along."""
    return check_run_shape(run) | {"check_suite": suite_shape(run.suite)}


def suite_shape(suite: CheckSuite) -> Json:
    repository = suite.repository
    url = f"{repository.url}/check-suites/{suite.id}"
    commit = repository.git.commit_at(suite.head_sha)
    return {
        "id": suite.id,
        "node_id": f"CS_{suite.id}",
        "head_branch": suite.head_branch,
        "head_sha": suite.head_sha,
        "status": suite.status,
        "conclusion": suite.conclusion,
        "url": url,
        "before": suite.before,
        "after": suite.head_sha,
        "pull_requests": [*map(minimal_pull_shape, suite.pulls)],
        "app": app_shape(suite.app),
        "created_at": stamp(suite.created_at),
        "updated_at": stamp(suite.updated_at),
        "latest_check_runs_count": len(suite.runs),
        "check_runs_url": f"{url}/check-runs",
        "rerequestable": True,
        "runs_rerequestable": True,
        "head_commit": {
            "id": commit.sha,
            "tree_id": commit.tree,
            "message": commit.message,
            "timestamp": when(commit),
            "author": {"name": commit.author.name, "email": commit.author.email},
            "committer": {"name": commit.author.name, "email": commit.author.email},
        },
    }


def minimal_pull_shape(pull: PullRequest) -> Json:
    def branch(repository: Repository, ref: str, sha: str) -> Json:
        return {"ref": ref, "sha": sha, "repo": {"id": repository.id, "url": repository.url, "name": repository.name}}

    return {
        "id": pull.id,
        "number": pull.number,
        "url": pull.url,
        "head": branch(pull.source, pull.head_ref, pull.head_sha),
        "base": branch(pull.repository, pull.base_ref, pull.base_sha),
    }


def annotation_shape(annotation: Json, run: CheckRun) -> Json:
    empty = dict.fromkeys(("start_column", "end_column", "title", "raw_details"))
    return {
        **empty,
        **annotation,
        "blob_href": f"{run.repository.html_url}/blob/{run.head_sha}/{quote(annotation['path'])}",
    }


def merge_group_shape(group: MergeGroup) -> Json:
    commit = group.repository.git.commit_at(group.head_sha)
    return {
        "head_sha": group.head_sha,
        "head_ref": f"refs/heads/{group.head_branch}",
        "base_sha": group.base_sha,
        "base_ref": f"refs/heads/{group.base_ref}",
        "head_commit": {
            "id": commit.sha,
            "tree_id": commit.tree,
            "message": commit.message,
            "timestamp": when(commit),
            "author": {"name": commit.author.name, "email": commit.author.email},
            "committer": {"name": commit.author.name, "email": commit.author.email},
        },
    }
