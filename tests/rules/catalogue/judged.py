"""Migrations judged in a test: the lines that a rule must speak about end in `# finding`."""

from __future__ import annotations

import json
import textwrap
from datetime import date
from typing import Any

from rules.engine import review
from rules.examples import EXAMPLE_PATH, repository
from rules.model.finding import Finding
from rules.rewriting import apply_edits
from rules.rule import Bad

MARK = "# finding"


def migration(upgrade: str, downgrade: str = "pass  # no way back is tried") -> str:
    """The functions of a revision from their bodies."""
    up, down = (textwrap.indent(textwrap.dedent(body).strip("\n"), "    ") for body in (upgrade, downgrade))
    return f"def upgrade():\n{up}\n\n\ndef downgrade():\n{down}\n"


def findings(rule: str, text: str, **example: Any) -> tuple[Finding, ...]:
    """What one rule says about a migration above the shop of `rules.examples`; options as of `Example`."""
    laid_out = repository(Bad(text, **example), text)
    result = review(
        laid_out.texts,
        new=laid_out.new,
        settings=laid_out.settings,
        base_texts=laid_out.base_texts,
        elsewhere=laid_out.elsewhere,
    )
    assert not result.crashed
    return tuple(finding for finding in result.standing if finding.rule == rule)


def marked(text: str) -> list[int]:
    return [number for number, line in enumerate(text.split("\n"), 1) if line.rstrip().endswith(MARK)]


def assert_judged(rule: str, upgrade: str, downgrade: str = "pass", **example: Any) -> tuple[Finding, ...]:
    """One finding for each marked line of the migration, none for the others."""
    text = migration(upgrade, downgrade)
    whole = repository(Bad(text, **example), text).texts[EXAMPLE_PATH]
    found = findings(rule, text, **example)
    assert sorted(finding.place.line for finding in found) == marked(whole)
    return found


def repaired(rule: str, upgrade: str, downgrade: str = "pass", **example: Any) -> str | None:
    """The body of `upgrade` after the first suggestion that the rule makes was accepted; None without one."""
    text = migration(upgrade, downgrade)
    whole = repository(Bad(text, **example), text).texts[EXAMPLE_PATH]
    suggestion = next((one.suggestion for one in findings(rule, text, **example) if one.suggestion), None)
    if suggestion is None:
        return None
    edited = apply_edits(whole, suggestion.edits)
    assert edited is not None
    body = edited[edited.index("def upgrade():\n") + len("def upgrade():\n") : edited.index("\n\n\ndef downgrade")]
    return textwrap.dedent(body)


WIDE = 116 * "#"
"""A comment that lets the lines of a body be as long."""


def statistics(**rows: int) -> str:
    """A statistics file that says how many rows each table has; a row counts a hundred bytes."""
    tables = {f"public.{table}": {"rows": count, "bytes": count * 100} for table, count in rows.items()}
    return json.dumps({"taken_at": date.today().isoformat(), "server_version": 160000, "tables": tables})
