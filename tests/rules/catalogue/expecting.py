"""Expectations beside the line: `# finding: rule-name` where a finding is wanted, nothing where none may be."""

from __future__ import annotations

import re

from rules.engine import review
from rules.examples import EXAMPLE_PATH, repository
from rules.model.review import Review
from rules.rule import Good

_EXPECTED = re.compile(r"(?:#|--) finding: (?P<rules>[a-z-]+(?:, [a-z-]+)*)")
DOWNGRADE = "\n\ndef downgrade() -> None:\n    pass\n"


def judged(text: str, **around: object) -> Review:
    """The review of a migration on top of the shop; `around` is what an example may say beside its text."""
    example = Good(text, because="a test", **around)  # type: ignore[arg-type]
    laid_out = repository(example, text)
    return review(laid_out.texts, new=laid_out.new, settings=laid_out.settings)


def upgrade(*lines: str) -> str:
    """A migration whose `upgrade()` has these lines."""
    body = "\n".join(f"    {line}" if line else "" for line in lines)
    return f"def upgrade() -> None:\n{body}\n{DOWNGRADE}"


def expect(rule: str, text: str, **around: object) -> Review:
    """Holds that the rule speaks on exactly the lines that say so; other rules may say what they like."""
    example = Good(text, because="a test", **around)  # type: ignore[arg-type]
    written = repository(example, text).texts[EXAMPLE_PATH].split("\n")
    wanted = sorted(
        number
        for number, line in enumerate(written, 1)
        if (found := _EXPECTED.search(line)) and rule in found["rules"].split(", ")
    )
    result = judged(text, **around)
    assert result.crashed == ()
    spoken = [finding for finding in result.standing if finding.rule == rule and finding.place.path == EXAMPLE_PATH]
    assert sorted(finding.place.line for finding in spoken) == wanted, "\n".join(
        f"line {finding.place.line}: {finding.message}" for finding in spoken
    )
    return result


def suggested(rule: str, text: str, **around: object) -> str | None:
    """The example's file after the rule's one suggestion; None where it makes none."""
    from rules.engine.proving import edited_texts

    example = Good(text, because="a test", **around)  # type: ignore[arg-type]
    laid_out = repository(example, text)
    found = [finding for finding in judged(text, **around).standing if finding.rule == rule]
    assert len(found) == 1, [finding.message for finding in found]
    if found[0].suggestion is None:
        return None
    edited = edited_texts(found[0].suggestion, laid_out.texts)
    assert edited is not None
    return edited[EXAMPLE_PATH]
