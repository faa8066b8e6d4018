"""A plain client for the tests: a good citizen unless told otherwise."""

from typing import Any

import httpx
import jwt

from tests.stand_in.github import StandIn
from tests.stand_in.state.apps import App
from tests.stand_in.state.repositories import Repository
from tests.stand_in.state.world import now

HEADERS = {
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
    "User-Agent": "stand-in-tests",
}


def app_jwt(app: App, **claims: object) -> str:
    present = int(now().timestamp())
    usual: dict[str, object] = {"iat": present - 30, "exp": present + 540, "iss": str(app.id)}
    return jwt.encode({**usual, **claims}, app.private_key, algorithm="RS256")


class Curl:
    """Speaks for one App on one repository; paths begin below the repository unless they begin with `/`."""

    def __init__(self, github: StandIn, app: App, repository: Repository, permissions: dict[str, str] | None = None):
        self.github, self.app, self.repository = github, app, repository
        installation = app.install(repository)
        self.token = installation.new_token(permissions or dict(app.permissions), None)
        self.client = httpx.Client(headers=HEADERS, trust_env=False, verify=False, timeout=20)

    def close(self) -> None:
        self.client.close()

    def ask(self, method: str, path: str, *, bearer: str | None = None, **options: Any) -> httpx.Response:
        url = f"{self.github.api_url}{path if path.startswith('/') else f'/repos/{self.repository.full_name}/{path}'}"
        headers = {"Authorization": f"Bearer {bearer or self.token.text}", **options.pop("headers", {})}
        return self.client.request(method, url, headers=headers, **options)

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.ask("GET", path, params=query)

    def post(self, path: str, body: object) -> httpx.Response:
        return self.ask("POST", path, json=body)

    def patch(self, path: str, body: object) -> httpx.Response:
        return self.ask("PATCH", path, json=body)

    def query(self, text: str, **variables: object) -> Any:
        body = {"query": text, "variables": variables}
        headers = {"Authorization": f"bearer {self.token.text}"}
        return self.client.post(self.github.graphql_url, json=body, headers=headers).json()
