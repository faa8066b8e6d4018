"""Apps, where they are installed, and the tokens they hold."""

import base64
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.stand_in.state.people import User
from tests.stand_in.state.world import Announcement, Record, World, now

if TYPE_CHECKING:
    from tests.stand_in.state.repositories import Repository

LEVELS = {"read": 1, "write": 2, "admin": 3}

DEFAULT_PERMISSIONS = {
    "metadata": "read",
    "contents": "read",
    "pull_requests": "write",
    "checks": "write",
    "issues": "read",
    "merge_queues": "read",
}
DEFAULT_EVENTS = [
    "check_run",
    "check_suite",
    "issue_comment",
    "merge_group",
    "pull_request",
    "pull_request_review_comment",
    "push",
]


def new_private_key() -> str:
    """A 2048 bit RSA key in the PEM form that GitHub hands out."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()


@cache
def usual_private_key(app_id: int) -> str:
    """One key for each App id, made once in a process: making one takes a third of a second."""
    return new_private_key()


@dataclass(eq=False, kw_only=True)
class App(Record):
    world: World
    slug: str
    name: str
    owner: User
    client_id: str
    private_key: str
    webhook_secret: str
    webhook_url: str | None
    permissions: dict[str, str]
    events: list[str]
    installations: list["Installation"] = field(default_factory=list)

    @property
    def user(self) -> User:
        """Who writes when the App writes."""
        return self.world.user(f"{self.slug}[bot]")

    @cached_property
    def public_key(self) -> str:
        key = serialization.load_pem_private_key(self.private_key.encode(), password=None)
        return (
            key.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )

    def installation_for(self, repository: "Repository") -> "Installation | None":
        return next((each for each in self.installations if each.covers(repository)), None)

    def install(self, repository: "Repository") -> "Installation":
        """Gives the App this repository; the first one of an owner makes the installation."""
        existing = next((each for each in self.installations if each.account is repository.owner), None)
        if existing and repository in existing.repositories:
            return existing
        if existing:
            existing.repositories.append(repository)
            existing.announce_repositories("added", [repository])
            return existing
        installation = Installation(
            id=self.world.next_small_id(),
            app=self,
            account=repository.owner,
            permissions=dict(self.permissions),
            events=list(self.events),
            repositories=[repository],
        )
        self.installations.append(installation)
        installation.announce("created", [repository])
        return installation

    def uninstall(self, repository: "Repository") -> None:
        """Takes the repository away from the App; with the last one the installation goes too."""
        installation = self.installation_for(repository)
        if not installation:
            return
        installation.repositories.remove(repository)
        if installation.repositories:
            installation.announce_repositories("removed", [repository])
            return
        self.installations.remove(installation)
        installation.tokens.clear()
        installation.announce("deleted", [repository])


@dataclass(eq=False)
class Token:
    text: str
    installation: "Installation"
    permissions: dict[str, str]
    repositories: list["Repository"] | None
    """None: all that the installation has."""
    expires_at: datetime

    @property
    def is_expired(self) -> bool:
        return now() >= self.expires_at

    def covers(self, repository: "Repository") -> bool:
        return self.installation.covers(repository) and (self.repositories is None or repository in self.repositories)

    def allows(self, permission: str, level: str) -> bool:
        return LEVELS.get(self.permissions.get(permission, ""), 0) >= LEVELS[level]


@dataclass(eq=False, kw_only=True)
class Installation(Record):
    app: App
    account: User
    permissions: dict[str, str]
    events: list[str]
    repositories: list["Repository"]
    tokens: list[Token] = field(default_factory=list)
    suspended_at: datetime | None = None
    requests_used: int = 0

    def covers(self, repository: "Repository") -> bool:
        return repository in self.repositories

    def new_token(self, permissions: dict[str, str], repositories: list["Repository"] | None) -> Token:
        token = Token(
            text=token_text(self),
            installation=self,
            permissions={"metadata": "read", **permissions},
            repositories=repositories,
            expires_at=now() + timedelta(hours=1),
        )
        self.tokens.append(token)
        return token

    def revoke_tokens(self) -> None:
        """As if GitHub had revoked them early."""
        self.tokens.clear()

    def suspend(self) -> None:
        self.suspended_at = now()
        self.announce("suspend", self.repositories)

    def unsuspend(self) -> None:
        self.suspended_at = None
        self.announce("unsuspend", self.repositories)

    def announce(self, action: str, repositories: list["Repository"]) -> None:
        about: dict[str, object] = {"installation": self, "repositories": list(repositories)}
        self.app.world.tell(Announcement("installation", action, self.account, about, only=self.app))

    def announce_repositories(self, action: str, repositories: list["Repository"]) -> None:
        about: dict[str, object] = {
            "installation": self,
            "repository_selection": "selected",
            "repositories_added": repositories if action == "added" else [],
            "repositories_removed": repositories if action == "removed" else [],
            "requester": None,
        }
        self.app.world.tell(Announcement("installation_repositories", action, self.account, about, only=self.app))


def token_text(installation: Installation) -> str:
    """The long form of 2026: about 520 characters, dots inside, no fixed length."""
    claims = {"iss": "github", "sub": f"installation:{installation.id}", "jti": secrets.token_hex(16)}
    parts = [json.dumps({"alg": "ES256", "typ": "JWT"}).encode(), json.dumps(claims).encode(), secrets.token_bytes(260)]
    return f"ghs_{installation.app.id}_" + ".".join(
        base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts
    )
