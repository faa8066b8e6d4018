"""Bytes in, bytes out: what the API's door sees of a request and gives as an answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from tests.stand_in.state.refusals import Refused


@dataclass(frozen=True)
class Incoming:
    method: str
    path: str
    """Below the API's root, still quoted."""
    query_text: str
    headers: Mapping[str, str]
    """Names in small letters."""
    content: bytes

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.query_text, keep_blank_values=True)

    def header(self, name: str) -> str:
        return self.headers.get(name, "")

    @cached_property
    def json(self) -> Any:
        """None without a body."""
        if not self.content:
            return None
        try:
            return json.loads(self.content)
        except ValueError:
            raise Refused(400, "Problems parsing JSON") from None


@dataclass
class Outgoing:
    status: int
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    """The connection ends here and the client hears nothing."""

    @classmethod
    def json(cls, status: int, body: Any, headers: Mapping[str, str] | None = None) -> "Outgoing":
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(status, content, {"content-type": "application/json; charset=utf-8", **(headers or {})})

    @classmethod
    def refusal(cls, refused: Refused) -> "Outgoing":
        return cls.json(refused.status, refused.body, refused.headers)
