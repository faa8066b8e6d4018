"""The texts of files by the hash of their blob: from the cache, else many in one GraphQL question."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bot.github import questions
from bot.github.answers import BlobNode, NeighbourNode, NeighbourNodes
from bot.github.client import Client, read
from bot.github.errors import Gone, NotFound, Unavailable
from bot.github.protocol import RAW

LARGEST = 1_000_000
"""Bytes; no migration is that long."""
MOST_BYTES = 64_000_000
"""Of one look; a worker's memory is not for one pull request alone."""
PAGE = 50
"""Pull requests that `questions.NEIGHBOURS` asks for at once."""
BATCH = 100
BATCH_BYTES = 1_500_000
LIKELY_SIZE = 10_000
"""Bytes of a file whose size GitHub did not say."""
SMALLEST_BATCH = 10
AT_ONCE = 4
LFS = "version https://git-lfs.github.com/spec/"

AtPath = tuple[str, str]
"""A commit and a path in it."""
Wanted = str | AtPath
"""A blob's hash, or a file by commit and path."""


@dataclass(frozen=True, slots=True)
class NoText:
    """Why a file's text is not had. `lasting` if another look would give the same."""

    reason: str
    lasting: bool = True


_FULL = NoText(f"the files of this review are more than {MOST_BYTES:,} characters together", lasting=False)


class Texts:
    """Everything fetched during one look."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._had: dict[Wanted, str | NoText] = {}
        self._bytes = 0
        self.unlisted: str | None = None
        """Why not all of the other pull requests could be had; the review goes on without the rest."""
        self._after: str | None = None
        """Where the next page of them begins; None behind the last one."""

    def __getitem__(self, wanted: Wanted) -> str | NoText:
        return self._had.get(wanted, NoText("it was not asked for"))

    def __contains__(self, wanted: object) -> bool:
        return wanted in self._had

    def fetch(self, wanted: Mapping[Wanted, int | None]) -> None:
        """Sizes in bytes where known."""
        self._fetch(wanted, None)

    def fetch_with_neighbours(
        self, wanted: Mapping[Wanted, int | None], base_ref: str, pages: int
    ) -> tuple[NeighbourNode, ...]:
        """The same, and in the same question the open pull requests to a branch: the newest fifty of each page."""
        found = list(self._fetch(wanted, base_ref))
        for _ in range(pages - 1):
            if self._after is None:
                break
            found += self._ask([], base_ref)
        if self._after is not None and self.unlisted is None:
            self.unlisted = f"there are more than {pages * PAGE:,} open pull requests; the oldest were not looked at"
        return tuple({pull.number: pull for pull in found}.values())

    def _fetch(self, wanted: Mapping[Wanted, int | None], base_ref: str | None) -> tuple[NeighbourNode, ...]:
        missing = {each: size for each, size in wanted.items() if each not in self._had}
        for each, size in list(missing.items()):
            if size is not None and size > LARGEST:
                self._had[each] = _too_large(size)
                del missing[each]
        self._take_from_cache(missing)
        batches = list(_batches({each: size for each, size in missing.items() if each not in self._had}))
        if not batches and base_ref is None:
            return ()
        first, *others = batches or [[]]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            rest = pool.map(self._ask, others)
            neighbours = self._ask(first, base_ref)
            list(rest)
        return neighbours

    def _take_from_cache(self, wanted: Iterable[Wanted]) -> None:
        keys = {_key(self._client, each): each for each in wanted}
        for key, kept in self._client.cache.get_many(keys).items():
            text = kept[1:].decode(errors="replace")
            self._keep({keys[key]: text if kept[:1] == b"T" else NoText(text)})

    def _ask(self, batch: Sequence[Wanted], base_ref: str | None = None) -> tuple[NeighbourNode, ...]:
        """GitHub gives up on questions that take it ten seconds; then smaller ones are asked."""
        try:
            return self._ask_at_once(batch, base_ref)
        except Unavailable:
            if base_ref is not None:
                self.unlisted = "GitHub did not list the other open pull requests in time"
                self._after = None
                return self._ask(batch) if batch else ()
            if len(batch) <= SMALLEST_BATCH:
                raise
        middle = len(batch) // 2
        return self._ask(batch[:middle]) + self._ask(batch[middle:])

    def _ask_at_once(self, batch: Sequence[Wanted], base_ref: str | None) -> tuple[NeighbourNode, ...]:
        shas = [each for each in batch if isinstance(each, str)]
        places = [each for each in batch if isinstance(each, tuple)]
        owner, _, name = self._client.repository.full_name.partition("/")
        query, paths = questions.blobs(shas, places, neighbours=base_ref is not None)
        listing = {} if base_ref is None else {"base": base_ref, "after": self._after}
        variables = {"owner": owner, "name": name, **paths, **listing}
        found = self._client.graphql(query, variables, partial=True).data.get("repository")
        nodes: dict[str, object] = found if isinstance(found, dict) else {}
        names: list[tuple[str, Wanted]] = [(f"b{n}", sha) for n, sha in enumerate(shas)]
        names += [(f"p{n}", place) for n, place in enumerate(places)]
        fresh = {wanted: self._text(wanted, nodes.get(name)) for name, wanted in names}
        self._keep(fresh)
        lasting = {each: text for each, text in fresh.items() if not isinstance(text, NoText) or text.lasting}
        self._client.cache.put_many({_key(self._client, each): _kept(text) for each, text in lasting.items()})
        return self._listed(nodes.get("pullRequests")) if base_ref is not None else ()

    def _listed(self, answer: object) -> tuple[NeighbourNode, ...]:
        page = NeighbourNodes() if answer is None else read(NeighbourNodes, answer)
        self._after = page.page_info.end_cursor if page.page_info.has_next_page else None
        return tuple(node for node in page.nodes if node)

    def _keep(self, fresh: Mapping[Wanted, str | NoText]) -> None:
        for wanted, text in fresh.items():
            size = len(text) if isinstance(text, str) else 0
            is_too_much = self._bytes + size > MOST_BYTES
            self._had[wanted] = _FULL if is_too_much else text
            self._bytes += 0 if is_too_much else size

    def _text(self, wanted: Wanted, answer: object) -> str | NoText:
        if answer is None:
            return self._raw(wanted) if isinstance(wanted, str) else NoText("GitHub does not find it", lasting=False)
        blob = read(BlobNode, answer)
        if blob.byte_size is None:
            return NoText("it is not a file")
        if blob.byte_size > LARGEST:
            return _too_large(blob.byte_size)
        if blob.is_binary:
            return NoText("it is binary")
        if blob.text is None or blob.is_truncated or not _is_exact(blob.text, blob.oid):
            return self._raw(blob.oid)
        return _checked(blob.text)

    def _raw(self, sha: str) -> str | NoText:
        try:
            content = self._client.get(f"{self._client.base}/git/blobs/{sha}", accept=RAW).content
        except (NotFound, Gone):
            return NoText("GitHub no longer has it", lasting=False)
        if len(content) > LARGEST:
            return _too_large(len(content))
        try:
            return _checked(content.decode())
        except UnicodeDecodeError:
            return NoText("it is not UTF-8 text")


def _checked(text: str) -> str | NoText:
    return NoText("it lies in Git LFS, and only a pointer to it in the repository") if text.startswith(LFS) else text


def _too_large(size: int) -> NoText:
    return NoText(f"it is {size:,} bytes long; files up to {LARGEST:,} are read")


def _is_exact(text: str, oid: str) -> bool:
    """Whether this is the blob to the byte: GraphQL replaces what is not UTF-8, and columns would be wrong."""
    content = text.encode(errors="surrogatepass")
    algorithm = hashlib.sha256 if len(oid) == 64 else hashlib.sha1
    return algorithm(b"blob %d\0" % len(content) + content).hexdigest() == oid


def _batches(wanted: Mapping[Wanted, int | None]) -> Iterator[list[Wanted]]:
    batch: list[Wanted] = []
    total = 0
    for each, size in wanted.items():
        total += LIKELY_SIZE if size is None else size
        if batch and (len(batch) == BATCH or total > BATCH_BYTES):
            yield batch
            batch, total = [], LIKELY_SIZE if size is None else size
        batch.append(each)
    if batch:
        yield batch


def _key(client: Client, wanted: Wanted) -> str:
    """By repository too, so that a hash alone never brings up another repository's file."""
    what = f"blob:{wanted}" if isinstance(wanted, str) else f"at:{wanted[0]}:{wanted[1]}"
    return f"{client.repository.id}:{what}"


def _kept(text: str | NoText) -> bytes:
    return b"M" + text.reason.encode() if isinstance(text, NoText) else b"T" + text.encode()
