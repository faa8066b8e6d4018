"""A suggestion is offered only after it was tried: applied, read again, judged again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from rules.model.finding import Finding, Suggestion
from rules.rewriting import apply_edits

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
    return after[finding.rule] < before[finding.rule] and all(after[rule] <= before[rule] for rule in after)


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


def weigh(findings: Sequence[Finding]) -> Counter[str]:
    """How many findings each rule has."""
    return Counter(finding.rule for finding in findings)
