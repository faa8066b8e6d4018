"""Users and what they may do in a repository."""

from dataclasses import dataclass
from typing import Literal

from tests.stand_in.git import Author

Role = Literal["admin", "maintain", "write", "triage", "read", "none"]

LEGACY_PERMISSION: dict[Role, str] = {"maintain": "write", "triage": "read"}
"""GitHub's `permission` knows four levels; `role_name` tells the real one."""


@dataclass(eq=False)
class User:
    login: str
    id: int
    kind: str = "User"
    """`User`, `Bot` or `Organization`."""

    @property
    def is_bot(self) -> bool:
        return self.kind == "Bot"

    @property
    def signature(self) -> Author:
        return Author(self.login, f"{self.id}+{self.login}@users.noreply.github.com")
