"""The catalogue as data: what `dbbot rules --format json` gives."""

from __future__ import annotations

from typing import TypedDict

from rules.explain import page_path
from rules.guides import guides_of
from rules.registry import rules


class PublishedRule(TypedDict):
    rule: str
    group: str
    severity: str
    title: str
    fixes: str
    known_as: dict[str, list[str]]
    page: str
    guides: list[str]


def published_rules() -> list[PublishedRule]:
    """Every rule, by group and name; all values are plain JSON."""
    return [
        PublishedRule(
            rule=rule.name,
            group=rule.group,
            severity=str(rule.severity),
            title=rule.title,
            fixes=str(rule.fixes),
            known_as={linter: list(names) for linter, names in rule.known_as.items()},
            page=page_path(rule),
            guides=list(guides_of(rule.name)),
        )
        for rule in rules()
    ]
