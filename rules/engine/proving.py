"""A suggestion is offered only after it was tried: applied, read again, judged again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from msgspec.structs import replace

from rules.model.finding import Finding, Suggestion
from rules.registry import rule_named
from rules.rewriting import apply_edits
from rules.schema import Schema, Table

Rejudge = Callable[[Mapping[str, str]], Sequence[Finding] | None]
"""Edited texts by path -> the findings with them in place; None where they cannot be read."""


def is_proved(
    finding: Finding, suggestion: Suggestion, texts: Mapping[str, str], before: Counter[str], again: Rejudge
) -> bool:
    """Whether one finding of the rule is gone and no rule has more than before."""
    edited = edited_texts(suggestion, texts)
    if edited is None:
        return False
    findings = again(edited)
    if findings is None:
        return False
    after = weigh(findings)
    every = _is_about_the_way_back(finding.rule)
    others = (rule for rule in after if every or not _is_about_the_way_back(rule))
    return after[finding.rule] < before[finding.rule] and all(after[rule] <= before[rule] for rule in others)


def edited_texts(suggestion: Suggestion, texts: Mapping[str, str]) -> dict[str, str] | None:
    """The files that a suggestion changes, after it; None if it does not fit them."""
    edited = {}
    for path in {edit.path for edit in suggestion.edits}:
        if path not in texts:
            return None
        text = apply_edits(texts[path], tuple(edit for edit in suggestion.edits if edit.path == path))
        if text is None or text == texts[path]:
            return None
        edited[path] = text
    return edited or None


def _is_about_the_way_back(rule: str) -> bool:
    """A repair of `upgrade()` leaves `downgrade()` to its own rules, and to their suggestions."""
    found = rule_named(rule)
    return found is not None and found.group == "rollback"


def weigh(findings: Sequence[Finding]) -> Counter[str]:
    """How many findings each rule has."""
    return Counter(finding.rule for finding in findings)


def same_shape(one: Schema, other: Schema, of: Callable[[Schema], object] | None = None) -> bool:
    """Whether two schemas are the same for whoever uses them. `of` is what to compare, if not `shape`."""
    looked_at = of or shape
    shared = {key for key, table in one.relations.items() if other.relations.get(key) is table}
    return looked_at(_without(one, shared)) == looked_at(_without(other, shared))


def _without(schema: Schema, keys: Collection[tuple[str, str]]) -> Schema:
    """Most tables of two schemas that grew from one are the same object: nobody has to look at them."""
    return replace(schema, relations={key: table for key, table in schema.relations.items() if key not in keys})


def shape(schema: Schema) -> frozenset[object]:
    """What two schemas must have in common to be the same for whoever uses them; not how each came to be."""
    tables = (_shape_of(table) for table in schema.relations.values())
    enums = (("enum", key, enum.labels) for key, enum in schema.enums.items())
    named = (("view", key) for key in schema.views)
    return frozenset((*tables, *enums, *named))


def _shape_of(table: Table) -> object:
    columns = frozenset(
        (column.name, str(column.type), column.nullable, column.default, column.generated) for column in table.columns
    )
    constraints = frozenset(
        (constraint.name, constraint.kind, constraint.columns, constraint.validated) for constraint in table.constraints
    )
    indexes = frozenset(
        (index.name.key, index.unique, index.method, index.predicate, tuple(key.text for key in index.keys))
        for index in table.indexes
    )
    return (table.name.key, columns, constraints, indexes, table.partition_of)
