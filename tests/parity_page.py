"""What a comparison with real Alembic found, and the page that says it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rules.model.operations import Direction
from tests.corpora import PROJECTS, SETS

PAGE = Path(__file__).resolve().parents[1] / "rules" / "docs" / "parity.md"
Statements = list[str]


@dataclass(frozen=True)
class Difference:
    path: str
    direction: Direction
    wanted: Statements
    found: Statements

    def key(self, project: str) -> str:
        return f"{project} {self.path.rpartition('/')[2].removesuffix('.py')} {self.direction}"


@dataclass
class Tally:
    project: str
    revisions: int = 0
    read: Counter[Direction] = field(default_factory=Counter)
    """Revisions of which nothing stayed unread, by direction."""
    rendered: int = 0
    identical: int = 0
    offline: int = 0
    """Identical once the reader takes the offline side of `is_offline_mode()` too."""
    explained: int = 0
    not_imported: int = 0
    """Files that the environment of the truth could not import: nothing to compare with."""
    beyond: int = 0
    """Alembic gives up; the reader reads it without anything unread."""
    unread: Counter[str] = field(default_factory=Counter)
    """Of upgrades: reasons, without names."""
    different: list[Difference] = field(default_factory=list)
    idioms: Counter[str] = field(default_factory=Counter)
    """Files that use each."""
    idioms_read: Counter[str] = field(default_factory=Counter)
    """Of those, the files of which nothing stayed unread in either direction."""


HEAD = """<!-- Written by `make parity ARGS=--write`. -->

# Parity with Alembic

What `dbbot sql` reads from public histories of migrations, compared with what `alembic upgrade DOWN:UP --sql` and
`alembic downgrade UP:DOWN --sql` print for PostgreSQL, one revision and direction at a time, statement for statement.
Alembic runs in an environment apart, that can import the project; dbbot only reads the texts.

- *rendered*: revisions and directions that Alembic can print without a database;
- *identical*: dbbot has the same statements, in the same order and text;
- *offline side*: identical once dbbot, too, takes the side that no server ever sees: `context.is_offline_mode()` is
  true, the server has no version, no environment variable is set;
- *explained*: different, for a reason that is listed below;
- *beyond Alembic*: Alembic needs a database there, dbbot reads it without one and leaves nothing unread.

The reader was built on the first set. The projects of the second it had never seen: what it got wrong there was
mended for all, or is explained.
"""
TITLES = {"first": "# The first set", "second": "# The second set"}


def page(parts: Mapping[str, str]) -> str:
    """`parts` by the name of the set."""
    return HEAD + "".join(f"\n{TITLES[name]}\n\n{parts[name]}" for name in SETS if name in parts)


def parts_of(text: str) -> dict[str, str]:
    """Of a page as written."""
    found = {}
    for name, title in TITLES.items():
        _, there, rest = text.partition(f"\n{title}\n\n")
        if there:
            found[name] = re.split(r"\n(?=# )", rest)[0].rstrip("\n") + "\n"
    return found


def part(tallies: Sequence[Tally], reasons: Mapping[str, str]) -> str:
    header = "| project | revisions | rendered | identical | offline side | explained | unexplained | beyond Alembic |"
    lines = [header, "|---|---|---|---|---|---|---|---|"]
    lines += [_row(tally) for tally in tallies]
    lines += ["", *_without_truth(tallies), *_read(tallies), *_explained(tallies, reasons), *_unread(tallies)]
    lines += ["", *_coverage(tallies)]
    return "\n".join(lines).rstrip() + "\n"


def _row(tally: Tally) -> str:
    if not tally.rendered:
        return f"| {tally.project} | {tally.revisions} | - | - | - | - | - | - |"
    unexplained = len(tally.different) - tally.explained
    figures = (tally.rendered, tally.identical, tally.offline, tally.explained, unexplained, tally.beyond)
    return f"| {tally.project} | {tally.revisions} | " + " | ".join(str(figure) for figure in figures) + " |"


def _without_truth(tallies: Sequence[Tally]) -> list[str]:
    rendered = sum(tally.rendered for tally in tallies)
    same = sum(tally.identical + tally.offline for tally in tallies)
    names = {tally.project for tally in tallies}
    missing = [one for one in PROJECTS if one.no_truth and one.name in names]
    lines = [f"Identical on the same side: {same} of {rendered} ({same / max(rendered, 1):.1%}).", ""]
    if absent := sum(tally.not_imported for tally in tallies):
        lines += [
            f"{absent} revisions import what the truth's environment does not have, and are not compared.",
            "",
        ]
    return lines + [f"{one.name} is not compared: {one.no_truth}." for one in missing] + [""] * bool(missing)


def _read(tallies: Sequence[Tally]) -> list[str]:
    revisions = sum(tally.revisions for tally in tallies)
    lines = ["## Read without a gap", "", "| project | revisions | upgrades | downgrades |", "|---|---|---|---|"]
    for tally in tallies:
        up, down = (tally.read[direction] for direction in Direction)
        lines.append(f"| {tally.project} | {tally.revisions} | {up} | {down} |")
    sums = [sum(tally.read[direction] for tally in tallies) for direction in Direction]
    shares = " | ".join(f"{one} ({one / max(revisions, 1):.1%})" for one in sums)
    return [*lines, f"| all | {revisions} | {shares} |", ""]


def _explained(tallies: Sequence[Tally], reasons: Mapping[str, str]) -> list[str]:
    groups: dict[str, list[str]] = {}
    for tally in tallies:
        for one in tally.different:
            key = one.key(tally.project)
            groups.setdefault(reasons.get(key, "Not explained yet."), []).append(key)
    lines = ["## Differences", ""]
    for reason, keys in groups.items():
        lines += [reason, "", *(f"- {key}" for key in keys), ""]
    return lines


def _unread(tallies: Sequence[Tally]) -> list[str]:
    counted: Counter[str] = sum((tally.unread for tally in tallies), Counter())
    lines = ["## What stays unread in upgrades, by reason", "", "| places | reason |", "|---|---|"]
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [*lines, *(f"| {count} | {reason.replace('|', ' ')} |" for reason, count in ordered)]


def _coverage(tallies: Sequence[Tally]) -> list[str]:
    used: Counter[str] = sum((tally.idioms for tally in tallies), Counter())
    whole: Counter[str] = sum((tally.idioms_read for tally in tallies), Counter())
    lines = [
        "## Coverage by idiom",
        "",
        "A file counts for each idiom that it uses; without a gap: nothing of its upgrade or downgrade stayed unread.",
        "",
        "| idiom | files | without a gap |",
        "|---|---|---|",
    ]
    ordered = sorted(used.items(), key=lambda item: (-item[1], item[0]))
    return [
        *lines,
        *(f"| {idiom} | {count} | {whole[idiom]} ({whole[idiom] / count:.1%}) |" for idiom, count in ordered),
    ]
