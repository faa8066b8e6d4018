"""Which files a commit has: the recursive listing, or its folders one by one where GitHub cuts it short."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from bot.github.answers import TreeAnswer, TreeEntry
from bot.github.client import Client, json_of, read
from bot.model.snapshot import LeftOut

KINDS = (".py", ".ini", ".toml", ".yml", ".yaml", ".cfg", ".tmpl", ".template", ".json", ".csv")
MOST_FOLDERS = 60
"""Requests for a tree that does not fit into one answer (100,000 entries or 7 MB)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file. `size` in bytes, None if unknown."""

    sha: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """Files of the kinds that a review may need, by path."""

    entries: Mapping[str, Entry]
    left_out: tuple[LeftOut, ...] = ()


def read_tree(client: Client, sha: str) -> Tree:
    """The files at a commit or tree. A listing that is complete never changes, so it is kept."""
    key = f"tree:{client.repository.id}:{sha}"
    kept = client.cache.get_many([key]).get(key)
    if kept is not None:
        return Tree({path: Entry(blob, size) for path, blob, size in json.loads(kept)})
    tree = _ask(client, sha)
    if not tree.left_out:
        listing = [[path, entry.sha, entry.size] for path, entry in tree.entries.items()]
        client.cache.put_many({key: json.dumps(listing, separators=(",", ":")).encode()})
    return tree


def _ask(client: Client, sha: str) -> Tree:
    listing = _listing(client, sha, recursive=True)
    if not listing.truncated:
        return Tree(dict(_files(listing, "")))
    return _walk(client, sha)


def _walk(client: Client, sha: str) -> Tree:
    """Folder by folder, the shallow ones first; a folder that fits is listed whole."""
    entries: dict[str, Entry] = {}
    folders: deque[tuple[str, str]] = deque()
    left_out: list[LeftOut] = []
    asked = 1

    def enter(listing: TreeAnswer, prefix: str) -> None:
        entries.update(_files(listing, prefix))
        if listing.truncated:
            left_out.append(LeftOut(prefix or "/", "GitHub lists only a part of this folder's files"))
        found = [entry for entry in listing.tree if entry.type == "tree" and entry.sha]
        folders.extend((f"{prefix}{entry.path}/", entry.sha or "") for entry in found)

    enter(_listing(client, sha, recursive=False), "")
    while folders:
        prefix, folder = folders.popleft()
        if asked >= MOST_FOLDERS:
            left_out.append(LeftOut(prefix, "the repository has too many files to list this folder"))
            continue
        asked += 1
        listing = _listing(client, folder, recursive=True)
        if not listing.truncated:
            entries.update(_files(listing, prefix))
            continue
        asked += 1
        enter(_listing(client, folder, recursive=False), prefix)
    return Tree(entries, tuple(left_out))


def _listing(client: Client, sha: str, *, recursive: bool) -> TreeAnswer:
    params = {"recursive": "1"} if recursive else None
    return read(TreeAnswer, json_of(client.get(f"{client.base}/git/trees/{sha}", params)))


def _files(listing: TreeAnswer, prefix: str) -> list[tuple[str, Entry]]:
    return [
        (prefix + entry.path, Entry(entry.sha or "", entry.size))
        for entry in listing.tree
        if _is_file(entry) and entry.path.endswith(KINDS)
    ]


def _is_file(entry: TreeEntry) -> bool:
    """Symbolic links (120000) and submodules (160000) are not followed: a link may lead anywhere."""
    return entry.type == "blob" and entry.mode.startswith("100") and entry.sha is not None
