"""GitHub asked as the App itself: who we are, which deliveries failed, where we are installed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import httpx
from pydantic import BaseModel, ValidationError

from bot.github.client import GitHub, read
from bot.github.errors import GitHubError, Unavailable
from bot.github.protocol import error_of, headers, next_page
from bot.jobs import Where

MOST_PAGES = 30


class AppIdentity(BaseModel):
    slug: str
    permissions: dict[str, str] = {}
    events: tuple[str, ...] = ()


class HookSettings(BaseModel):
    url: str = ""
    content_type: str = ""
    insecure_ssl: str | float = "0"


class Delivery(BaseModel):
    """One attempt to deliver an event; attempts at the same event share `guid`."""

    id: int
    guid: str
    delivered_at: datetime
    status: str
    status_code: int
    event: str
    action: str | None = None


class _Account(BaseModel):
    id: int
    suspended_at: datetime | None = None


class _Named(BaseModel):
    id: int
    full_name: str
    archived: bool = False


class _Repositories(BaseModel):
    repositories: tuple[_Named, ...]


class _Token(BaseModel):
    token: str


@dataclass(frozen=True, slots=True)
class AppClient:
    """Raises the errors of `bot.github.errors`. Every request but `redeliver` only reads."""

    github: GitHub

    def identity(self) -> AppIdentity:
        return read(AppIdentity, _json(self._send("GET", "/app")))

    def hook(self) -> HookSettings:
        return read(HookSettings, _json(self._send("GET", "/app/hook/config")))

    def deliveries(self, since: datetime, *, failed: bool = False) -> Iterator[Delivery]:
        """The newest first, down to `since`."""
        address = "/app/hook/deliveries?per_page=100" + ("&status=failure" if failed else "")
        for answer in self._pages(address):
            for one in _listed(_json(answer)):
                delivery = read(Delivery, one)
                if delivery.delivered_at < since:
                    return
                yield delivery

    def redeliver(self, delivery_id: int) -> None:
        self._send("POST", f"/app/hook/deliveries/{delivery_id}/attempts")

    def repositories(self) -> Iterator[Where]:
        """Every repository of every installation that is not suspended, archived ones left out."""
        for answer in self._pages("/app/installations?per_page=100"):
            for one in _listed(_json(answer)):
                account = read(_Account, one)
                if account.suspended_at is None:
                    yield from self._repositories_of(account.id)

    def _repositories_of(self, installation: int) -> Iterator[Where]:
        minted = self._send(
            "POST", f"/app/installations/{installation}/access_tokens", {"permissions": {"metadata": "read"}}
        )
        try:
            token = _Token.model_validate_json(minted.content).token
        except ValidationError:
            raise Unavailable("GitHub's answer holds no token as described") from None
        for answer in self._pages("/installation/repositories?per_page=100", token):
            for one in read(_Repositories, _json(answer)).repositories:
                if not one.archived:
                    yield Where(installation, one.id, one.full_name)

    def _pages(self, address: str, token: str | None = None) -> Iterator[httpx.Response]:
        following: str | None = address
        for _ in range(MOST_PAGES):
            if following is None:
                return
            answer = self._send("GET", following, token=token)
            yield answer
            following = next_page(answer.headers)

    def _send(
        self, method: str, address: str, body: dict[str, object] | None = None, *, token: str | None = None
    ) -> httpx.Response:
        root = self.github.addresses.rest
        url = address if address.startswith(f"{root}/") else root + address
        request = f"{method} {address.partition('?')[0]}"
        try:
            answer = self.github.http.request(
                method, url, json=body, headers=headers(token or self.github.tokens.jwt())
            )
        except httpx.TransportError as lost:
            raise Unavailable(str(lost) or type(lost).__name__, request=request) from lost
        error = error_of(answer.status_code, answer.headers, _json(answer), now=self.github.clock(), request=request)
        if error is not None:
            raise error
        return answer


def _json(answer: httpx.Response) -> object:
    try:
        value: object = answer.json()
    except ValueError:
        return answer.text
    return value


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def github_problem(client: AppClient) -> str | None:
    """None if GitHub answers and knows this App, else what is wrong, without addresses or secrets in it."""
    try:
        client.identity()
    except GitHubError as error:
        match error.status:
            case 401:
                return "GitHub does not accept the App's id and key"
            case 404:
                return "GitHub knows no such App"
            case None:
                return "does not answer"
            case status:
                return f"answers with status {status}"
    return None
