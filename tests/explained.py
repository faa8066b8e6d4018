"""The mutants that no test can notice, each with the reason: `mutants_explained.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rules import registry
from tests.mutations import Mutant

LIST = Path(__file__).parent / "mutants_explained.toml"


@dataclass(frozen=True, kw_only=True)
class Explained:
    """`line` is the text of the condition's line, `nth` counts from 1 the mutants that are called the same there."""

    rule: str
    what: str
    line: str
    reason: str
    nth: int = 1

    def is_about(self, mutant: Mutant) -> bool:
        return (self.rule, self.what, self.line, self.nth) == (mutant.rule.name, mutant.what, mutant.text, mutant.nth)

    def __str__(self) -> str:
        return f"{self.rule}: {self.what}, at `{self.line}`" + (f" ({self.nth})" if self.nth > 1 else "")


def read_explained(text: str) -> tuple[Explained, ...]:
    """The entries of a list; one that says too little or too much is a TypeError."""
    return tuple(Explained(**entry) for entry in tomllib.loads(text).get("mutant", ()))


def stale(explained: Sequence[Explained], made: Sequence[Mutant]) -> list[Explained]:
    """Entries about no mutant, of the rules that `made` are all mutants of, and of rules that are no more."""
    known = {mutant.rule.name for mutant in made}
    return [
        entry
        for entry in explained
        if registry.rule_named(entry.rule) is None
        or (entry.rule in known and not any(entry.is_about(mutant) for mutant in made))
    ]
