"""Who we are to GitHub: the App by its key, and one short-lived token per repository and purpose."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

import httpx
from pydantic import BaseModel, ValidationError
from redis import Redis
from redis.exceptions import RedisError

from bot.github.addresses import Addresses
from bot.github.errors import Forbidden, InstallationRemoved, NotFound, Refused, Unavailable
from bot.github.protocol import app_jwt, error_of, headers
from bot.model.snapshot import Repository

SPARE = 300
"""Seconds before its end at which a token is no longer handed out."""
LONGEST_JWT_USE = 480
"""Seconds; a JWT lives for 540."""


class Purpose(Enum):
    """What a token is for, and the permissions that this takes; `metadata: read` comes with every token."""

    READ = ("read", {"contents": "read", "pull_requests": "read", "checks": "read"})
    WRITE = ("write", {"contents": "read", "pull_requests": "write", "checks": "write"})

    def __init__(self, word: str, permissions: dict[str, str]) -> None:
        self.word = word
        self.permissions = {"metadata": "read", **permissions}


@dataclass(frozen=True, slots=True)
class Credentials:
    """`app_id` is the App's number or its client id; `private_key` is PEM."""

    app_id: str
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """`expires_at` in seconds since the epoch."""

    text: str = field(repr=False)
    expires_at: float


class TokenShelf(Protocol):
    """Where tokens lie between jobs. Losing one costs a request, nothing else."""

    def get(self, key: str) -> Token | None: ...
    def put(self, key: str, token: Token, seconds: float) -> None: ...
    def drop(self, key: str) -> None: ...


class NoShelf:
    def get(self, key: str) -> Token | None:  # noqa: ARG002 - the protocol's shape
        return None

    def put(self, key: str, token: Token, seconds: float) -> None:
        pass

    def drop(self, key: str) -> None:
        pass


class RedisShelf:
    """Shared by all workers. Whoever can read this Redis can use the tokens until they end, at most an hour."""

    def __init__(self, redis: Redis, prefix: str = "dbbot:token:") -> None:
        self._redis = redis
        self._prefix = prefix

    def get(self, key: str) -> Token | None:
        try:
            kept = self._redis.get(self._prefix + key)
            match json.loads(kept) if isinstance(kept, bytes | str) else None:
                case {"text": str(text), "expires_at": float(expires_at)}:
                    return Token(text, expires_at)
        except (RedisError, ValueError):
            pass
        return None

    def put(self, key: str, token: Token, seconds: float) -> None:
        try:
            text = json.dumps({"text": token.text, "expires_at": float(token.expires_at)})
            self._redis.set(self._prefix + key, text, ex=max(1, int(seconds)))
        except RedisError:
            pass

    def drop(self, key: str) -> None:
        with contextlib.suppress(RedisError):
            self._redis.delete(self._prefix + key)


class Tokens:
    """Mints installation tokens and keeps them until five minutes before they end. May be shared by threads."""

    def __init__(
        self,
        credentials: Credentials,
        addresses: Addresses,
        http: httpx.Client,
        shelf: TokenShelf | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.credentials = credentials
        self._addresses = addresses
        self._http = http
        self._shelf = shelf or NoShelf()
        self._clock = clock
        self._kept: dict[str, Token] = {}
        self._jwt = ("", 0.0)
        self._lock = threading.Lock()

    def jwt(self) -> str:
        """The App's JWT. Signing takes a millisecond, so it is used for some minutes."""
        now = self._clock()
        text, made_at = self._jwt
        if not text or not 0 <= now - made_at < LONGEST_JWT_USE:
            text = app_jwt(self.credentials.app_id, self.credentials.private_key, now)
            self._jwt = (text, now)
        return text

    def token(self, repository: Repository, purpose: Purpose) -> str:
        """Raises InstallationRemoved, Forbidden (a permission is not granted) and what any request may raise."""
        key = _key(repository, purpose)
        with self._lock:
            token = self._kept.get(key) or self._shelf.get(key)
            if token is None or token.expires_at - SPARE <= self._clock():
                token = self._mint(repository, purpose)
                self._shelf.put(key, token, token.expires_at - SPARE - self._clock())
            self._kept[key] = token
            return token.text

    def forget(self, repository: Repository, purpose: Purpose, text: str) -> None:
        """After a 401: this very token is not handed out again."""
        key = _key(repository, purpose)
        with self._lock:
            for place in (self._kept.get(key), self._shelf.get(key)):
                if place is not None and place.text == text:
                    self._kept.pop(key, None)
                    self._shelf.drop(key)

    def _mint(self, repository: Repository, purpose: Purpose) -> Token:
        path = f"/app/installations/{repository.installation_id}/access_tokens"
        asked: dict[str, object] = {"repository_ids": [repository.id], "permissions": purpose.permissions}
        request = f"POST {path}"
        try:
            # A second token does no harm, so this POST alone may be repeated without looking.
            answer = self._post(path, asked) or self._post(path, asked)
        except httpx.TransportError as lost:
            raise Unavailable(str(lost) or type(lost).__name__, request=request) from lost
        if answer is None:
            raise Unavailable("no token after two attempts", request=request)
        error = error_of(answer.status_code, answer.headers, _body(answer), now=self._clock(), request=request)
        match error:
            case NotFound():
                raise InstallationRemoved(error.words, request=request, status=404) from None
            case Refused() if "permission" in error.words:
                raise Forbidden(error.words, permission=_listed(purpose), request=request, status=422) from None
            case Refused() if "repositor" in error.words:
                raise InstallationRemoved(error.words, request=request, status=422) from None
            case None:
                return _read_token(answer, request)
        raise error

    def _post(self, path: str, asked: dict[str, object]) -> httpx.Response | None:
        """None for a fault of GitHub's that is worth a second attempt."""
        answer = self._http.post(self._addresses.rest + path, json=asked, headers=headers(self.jwt()))
        return None if answer.status_code in (500, 502, 503, 504) else answer


class _Minted(BaseModel):
    token: str
    expires_at: datetime


def _read_token(answer: httpx.Response, request: str) -> Token:
    try:
        minted = _Minted.model_validate_json(answer.content)
    except ValidationError:
        # The text of the error would quote the token.
        raise Unavailable("GitHub's answer holds no token as described", request=request) from None
    return Token(minted.token, minted.expires_at.timestamp())


def _body(answer: httpx.Response) -> object:
    try:
        return answer.json()
    except ValueError:
        return answer.text


def _listed(purpose: Purpose) -> str:
    return ", ".join(f"{name}={level}" for name, level in purpose.permissions.items())


def _key(repository: Repository, purpose: Purpose) -> str:
    return f"{repository.installation_id}:{repository.id}:{purpose.word}"
