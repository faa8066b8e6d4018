"""Git objects as the queries see them. Fields that cost something are functions."""

from tests.stand_in.git import TreeEntry
from tests.stand_in.graphql.viewer import Viewer
from tests.stand_in.shapes.git import when
from tests.stand_in.state.repositories import Repository
from tests.stand_in.state.world import Json

TEXT_LIMIT = 512_000
"""Bytes; above it GraphQL gives out only the beginning of a blob."""


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
