"""HTTP with GitHub on behalf of one repository: reads are repeated within bounds, writes never."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import httpx
import tenacity
from pydantic import BaseModel, ValidationError

from bot.github.addresses import Addresses
from bot.github.auth import Credentials, Purpose, Tokens, TokenShelf
from bot.github.cache import Cache, NoCache
from bot.github.errors import RateLimited, Unavailable, Unreadable
from bot.github.pauses import OwnPauses, Pauses
from bot.github.protocol import JSON, error_of, graphql_error, headers, next_page
from bot.model.snapshot import Repository

ATTEMPTS = 3
"""Of one read; writes have one."""
PATIENCE = 5.0
"""Seconds that a request waits for a rate limit by itself; a longer wait is the queue's."""
PAGE = 100
TIMEOUT = httpx.Timeout(15.0, connect=5.0)
CONNECTIONS = 8
"""At once; GitHub allows 100 for everything that the App does."""

M = TypeVar("M", bound=BaseModel)


class GitHub:
    """A pool of connections, the App's tokens and the cache. One per job: sockets do not survive a fork."""

    def __init__(
        self,
        credentials: Credentials,
        addresses: Addresses,
        *,
        cache: Cache | None = None,
        shelf: TokenShelf | None = None,
        pauses: Pauses | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.addresses = addresses
        self.cache = cache or NoCache()
        self.pauses = pauses or OwnPauses()
        self.clock = clock
        self.sleep = sleep
        limits = httpx.Limits(max_connections=CONNECTIONS)
        self.http = httpx.Client(timeout=TIMEOUT, limits=limits, transport=transport, follow_redirects=False)
        self.tokens = Tokens(credentials, addresses, self.http, shelf, clock=clock)

    def client(self, repository: Repository) -> Client:
        return Client(self, repository)

    def close(self) -> None:
        self.http.close()

    def __enter__(self) -> GitHub:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class GraphQLAnswer:
    """`data` has a null wherever one of `errors` points to."""

    data: Mapping[str, object]
    errors: tuple[Mapping[str, object], ...] = ()


class Client:
    """Requests about one repository. Addresses are given below the API's root: `/repos/o/r/pulls/7`.

    Every method raises the errors of `bot.github.errors`.
    """

    def __init__(self, github: GitHub, repository: Repository) -> None:
        self.github = github
        self.repository = repository
        self.requests = 0
        """Sent so far, tokens not counted."""
        self.remaining: int | None = None
        """Of this hour's rate limit, as GitHub last said."""
        self._lock = threading.Lock()

    @property
    def addresses(self) -> Addresses:
        return self.github.addresses

    @property
    def cache(self) -> Cache:
        return self.github.cache

    @property
    def base(self) -> str:
        return f"/repos/{self.repository.full_name}"

    def about(self, repository: Repository) -> Client:
        """The same client under the repository's present name; its tokens and its count go on."""
        if repository == self.repository:
            return self
        other = Client(self.github, repository)
        other.requests, other.remaining = self.requests, self.remaining
        return other

    # Reads

    def get(self, path: str, params: Mapping[str, str | int] | None = None, *, accept: str = JSON) -> httpx.Response:
        return self._read(lambda: self._send("GET", path, params=params, accept=accept))

    def get_unless_changed(self, path: str, params: Mapping[str, str | int] | None = None) -> httpx.Response:
        """As `get`; an answer that GitHub calls unchanged comes from the cache and costs nothing of the rate limit."""
        address = str(httpx.URL(self._absolute(path)).copy_merge_params(params or {}))
        key = f"answer:{self.repository.id}:{address}"
        kept = _Kept.read(self.cache.get_many([key]).get(key))
        extra = {"If-None-Match": kept.etag} if kept else {}
        answer = self._read(lambda: self._send("GET", path, params=params, extra=extra))
        if answer.status_code == 304 and kept:
            return httpx.Response(200, headers={"link": kept.link}, content=kept.body, request=answer.request)
        if etag := answer.headers.get("etag"):
            self.cache.put_many({key: _Kept(etag, answer.headers.get("link", ""), answer.content).write()})
        return answer

    def pages(self, path: str, params: Mapping[str, str | int] | None = None, *, most: int) -> Iterator[object]:
        """The items of a list, page after page, until `most` items were given."""
        following: str | None = path
        query: Mapping[str, str | int] | None = {**(params or {}), "per_page": PAGE}
        given = 0
        while following and given < most:
            answer = self.get_unless_changed(following, query)
            items = json_of(answer)
            if not isinstance(items, list):
                raise Unreadable("expected a list", request=f"GET {path}")
            yield from items[: most - given]
            given += len(items)
            # The address of the next page carries the query already.
            following, query = next_page(answer.headers), None

    def graphql(self, query: str, variables: Mapping[str, object], *, partial: bool = False) -> GraphQLAnswer:
        """A query. With `partial`, errors come beside the data that there is, unless there is none at all."""
        return self._read(lambda: self._graphql(query, variables, Purpose.READ, partial))

    # Writes: one attempt each. Whoever calls looks before repeating.

    def post(self, path: str, body: Mapping[str, object]) -> httpx.Response:
        return self._limited(lambda: self._send("POST", path, body=body, purpose=Purpose.WRITE))

    def patch(self, path: str, body: Mapping[str, object]) -> httpx.Response:
        return self._limited(lambda: self._send("PATCH", path, body=body, purpose=Purpose.WRITE))

    def mutate(self, query: str, variables: Mapping[str, object]) -> GraphQLAnswer:
        return self._limited(lambda: self._graphql(query, variables, Purpose.WRITE, partial=True))

    # What carries them

    def _read(self, send: Callable[[], T]) -> T:
        attempts = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Unavailable),
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            wait=tenacity.wait_random_exponential(multiplier=0.5, max=3.0),
            sleep=self.github.sleep,
            reraise=True,
        )
        return attempts(lambda: self._limited(send))

    def _limited(self, send: Callable[[], T]) -> T:
        """A limit says that nothing was done, so that one more attempt after a short wait harms nobody."""
        try:
            return self.respecting_limits(send)
        except RateLimited as limit:
            wait = limit.retry_at - self.github.clock()
            if wait > PATIENCE:
                raise
            self.github.sleep(max(0.0, wait))
            return self.respecting_limits(send, waited=True)

    def respecting_limits(self, send: Callable[[], T], *, waited: bool = False) -> T:
        """Sends unless this installation is known to be limited for long, and makes known that it is."""
        installation = self.repository.installation_id
        until = self.github.pauses.until(installation)
        if not waited and until > self.github.clock():
            raise RateLimited("This installation has met a rate limit of GitHub's.", retry_at=until)
        try:
            return send()
        except RateLimited as limit:
            if limit.retry_at - self.github.clock() > PATIENCE:
                self.github.pauses.pause(installation, limit.retry_at)
            raise

    def _graphql(self, query: str, variables: Mapping[str, object], purpose: Purpose, partial: bool) -> GraphQLAnswer:
        body = {"query": query, "variables": dict(variables)}
        answer = self._send("POST", self.addresses.graphql, body=body, purpose=purpose)
        match json_of(answer):
            case {"errors": list(errors), **rest} if errors:
                data = rest.get("data")
                if not partial or not isinstance(data, dict):
                    raise graphql_error(errors, answer.headers, now=self.github.clock())
                return GraphQLAnswer(data, tuple(error for error in errors if isinstance(error, dict)))
            case {"data": dict(data)}:
                return GraphQLAnswer(data)
        raise Unreadable("expected `data`", request="POST GraphQL")

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, object] | None = None,
        accept: str = JSON,
        extra: Mapping[str, str] | None = None,
        purpose: Purpose = Purpose.READ,
    ) -> httpx.Response:
        address = self._absolute(path)
        request = f"{method} {urlsplit(address).path}"
        answer = self._authorized(method, address, params, body, {"Accept": accept, **(extra or {})}, purpose, request)
        if answer.has_redirect_location:
            # A renamed repository. Nothing was done, and GitHub asks to repeat the same request over there.
            moved = urljoin(address, answer.headers["location"])
            if urlsplit(moved).netloc != urlsplit(address).netloc:
                raise Unreadable(f"redirected to another host, {urlsplit(moved).netloc}", request=request)
            answer = self._authorized(method, moved, None, body, {"Accept": accept, **(extra or {})}, purpose, request)
        error = error_of(answer.status_code, answer.headers, _body(answer), now=self.github.clock(), request=request)
        if error:
            raise error
        return answer

    def _authorized(
        self,
        method: str,
        address: str,
        params: Mapping[str, str | int] | None,
        body: Mapping[str, object] | None,
        extra: Mapping[str, str],
        purpose: Purpose,
        request: str,
    ) -> httpx.Response:
        """One request; a second one with a new token if GitHub no longer knows the first."""
        for last in (False, True):
            token = self.github.tokens.token(self.repository, purpose)
            with self._lock:
                self.requests += 1
            try:
                answer = self.github.http.request(
                    method, address, params=params, json=body, headers={**headers(token), **extra}
                )
            except httpx.TransportError as lost:
                raise Unavailable(str(lost) or type(lost).__name__, request=request) from lost
            if answer.status_code != 401 or last:
                break
            self.github.tokens.forget(self.repository, purpose, token)
        remaining = answer.headers.get("x-ratelimit-remaining", "")
        self.remaining = int(remaining) if remaining.isdigit() else self.remaining
        return answer

    def _absolute(self, path: str) -> str:
        """Refuses addresses of other hosts: a token must not go where a `Link` header leads."""
        if path.startswith("/"):
            return self.addresses.rest + path
        if not path.startswith((f"{self.addresses.rest}/", self.addresses.graphql)):
            raise Unreadable(f"an address outside {self.addresses.rest}", request=path)
        return path


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer in the cache."""

    etag: str
    link: str
    body: bytes

    def write(self) -> bytes:
        return b"\n".join((self.etag.encode(), self.link.encode(), self.body))

    @classmethod
    def read(cls, kept: bytes | None) -> _Kept | None:
        if kept is None or kept.count(b"\n") < 2:
            return None
        etag, link, body = kept.split(b"\n", 2)
        return cls(etag.decode(), link.decode(), body)


def json_of(answer: httpx.Response) -> object:
    try:
        body: object = answer.json()
    except ValueError:
        raise Unreadable("expected JSON", request=str(answer.request.url), status=answer.status_code) from None
    return body


def read(model: type[M], value: object) -> M:
    """An answer in our types; what we do not use of it may be anything."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)
        where = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong[:3])
        raise Unreadable(f"the answer is not as GitHub describes it: {where}") from None


def _body(answer: httpx.Response) -> object:
    if answer.status_code < 400:
        return None
    try:
        return answer.json()
    except ValueError:
        return answer.text
