"""Patterns read what anybody may write: none may be made to try ever more ways to part the same text."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

import pytest

import rules
import rules.engine  # first, since rooms lean on each other

_parser: Any = import_module("re._parser")
MANY = 8
"""Rounds; what repeats less often than that is tried in few ways."""


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """The compiled patterns that modules of `rules` hold, alone or in a tuple, list or dict."""
    for module in pkgutil.walk_packages(rules.__path__, "rules."):
        for name, value in vars(import_module(module.name)).items():
            held: Iterable[object] = value.values() if isinstance(value, dict) else (value,)
            for one in value if isinstance(value, tuple | list) else held:
                if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
                    yield f"{module.name}.{name}", one


def repeats_what_repeats(tree: Any, *, inside: bool = False) -> bool:
    """Whether a repetition without an end holds another, and both may give back what they took."""
    for operation, given in tree:
        match str(operation):
            case "MAX_REPEAT" | "MIN_REPEAT":
                _, most, inner = given
                many = most == _parser.MAXREPEAT or most > MANY
                if (many and inside) or repeats_what_repeats(inner, inside=inside or many):
                    return True
            case "SUBPATTERN":
                if repeats_what_repeats(given[-1], inside=inside):
                    return True
            case "BRANCH":
                if any(repeats_what_repeats(branch, inside=inside) for branch in given[1]):
                    return True
    return False


def test_no_pattern_repeats_what_repeats_unless_it_keeps_what_it_took() -> None:
    found = {where for where, one in patterns() if repeats_what_repeats(_parser.parse(one.pattern, one.flags))}
    assert found == set()


@pytest.mark.parametrize(("pattern", "told"), [(r"(?:\s+|#)*\Z", True), (r"(?:\s+|#)*+\Z", False), (r"\s+a*", False)])
def test_such_a_pattern_is_told(pattern: str, told: bool) -> None:
    assert repeats_what_repeats(_parser.parse(pattern)) is told
