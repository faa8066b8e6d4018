"""How an operation is declared, what it is given, what it may answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.stand_in.state.apps import App, Installation, Token
from tests.stand_in.state.people import User
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.repositories import Repository
from tests.stand_in.state.world import Json, World

if TYPE_CHECKING:
    from tests.stand_in.webhooks import Postman

Needs = tuple[str, str]
"""A permission and its level, such as `("checks", "write")`."""


@dataclass
class Call:
    """One authenticated, checked request on its way to its handler."""

    world: World
    postman: "Postman"
    arguments: dict[str, str]
    query: dict[str, str]
    body: Json
    accept: str
    app: App | None = None
    token: Token | None = None
    _repository: Repository | None = None

    @property
    def repository(self) -> Repository:
        assert self._repository
        return self._repository

    @property
    def user(self) -> User:
        assert self.app
        return self.app.user

    @property
    def caller(self) -> App:
        assert self.app
        return self.app

    @property
    def installation(self) -> Installation:
        assert self.token
        return self.token.installation

    def number(self, name: str) -> int:
        try:
            return int(self.arguments[name])
        except ValueError:
            raise Refused.not_found() from None

    def wants(self, media: str) -> bool:
        """`raw` for `application/vnd.github.raw+json` and its older spellings."""
        return any(f".{media}" in part for part in self.accept.split(","))


@dataclass
class Listing:
    """A list to be given out in pages; `wrap` is the key and the total's key where GitHub wraps lists."""

    items: list[Any]
    shape: Callable[[Any], Any]
    wrap: str | None = None
    extra: Json = field(default_factory=dict)


@dataclass
class Raw:
    content: bytes
    media_type: str = "application/vnd.github.raw+json; charset=utf-8"


@dataclass
class Reply:
    """An answer that is not simply `200` with a body."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Answer = Json | Listing | Raw | Reply
Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Declared:
    handle: Handler
    auth: str
    """`jwt`, `token`, `either` or `none`."""
    needs: tuple[Needs, ...]
    """Any one of them suffices."""
    writes: bool


HANDLERS: dict[str, Declared] = {}


def operation(
    name: str, *needs: Needs, auth: str = "token", writes: bool | None = None
) -> Callable[[Handler], Handler]:
    """Registers the handler of the operation with this name; any one of the `needs` opens it."""
    changes = any(level == "write" for _, level in needs) if writes is None else writes

    def register(handle: Handler) -> Handler:
        HANDLERS[name] = Declared(handle, auth, needs, changes)
        return handle

    return register


def first(items: Iterable[Any], wanted: Callable[[Any], bool]) -> Any:
    """The first that fits, or GitHub's 404."""
    for item in items:
        if wanted(item):
            return item
    raise Refused.not_found()
