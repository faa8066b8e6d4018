"""How much dbbot says about real projects: every revision of the public histories judged as if it alone were new.

    python -m tests.noise [--folder DIR] [--write] [NAME ...]

Prints findings per revision by rule, checks that crashed, places that were not read, and the time of each project.
`--write` writes the table of `rules/docs/noise.md`, which holds no time.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rules.engine import review
from rules.model.finding import Severity
from rules.model.review import Review
from tests.corpora import FOLDER, chosen, fetch, texts_of
from tests.projects import Project

PAGE = Path(__file__).parent.parent / "rules" / "docs" / "noise.md"
_SAID = (Severity.ERROR, Severity.WARNING, Severity.NOTICE)


@dataclass(frozen=True)
class Measured:
    """What one project drew; `seconds` for finding, reading and judging all of it."""

    project: Project
    review: Review
    seconds: float

    @property
    def revisions(self) -> int:
        return sum(location.revisions for location in self.review.locations)

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.review.standing)

    @property
    def silent(self) -> int:
        """Revisions that drew nothing."""
        drew = {finding.revision for finding in self.review.standing}
        return sum(revision not in drew for location in self.review.locations for revision in location.new)


def measure(project: Project, folder: Path) -> Measured:
    texts = texts_of(fetch(project, folder))
    start = time.perf_counter()
    found = review(texts, judge_all=True)
    return Measured(project, found, time.perf_counter() - start)


def reasons(found: Sequence[Measured]) -> Counter[str]:
    """Why places were not read, the names and values left out."""
    return Counter(re.sub(r"`[^`]*`", "`…`", one.reason) for each in found for one in each.review.unread)


def page(found: Sequence[Measured]) -> str:
    lines = [
        "# What dbbot says about real projects",
        "",
        "Written by `make noise ARGS=--write`. Every revision of each project is judged as if it alone were new, with",
        "no settings: no sizes are known, so every table counts as big. A pull request is judged in the same way.",
        "",
        "| project | revisions | drew nothing | errors | warnings | notices | findings per revision | not read |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
        *(_row(f"{each.project.name} {each.project.version}", [each]) for each in found),
        _row("**together**", found),
        "",
        "| rule | error | warning | notice | revisions that draw it |",
        "|---|---:|---:|---:|---:|",
        *_rules(found),
        "",
    ]
    return "\n".join(lines)


def _row(name: str, found: Sequence[Measured]) -> str:
    revisions = sum(each.revisions for each in found)
    counts = [sum(each.count(severity) for each in found) for severity in _SAID]
    silent, unread = sum(each.silent for each in found), sum(len(each.review.unread) for each in found)
    cells = [name, revisions, silent, *counts, f"{sum(counts) / max(1, revisions):.2f}", unread]
    return f"| {' | '.join(map(str, cells))} |"


def _rules(found: Sequence[Measured]) -> Iterator[str]:
    counts: Counter[tuple[str, Severity]] = Counter()
    drawn: dict[str, set[tuple[str, str | None]]] = {}
    for each in found:
        for finding in each.review.standing:
            counts[finding.rule, finding.severity] += 1
            drawn.setdefault(finding.rule, set()).add((each.project.name, finding.revision))
    for rule in sorted(drawn, key=lambda rule: (-len(drawn[rule]), rule)):
        cells = [f"`{rule}`", *(counts[rule, severity] or "" for severity in _SAID), len(drawn[rule])]
        yield f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    parser = argparse.ArgumentParser(description="Count what dbbot says about public projects.")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--write", action="store_true", help="write the table of rules/docs/noise.md")
    options = parser.parse_args()
    if options.write and options.names:
        raise SystemExit("The table is of all projects: leave the names out.")
    found = []
    for project in chosen(options.names):
        found.append(measure(project, options.folder))
        print(f"{project.name:12} {found[-1].seconds:6.1f} s", flush=True)
    print(page(found))
    for reason, times in reasons(found).most_common():
        print(f"{times:4} not read: {reason}")
    for each in found:
        for crash in each.review.crashed:
            print(f"{each.project.name}: `{crash.rule}` crashed at {crash.place}: {crash.error}")
    if options.write:
        PAGE.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
