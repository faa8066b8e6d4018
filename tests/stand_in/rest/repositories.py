"""Repositories, branches, commits, comparisons, contents, collaborators."""

import base64

from tests.stand_in.git import Commit
from tests.stand_in.git.store import TreeEntry
from tests.stand_in.rest.operations import Answer, Call, Listing, Raw, Reply, operation
from tests.stand_in.shapes.git import commit_shape, comparison_shape, content_shape, file_shape
from tests.stand_in.shapes.people import user_shape
from tests.stand_in.shapes.pulls import pull_shape
from tests.stand_in.shapes.repositories import full_repository_shape
from tests.stand_in.state.people import LEGACY_PERMISSION
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.repositories import Repository
from tests.stand_in.state.world import Json

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
BASE64_LIMIT = 1_048_576
"""Bytes; above it contents are given out only raw."""
LISTING_LIMIT = 1_000


@operation("repos/get", ("metadata", "read"))
def get_repository(call: Call) -> Answer:
    return full_repository_shape(call.repository)


@operation("repos/get-branch", ("contents", "read"))
def get_branch(call: Call) -> Answer:
    repository, name = call.repository, call.arguments["branch"]
    sha = repository.branches.get(name)
    if sha is None:
        raise Refused(404, "Branch not found")
    url = f"{repository.url}/branches/{name}"
    return {
        "name": name,
        "commit": commit_shape(repository.git.commit_at(sha), repository),
        "_links": {"self": url, "html": f"{repository.html_url}/tree/{name}"},
        "protected": False,
        "protection": {"enabled": False, "required_status_checks": {"contexts": [], "checks": []}},
        "protection_url": f"{url}/protection",
    }


@operation("repos/get-commit", ("contents", "read"))
def get_commit(call: Call) -> Answer:
    repository, ref = call.repository, call.arguments["ref"]
    commit = find_commit(repository, ref)
    if call.wants("sha"):
        return Raw(commit.sha.encode(), "application/vnd.github.sha; charset=utf-8")
    changes = repository.git.changes(commit.parents[0] if commit.parents else EMPTY_TREE, commit.sha)
    additions, deletions = sum(each.additions for each in changes), sum(each.deletions for each in changes)
    return commit_shape(commit, repository) | {
        "stats": {"total": additions + deletions, "additions": additions, "deletions": deletions},
        "files": [file_shape(each, repository, commit.sha) for each in changes],
    }


def find_commit(repository: Repository, ref: str) -> Commit:
    sha = repository.resolve(ref)
    if sha is None:
        raise Refused(422, f"No commit found for SHA: {ref}")
    return repository.git.commit_at(sha)


@operation("repos/list-pull-requests-associated-with-commit", ("pull_requests", "read"))
def list_pulls_of_commit(call: Call) -> Answer:
    sha = find_commit(call.repository, call.arguments["commit_sha"]).sha
    found = [
        pull
        for pull in call.repository.pulls
        if sha in (pull.head_sha, pull.merge_commit_sha) or pull.knows_commit(sha)
    ]
    return Listing(found, pull_shape)


@operation("repos/compare-commits-with-basehead", ("contents", "read"))
def compare(call: Call) -> Answer:
    repository = call.repository
    left, dots, right = call.arguments["basehead"].partition("...")
    base = dots and resolve_side(repository, left)
    head = dots and resolve_side(repository, right)
    start = base and head and repository.git.merge_base(base, head)
    if not (base and head and start):
        raise Refused.not_found()
    commit_at = repository.git.commit_at
    return comparison_shape(repository, commit_at(base), commit_at(head), commit_at(start))


def resolve_side(repository: Repository, name: str) -> str | None:
    """`branch`, `sha`, or `owner:branch` of a fork in the same network."""
    owner, colon, branch = name.partition(":")
    if not colon:
        return repository.resolve(name)
    network = [each for each in repository.world.repositories if each.git is repository.git]
    fork = next((each for each in network if each.owner.login.lower() == owner.lower()), None)
    return fork.resolve(branch.rsplit(":", 1)[-1]) if fork else None


@operation("repos/get-collaborator-permission-level", ("metadata", "read"))
def get_permission(call: Call) -> Answer:
    repository, world = call.repository, call.world
    login = call.arguments["username"]
    if login not in world.users:
        raise Refused(404, f"{login} is not a user")
    role = repository.role_of(world.users[login])
    granted = {name: level <= RANK[role] for name, level in LEVEL_OF.items()}
    user = user_shape(world.users[login], world) | {"permissions": granted, "role_name": role}
    return {"permission": LEGACY_PERMISSION.get(role, role), "role_name": role, "user": user}


RANK = {"none": 0, "read": 1, "triage": 2, "write": 3, "maintain": 4, "admin": 5}
LEVEL_OF = {"pull": 1, "triage": 2, "push": 3, "maintain": 4, "admin": 5}


@operation("repos/get-content", ("contents", "read"))
def get_content(call: Call) -> Answer:
    repository, path = call.repository, call.arguments["path"].strip("/")
    ref = call.query.get("ref") or repository.default_branch
    sha = repository.resolve(ref)
    if sha is None:
        raise Refused(404, f"No commit found for the ref {ref}")
    entry = find_entry(repository, sha, path)
    if entry is None:
        raise Refused.not_found()
    if entry.type == "tree":
        return folder_answer(call, repository, entry, path, ref)
    return file_answer(call, repository, entry, path, ref)


def find_entry(repository: Repository, sha: str, path: str) -> TreeEntry | None:
    tree = repository.git.commit_at(sha).tree
    if not path:
        return TreeEntry("040000", "tree", tree, None, "")
    return next((each for each in repository.git.tree(tree) if each.path == path), None)


def folder_answer(call: Call, repository: Repository, entry: TreeEntry, path: str, ref: str) -> Answer:
    inside = repository.git.tree(entry.sha, False)[:LISTING_LIMIT]
    listed = [content_shape(each, f"{path}/{each.path}".lstrip("/"), ref, repository) for each in inside]
    if call.wants("object"):
        return content_shape(entry, path, ref, repository) | {"entries": listed}
    return Reply(listed)


def file_answer(call: Call, repository: Repository, entry: TreeEntry, path: str, ref: str) -> Answer:
    content = repository.git.blob(entry.sha) or b""
    if call.wants("raw"):
        return Raw(content)
    shape: Json = content_shape(entry, path, ref, repository)
    if len(content) > BASE64_LIMIT:
        if not call.wants("object"):
            raise too_large("This API returns blobs up to 1 MB in size.")
        return shape | {"content": "", "encoding": "none"}
    return shape | {"content": base64.encodebytes(content).decode(), "encoding": "base64"}


def too_large(message: str) -> Refused:
    return Refused(403, message, [{"resource": "Blob", "field": "data", "code": "too_large"}])
