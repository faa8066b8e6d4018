"""The log of requests, for tests that count them."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

AuthKind = Literal["none", "jwt", "installation", "unknown"]


@dataclass(frozen=True, slots=True)
class Exchange:
    method: str
    path: str
    """Below the API's root, without the query."""
    query: str
    operation: str
    """GitHub's name of it, such as `pulls/create-review`; "" if there is none; `graphql` for GraphQL."""
    status: int
    """0: the answer was lost."""
    sent: int
    """Bytes of the request's body."""
    received: int
    """Bytes of the answer's body."""
    auth: AuthKind
    user_agent: str


class Traffic:
    """`mark()` before, `since(mark)` after."""

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.exchanges: list[Exchange] = []

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self.since(0))

    def __len__(self) -> int:
        return len(self.exchanges)

    def add(self, exchange: Exchange) -> None:
        with self.guard:
            self.exchanges.append(exchange)

    def mark(self) -> int:
        return len(self.exchanges)

    def since(self, mark: int) -> list[Exchange]:
        with self.guard:
            return self.exchanges[mark:]

    def count(self, method: str | None = None, path: str = ".*", since: int = 0) -> int:
        """`path` is a regular expression on the whole path."""
        return sum(
            method in (None, each.method) and re.fullmatch(path, each.path) is not None for each in self.since(since)
        )

    def operations(self, since: int = 0) -> list[str]:
        return [each.operation for each in self.since(since)]
