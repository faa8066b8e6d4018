"""All rules: found by walking the catalogue, so that a new rule is a new file and nothing else."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import cache

from rules import catalogue
from rules.model.finding import Finding
from rules.rule import Rule


class UnknownRule(KeyError):
    """A name that no rule has; the message is a sentence that names the nearest."""

    def __str__(self) -> str:
        return str(self.args[0])


_CLEAR_LEAD = 0.1
"""Of likeness, between 0 and 1: a name so much nearer than the next is offered alone."""


@dataclass(frozen=True, slots=True)
class RegisteredCheck:
    rule: Rule
    check: Callable[..., Iterator[Finding]]


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of the catalogue, by group and name."""
    found: list[Rule] = []
    for group in pkgutil.iter_modules(catalogue.__path__, f"{catalogue.__name__}."):
        package = pkgutil.resolve_name(group.name)
        found.extend(_rule_in(module.name) for module in pkgutil.iter_modules(package.__path__, f"{group.name}."))
    return tuple(sorted(found, key=lambda rule: (rule.group, rule.name)))


def _rule_in(module: str) -> Rule:
    rule = pkgutil.resolve_name(f"{module}:rule")
    if not isinstance(rule, Rule):
        raise TypeError(f"{module} has no `rule`: a module of the catalogue defines exactly one Rule of that name.")
    return rule


@cache
def _by_name() -> Mapping[str, Rule]:
    """By the names of today, and by those of before."""
    former = {name: rule for rule in rules() for name in rule.formerly}
    return former | {rule.name: rule for rule in rules()}


def rule_named(name: str) -> Rule | None:
    """The rule that is called so, or was: then its `name` is another one."""
    return _by_name().get(name)


def current_name(name: str) -> str:
    """What a rule is called today; a name that no rule has or had stays as it is."""
    rule = rule_named(name)
    return name if rule is None else rule.name


def require_rule(name: str) -> Rule:
    """The rule, or `UnknownRule` with the sentence for whoever asked."""
    rule = rule_named(name)
    if rule is None:
        raise UnknownRule(no_such_rule(name))
    return rule


def no_such_rule(name: str) -> str:
    """The sentence that answers an unknown name."""
    near = nearest_names(name)
    hint = " or ".join(f"`{other}`" for other in near)
    return f"There is no rule `{name}`." + (f" Did you mean {hint}?" if near else "")


def nearest_names(name: str) -> tuple[str, ...]:
    """At most three rule names that the name may stand for: by spelling, or by what another linter calls it."""
    wanted = name.strip().lower().replace("_", "-")
    names = [rule.name for rule in rules()]
    if (found := rule_named(wanted)) is not None:
        return (found.name,)
    if known := _known_names().get(wanted):
        return known[:3]
    near = get_close_matches(wanted, names, 3, 0.6)
    likeness = [SequenceMatcher(None, wanted, name).ratio() for name in near]
    return tuple(name for name, ratio in zip(near, likeness, strict=True) if ratio > likeness[0] - _CLEAR_LEAD)


@cache
def _known_names() -> Mapping[str, tuple[str, ...]]:
    """The names of other linters, alone and with the linter before them, in lower case with hyphens."""
    found: dict[str, list[str]] = {}
    for rule in rules():
        for linter, ids in rule.known_as.items():
            for identifier in ids:
                for spelling in (identifier, f"{linter}:{identifier}"):
                    found.setdefault(spelling.lower().replace("_", "-"), []).append(rule.name)
    return {spelling: tuple(dict.fromkeys(names)) for spelling, names in found.items()}


def checks_for(kind: type[object]) -> tuple[RegisteredCheck, ...]:
    """The checks that look at values of a type: those registered for it and for what it inherits from."""
    if kind not in _CHECKS:
        _CHECKS[kind] = tuple(
            RegisteredCheck(rule, check)
            for rule in rules()
            for registered, check in rule.checks
            if issubclass(kind, registered)
        )
    return _CHECKS[kind]


_CHECKS: dict[type[object], tuple[RegisteredCheck, ...]] = {}
