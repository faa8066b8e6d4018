"""Commits, trees, blobs, files and comparisons as GitHub shows them."""

import base64
from datetime import UTC, datetime
from urllib.parse import quote

from tests.stand_in.git import Commit, FileChange, TreeEntry
from tests.stand_in.shapes.people import git_user, user_shape
from tests.stand_in.state.repositories import Repository
from tests.stand_in.state.world import Json, stamp

UNSIGNED = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}


def when(commit: Commit) -> str:
    return stamp(datetime.fromtimestamp(commit.time, UTC))


def commit_shape(commit: Commit, repository: Repository) -> Json:
    """As in lists of commits."""
    world = repository.world
    user = user_shape(world.user(commit.author.name), world)
    url = f"{repository.url}/commits/{commit.sha}"
    return {
        "sha": commit.sha,
        "node_id": f"C_{commit.sha}",
        "url": url,
        "html_url": f"{repository.html_url}/commit/{commit.sha}",
        "comments_url": f"{url}/comments",
        "commit": {
            "url": f"{repository.url}/git/commits/{commit.sha}",
            "author": git_user(commit.author, when(commit)),
            "committer": git_user(commit.author, when(commit)),
            "message": commit.message,
            "tree": {"sha": commit.tree, "url": f"{repository.url}/git/trees/{commit.tree}"},
            "comment_count": 0,
            "verification": UNSIGNED,
        },
        "author": user,
        "committer": user,
        "parents": [parent_shape(sha, repository, "commits") for sha in commit.parents],
    }


def git_commit_shape(commit: Commit, repository: Repository) -> Json:
    """As `GET /git/commits/{sha}` answers."""
    return {
        "sha": commit.sha,
        "node_id": f"C_{commit.sha}",
        "url": f"{repository.url}/git/commits/{commit.sha}",
        "html_url": f"{repository.html_url}/commit/{commit.sha}",
        "author": git_user(commit.author, when(commit)),
        "committer": git_user(commit.author, when(commit)),
        "message": commit.message,
        "tree": {"sha": commit.tree, "url": f"{repository.url}/git/trees/{commit.tree}"},
        "parents": [parent_shape(sha, repository, "git/commits") for sha in commit.parents],
        "verification": UNSIGNED,
    }


def parent_shape(sha: str, repository: Repository, folder: str) -> Json:
    return {
        "sha": sha,
        "url": f"{repository.url}/{folder}/{sha}",
        "html_url": f"{repository.html_url}/commit/{sha}",
    }


def file_shape(change: FileChange, repository: Repository, ref: str) -> Json:
    """One changed file; `patch` is missing for binary and for very large files."""
    path, limits = quote(change.path), repository.world.limits
    shape: Json = {
        "sha": change.sha,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{repository.html_url}/blob/{ref}/{path}",
        "raw_url": f"{repository.html_url}/raw/{ref}/{path}",
        "contents_url": f"{repository.url}/contents/{path}?ref={ref}",
    }
    if change.previous_path:
        shape["previous_filename"] = change.previous_path
    patch = change.patch
    if patch and patch.count("\n") <= limits.patch_lines and len(patch.encode()) <= limits.patch_bytes:
        shape["patch"] = patch
    return shape


def tree_entry_shape(entry: TreeEntry, repository: Repository) -> Json:
    folder = "trees" if entry.type == "tree" else "blobs"
    shape: Json = {
        "path": entry.path,
        "mode": entry.mode,
        "type": entry.type,
        "sha": entry.sha,
        "url": f"{repository.url}/git/{folder}/{entry.sha}",
    }
    return shape if entry.size is None else shape | {"size": entry.size}


def blob_shape(sha: str, content: bytes, repository: Repository) -> Json:
    return {
        "sha": sha,
        "node_id": f"B_{sha}",
        "size": len(content),
        "url": f"{repository.url}/git/blobs/{sha}",
        "content": base64.encodebytes(content).decode(),
        "encoding": "base64",
    }


def content_shape(entry: TreeEntry, path: str, ref: str, repository: Repository) -> Json:
    """A file or folder as the contents API lists it, without its content."""
    kind = "dir" if entry.type == "tree" else "file"
    folder = "trees" if entry.type == "tree" else "blobs"
    url = f"{repository.url}/contents/{quote(path)}?ref={quote(ref)}"
    git_url = f"{repository.url}/git/{folder}/{entry.sha}"
    html_url = f"{repository.html_url}/{'tree' if kind == 'dir' else 'blob'}/{ref}/{quote(path)}"
    return {
        "type": kind,
        "size": entry.size or 0,
        "name": path.rsplit("/", 1)[-1],
        "path": path,
        "sha": entry.sha,
        "url": url,
        "git_url": git_url,
        "html_url": html_url,
        "download_url": None if kind == "dir" else f"{repository.html_url}/raw/{ref}/{quote(path)}",
        "_links": {"self": url, "git": git_url, "html": html_url},
    }


def comparison_shape(repository: Repository, base: Commit, head: Commit, start: Commit) -> Json:
    """Three-dot. At most 300 files, at most 250 commits."""
    git, limits = repository.git, repository.world.limits
    ahead = git.commits_between(base.sha, head.sha)
    behind = git.commits_between(head.sha, base.sha)
    name = f"{base.sha}...{head.sha}"
    page = f"{repository.html_url}/compare/{name}"
    status = "diverged" if ahead and behind else "ahead" if ahead else "behind" if behind else "identical"
    changes = git.changes(start.sha, head.sha)[: limits.compared_files]
    return {
        "url": f"{repository.url}/compare/{name}",
        "html_url": page,
        "permalink_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "base_commit": commit_shape(base, repository),
        "merge_base_commit": commit_shape(start, repository),
        "status": status,
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [commit_shape(each, repository) for each in ahead[:250]],
        "files": [file_shape(each, repository, head.sha) for each in changes],
    }
