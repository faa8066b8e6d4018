"""Trees, blobs, refs and commits by their sha."""

from tests.stand_in.git.store import GitError
from tests.stand_in.rest.operations import Answer, Call, Raw, operation
from tests.stand_in.shapes.git import blob_shape, git_commit_shape, tree_entry_shape
from tests.stand_in.state.refusals import Refused

BLOB_LIMIT = 100_000_000


@operation("git/get-tree", ("contents", "read"))
def get_tree(call: Call) -> Answer:
    """By the sha of a tree or a commit, or by a branch; `truncated` beyond the limit of entries."""
    repository, name = call.repository, call.arguments["tree_sha"]
    try:
        entries = repository.git.tree(repository.resolve(name) or name, bool(call.query.get("recursive")))
    except GitError:
        raise Refused.not_found() from None
    found = repository.git.read_object(f"{repository.resolve(name) or name}^{{tree}}")
    sha = found[0] if found else name
    limit = call.world.limits.tree_entries
    return {
        "sha": sha,
        "url": f"{repository.url}/git/trees/{sha}",
        "tree": [tree_entry_shape(each, repository) for each in entries[:limit]],
        "truncated": len(entries) > limit,
    }


@operation("git/get-blob", ("contents", "read"))
def get_blob(call: Call) -> Answer:
    sha = call.arguments["file_sha"]
    if len(sha) != 40:
        raise Refused(422, "The sha parameter must be exactly 40 characters and contain only [0-9a-f].")
    content = call.repository.git.blob(sha)
    if content is None:
        raise Refused.not_found()
    if len(content) > BLOB_LIMIT:
        raise Refused(403, "This API returns blobs up to 100 MB in size.")
    return Raw(content) if call.wants("raw") else blob_shape(sha, content, call.repository)


@operation("git/get-ref", ("contents", "read"))
def get_ref(call: Call) -> Answer:
    repository, name = call.repository, call.arguments["ref"]
    sha = repository.resolve(name) if name.startswith(("heads/", "pull/")) else None
    if sha is None:
        raise Refused.not_found()
    return {
        "ref": f"refs/{name}",
        "node_id": f"REF_{name}",
        "url": f"{repository.url}/git/refs/{name}",
        "object": {"sha": sha, "type": "commit", "url": f"{repository.url}/git/commits/{sha}"},
    }


@operation("git/get-commit", ("contents", "read"))
def get_commit(call: Call) -> Answer:
    sha = call.arguments["commit_sha"]
    if len(sha) != 40 or not call.repository.git.is_commit(sha):
        raise Refused.not_found()
    return git_commit_shape(call.repository.git.commit_at(sha), call.repository)
