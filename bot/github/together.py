"""All open pull requests to one branch, seen in a few questions together: what a moved base asks for.

Their files are taken by commit and path, mostly from the cache; the base is read once for all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from bot.github.answers import NeighbourNode
from bot.github.changes import merged, with_patches
from bot.github.client import Client
from bot.github.errors import Unavailable
from bot.github.layout import could_matter, frames, likely_revisions
from bot.github.material import Gathering
from bot.github.texts import PAGE, AtPath, Texts
from bot.github.trees import Entry, read_tree
from bot.model.snapshot import Change, ChangedFile, OpenRevision, PullRequestSnapshot

AT_ONCE = 50
"""Pull requests that one job judges."""
MOST_PAGES = 40
"""Of the listing: two thousand open pull requests."""
MOST_LISTED = 100
"""Files of one pull request that the question lists; one with so many is looked at alone."""
_CHANGES = {"ADDED": Change.ADDED, "COPIED": Change.ADDED, "MODIFIED": Change.MODIFIED, "DELETED": Change.REMOVED}


@dataclass(frozen=True, slots=True)
class Unseen:
    """A pull request that has to be looked at by itself."""

    number: int
    head_sha: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the open pull requests with migrations; those with numbers below `rest` are still to be looked at.

    `rest` is 0 where none is left.
    """

    pulls: Iterator[PullRequestSnapshot | Unseen]
    rest: int


def open_page(client: Client, base_ref: str, base_sha: str, below: int = 0) -> Page:
    """Those with the highest numbers, below `below` if it is not 0; `base_sha` is the branch's new tip.

    Numbers part the pages, so that none is forgotten while others are opened, closed and pushed to. Drafts are left
    out. All are listed each time, since each is a neighbour of all others. Raises Unavailable if GitHub does not list.
    """
    texts = Texts(client)
    listed = [pull for pull in texts.fetch_with_neighbours({}, base_ref, MOST_PAGES) if not pull.is_draft]
    if texts.unlisted is not None and len(listed) < MOST_PAGES * PAGE:
        raise Unavailable(texts.unlisted)
    waiting = sorted((pull.number for pull in listed if not below or pull.number < below), reverse=True)
    numbers = frozenset(waiting[:AT_ONCE])
    rest = min(numbers) if len(waiting) > AT_ONCE else 0
    return Page(_seen(client, base_ref, base_sha, listed, texts, numbers), rest)


def _seen(
    client: Client, base_ref: str, base_sha: str, listed: list[NeighbourNode], texts: Texts, numbers: Collection[int]
) -> Iterator[PullRequestSnapshot | Unseen]:
    """The snapshots know of no earlier comments."""
    if not numbers:
        return
    before = read_tree(client, base_sha).entries
    changes = {pull.number: _changes(pull) for pull in listed}
    paths = {*before, *(path for files in changes.values() if files for path in files)}
    telling = likely_revisions(paths) | {path for path in frames(paths) if path.rpartition("/")[2] != "pyproject.toml"}
    places: dict[AtPath, None] = {}
    for pull in listed:
        for path, change in (changes[pull.number] or {}).items():
            if path in telling and change is not Change.REMOVED:
                places[(pull.head_ref_oid, path)] = None
    texts.fetch(dict.fromkeys(places))
    for pull in listed:
        if pull.number not in numbers:
            continue
        files = changes[pull.number]
        if files is None or (not telling.isdisjoint(files) and _is_textless(pull, files, telling, texts)):
            yield Unseen(pull.number, pull.head_ref_oid)
        elif not telling.isdisjoint(files):
            yield _snapshot(client, pull, base_ref, base_sha, before, files, telling, texts, listed, changes)


def _changes(pull: NeighbourNode) -> dict[str, Change] | None:
    """The changed paths that can matter; None where the list is not whole, or does not say enough."""
    nodes = [node for node in (pull.files.nodes if pull.files else None) or () if node]
    if len(nodes) >= MOST_LISTED or any(node.change_type not in _CHANGES for node in nodes if could_matter(node.path)):
        return None
    return {node.path: _CHANGES[node.change_type or ""] for node in nodes if could_matter(node.path)}


def _is_textless(pull: NeighbourNode, files: Mapping[str, Change], telling: frozenset[str], texts: Texts) -> bool:
    return any(
        not isinstance(texts[(pull.head_ref_oid, path)], str)
        for path, change in files.items()
        if path in telling and change is not Change.REMOVED
    )


def _snapshot(
    client: Client,
    pull: NeighbourNode,
    base_ref: str,
    base_sha: str,
    before: Mapping[str, Entry],
    files: Mapping[str, Change],
    telling: frozenset[str],
    texts: Texts,
    listed: list[NeighbourNode],
    changes: Mapping[int, Mapping[str, Change] | None],
) -> PullRequestSnapshot:
    changed = []
    for path, change in files.items():
        if path not in telling:
            continue
        text = texts[(pull.head_ref_oid, path)]
        if change is Change.REMOVED:
            changed.append(ChangedFile(path, change, None))
        elif isinstance(text, str):
            changed.append(ChangedFile(path, change, None, None, _remember(client, text)))
    material = Gathering(client, before, merged(before, changed), changed).material()
    elsewhere = tuple(
        OpenRevision(other.number, other.title, other.is_draft, path, text, other.head_ref_oid)
        for other in listed
        if other.number != pull.number
        for path, change in (changes[other.number] or {}).items()
        if change is Change.ADDED and isinstance(text := texts[(other.head_ref_oid, path)], str)
    )
    return PullRequestSnapshot(
        repository=client.repository,
        number=pull.number,
        title=pull.title,
        state="open",
        draft=False,
        head_sha=pull.head_ref_oid,
        base_sha=base_sha,
        base_ref=base_ref,
        from_fork=False,
        changed=with_patches(changed, material.base_texts, material.texts),
        texts=material.texts,
        base_texts=material.base_texts,
        settings_path=material.settings_path,
        settings_text=material.settings_text,
        elsewhere=elsewhere,
        left_out=material.left_out,
    )


def _remember(client: Client, text: str) -> str:
    """The hash of the blob, under which the text is had from now on without a question."""
    content = text.encode(errors="surrogatepass")
    sha = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    client.cache.put_many({f"{client.repository.id}:blob:{sha}": b"T" + text.encode(errors="replace")})
    return sha
