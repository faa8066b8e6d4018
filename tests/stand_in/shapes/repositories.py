"""Repositories as GitHub shows them."""

from tests.stand_in.contract.description import template
from tests.stand_in.shapes.people import user_shape
from tests.stand_in.state.repositories import Repository
from tests.stand_in.state.world import Json, stamp


def repository_shape(repository: Repository) -> Json:
    """As inside pull requests and webhooks: the official example with this repository's name in every address."""
    world = repository.world
    addresses = {
        key: value.replace("https://api.github.com", world.api_url)
        .replace("https://github.com", world.site_url)
        .replace("octocat/Hello-World", repository.full_name)
        for key, value in template("repository").items()
        if isinstance(value, str) and "octocat/Hello-World" in value
    }
    open_pulls = sum(pull.is_open for pull in repository.pulls)
    return addresses | {
        "id": repository.id,
        "node_id": f"R_{repository.id}",
        "name": repository.name,
        "full_name": repository.full_name,
        "owner": user_shape(repository.owner, world),
        "private": repository.private,
        "visibility": "private" if repository.private else "public",
        "description": None,
        "fork": repository.parent is not None,
        "homepage": None,
        "language": "Python",
        "license": None,
        "mirror_url": None,
        "default_branch": repository.default_branch,
        "archived": repository.archived,
        "disabled": False,
        "size": 1,
        "topics": [],
        "custom_properties": {},
        "is_template": False,
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "has_issues": True,
        "has_projects": True,
        "has_downloads": True,
        "has_wiki": False,
        "has_pages": False,
        "has_discussions": False,
        "forks": forks_of(repository),
        "forks_count": forks_of(repository),
        "open_issues": open_pulls,
        "open_issues_count": open_pulls,
        "stargazers_count": 0,
        "watchers": 0,
        "watchers_count": 0,
        "created_at": stamp(repository.created_at),
        "updated_at": stamp(repository.updated_at),
        "pushed_at": stamp(repository.updated_at),
    }


def full_repository_shape(repository: Repository) -> Json:
    """As `GET /repos/{owner}/{repo}` answers."""
    shape = repository_shape(repository) | {
        "network_count": forks_of(repository),
        "subscribers_count": 0,
        "temp_clone_token": "",
        "allow_merge_commit": True,
        "allow_squash_merge": True,
        "allow_rebase_merge": True,
        "allow_auto_merge": False,
        "delete_branch_on_merge": False,
        "permissions": {"admin": False, "maintain": False, "push": False, "triage": False, "pull": False},
    }
    if repository.parent:
        shape["parent"] = shape["source"] = repository_shape(repository.parent)
    return shape


def named_repository(repository: Repository) -> Json:
    """The few fields in `installation` events."""
    return {
        "id": repository.id,
        "node_id": f"R_{repository.id}",
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
    }


def forks_of(repository: Repository) -> int:
    return sum(each.parent is repository for each in repository.world.repositories)
