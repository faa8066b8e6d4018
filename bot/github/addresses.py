"""Where GitHub is: github.com, a ghe.com tenant, or a GitHub Enterprise Server."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

PUBLIC_REST = "https://api.github.com"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Base addresses without a trailing slash. `web` is where people look."""

    rest: str
    graphql: str
    web: str

    @classmethod
    def of(cls, rest: str) -> Addresses:
        """From the REST address alone; Enterprise Server has REST at `/api/v3` and GraphQL at `/api/graphql`."""
        rest = rest.rstrip("/")
        parts = urlsplit(rest)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(
                f"{rest!r} is not an address of GitHub's API; expected {PUBLIC_REST} or https://HOST/api/v3."
            )
        if rest.endswith("/api/v3"):
            root = rest.removesuffix("/api/v3")
            return cls(rest, f"{root}/api/graphql", root)
        if parts.netloc.startswith("api."):
            return cls(rest, f"{rest}/graphql", f"{parts.scheme}://{parts.netloc.removeprefix('api.')}")
        return cls(rest, f"{rest}/graphql", rest)

    @property
    def is_enterprise_server(self) -> bool:
        return self.rest.endswith("/api/v3")

    def permalink(self, full_name: str, sha: str, path: str, line: int, end_line: int | None = None) -> str:
        """A link to lines (from 1, inclusive) that shows them as they were at `sha`, for ever."""
        lines = f"#L{line}" if end_line in (None, line) else f"#L{line}-L{end_line}"
        return f"{self.web}/{full_name}/blob/{sha}/{quote(path)}{lines}"
