"""How rules are broken, and which of it is explained."""

from __future__ import annotations

import ast

import pytest

from rules.registry import require_rule, rules
from tests.explained import LIST, Explained, read_explained, stale
from tests.mutations import changes, mutants, unobservable


def said(text: str) -> list[str]:
    tree = ast.parse(text)
    silent = set(unobservable(tree))
    return [change.what for node in ast.walk(tree) if node not in silent for change in changes(node)]


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("x = a < b", ["Lt -> GtE"]),
        ("x = a == b != c", ["Eq -> NotEq", "NotEq -> Eq"]),
        ("x = a and b", ["without `a`", "without `b`"]),
        ("x = [a for a in b if c]", ["without `if c`"]),
        ("match a:\n  case B() | C() if d: pass", ["without `if d`", "without `B()`", "without `C()`"]),
        ("x = isinstance(a, B | C | D)", ["without `D`", "without `C`", "without `B`"]),
        ("@rule.on(B, C)\ndef check(): pass", ["without `B`", "without `C`"]),
        ("x = a[1]", ["1 -> 2"]),
        ("x = (One, b.Two)", ["without One", "without b.Two"]),
        ("x = (one, b.two, THREE)", []),
    ],
)
def test_every_condition_is_broken(text: str, broken: list[str]) -> None:
    assert said(text) == broken


@pytest.mark.parametrize(
    "text",
    [
        "import a",
        "rule = Rule(fold=True)",
        "def f(a: B | C = None) -> D | None: pass",
        "@dataclass(frozen=True)\nclass A:\n  b: C | D",
        "x = f'{a[:200]}'",
        "x = dict[Key, Name]()",
        "if source is None: pass",
        "x = source is None or b",
    ],
)
def test_what_no_test_can_see_is_not_broken(text: str) -> None:
    assert [what for what in said(text) if what != "without `b`"] == []


def test_mutants_that_are_called_the_same_on_one_line_are_numbered() -> None:
    every = [mutant for rule in rules() for mutant in mutants(rule)]
    assert len({(one.rule.name, one.what, one.text, one.nth) for one in every}) == len(every)
    assert any(one.nth == 2 for one in every)


def test_an_entry_about_no_mutant_is_stale() -> None:
    one, *_ = made = list(mutants(require_rule("explicit-table-lock")))
    here = Explained(rule=one.rule.name, what=one.what, line=one.text, reason="")
    gone = Explained(rule=one.rule.name, what=one.what, line=f"{one.text} or other", reason="")
    elsewhere = Explained(rule="blocking-reindex", what="", line="", reason="")
    never = Explained(rule="no-such-rule", what="", line="", reason="")
    assert stale([here, gone, elsewhere, never], made) == [gone, never]


def test_the_list_is_read_and_every_entry_is_about_a_mutant() -> None:
    explained = read_explained(LIST.read_text(encoding="utf-8"))
    made = [mutant for name in {entry.rule for entry in explained} for mutant in mutants(require_rule(name))]
    assert stale(explained, made) == []
    assert all(entry.reason.strip() for entry in explained)
