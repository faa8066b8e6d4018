"""Parity with real Alembic: the reader's statements against what Alembic prints offline, revision by revision.

    python -m tests.parity [--folder DIR] [--show N] [--make-truth] [--write]
                           [first | second | both | NAME ...]

The truth is made once for each project, in an environment of its own that can import the project, and kept beside
the sources. Both sides are normalised alike: indexes of a new table are printed in the order of a set, so a run of
consecutive CREATE INDEX statements is sorted. A difference that is not in `parity_explained.toml` is a failure.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rules.model.location import Location
from rules.model.operations import Direction, Opaque
from rules.model.script import MigrationScript
from rules.reading import read_location
from tests.corpora import FOLDER, SETS, chosen, fetch, texts_of
from tests.parity_idioms import idioms_of
from tests.parity_made import truth_of
from tests.parity_page import PAGE, Difference, Statements, Tally, page, part, parts_of
from tests.projects import Project


def ours(script: MigrationScript, direction: Direction, certain_only: bool) -> Statements:
    """Texts in order; `certain_only` leaves out what is conditional."""
    return [one.sql for one in script.statements(direction) if not (certain_only and one.conditional)]


def normalised(statements: Iterable[str]) -> Statements:
    result: Statements = []
    run: Statements = []
    for statement in statements:
        statement = re.sub(r"[ \t]+\n", "\n", statement.strip())
        if re.match(r"CREATE (UNIQUE )?INDEX ", statement):
            run.append(statement)
            continue
        result += sorted(run)
        run = []
        result.append(statement)
    return [one for one in result + sorted(run) if one]


def explanations() -> dict[str, str]:
    """Key of a difference -> why it is one."""
    known = tomllib.loads(Path(__file__).with_name("parity_explained.toml").read_text(encoding="utf-8"))
    return {one: group["reason"] for group in known["group"] for one in group["differences"]}


def _both(script: MigrationScript, direction: Direction) -> tuple[Statements, Statements]:
    return normalised(ours(script, direction, False)), normalised(ours(script, direction, True))


def compare(tally: Tally, location: Location, offline: Location, truth: dict[str, Any]) -> None:
    other_side = {script.path: script for script in offline.scripts}
    for script in location.scripts:
        idioms = idioms_of(script.text)
        tally.idioms.update(idioms)
        if not script.unread:
            tally.idioms_read.update(idioms)
        for direction in Direction:
            opaque = [one for one in script.operations(direction) if isinstance(one, Opaque)]
            tally.read[direction] += not opaque
            if direction is Direction.UPGRADE:
                tally.unread.update(re.sub(r"`[^`]*`", "`...`", one.reason).partition(": ")[0] for one in opaque)
            entry = truth.get(script.path, {})
            tally.not_imported += direction is Direction.UPGRADE and "not imported" in entry
            expected = entry.get(str(direction))
            if expected is None:
                continue
            if "error" in expected:
                tally.beyond += not opaque
                continue
            tally.rendered += 1
            wanted = normalised(expected["statements"])
            if wanted in _both(script, direction):
                tally.identical += 1
            elif wanted in _both(other_side[script.path], direction):
                tally.offline += 1
            else:
                found = normalised(ours(script, direction, False))
                tally.different.append(Difference(script.path, direction, wanted, found))


def first_difference(wanted: Statements, found: Statements) -> tuple[str, str]:
    for number in range(max(len(wanted), len(found))):
        one = wanted[number] if number < len(wanted) else "(nothing)"
        other = found[number] if number < len(found) else "(nothing)"
        if one != other:
            return one, other
    return "", ""


def measure(project: Project, folder: Path, show: int, make: bool) -> Tally:
    root = fetch(project, folder)
    truth = truth_of(project, folder, root, make)
    texts = texts_of(root)
    where = project.where
    location = read_location(where, texts)
    tally = Tally(project.name, len(location.scripts))
    compare(tally, location, read_location(where, texts, offline=True) if truth else location, truth)
    known = explanations()
    tally.explained = sum(one.key(project.name) in known for one in tally.different)
    print(
        f"{project.name:19} {tally.revisions:4} revisions  {tally.identical:4} of {tally.rendered:4} identical"
        f"  {tally.offline:3} on the offline side  {tally.explained:3} explained  {tally.beyond:3} beyond Alembic"
        f"  {tally.not_imported:3} not imported"
    )
    for one in [one for one in tally.different if one.key(project.name) not in known][:show]:
        before, after = first_difference(one.wanted, one.found)
        print(f"\n--- {one.key(project.name)}: {len(one.wanted)} wanted, {len(one.found)} read")
        print(f"< {before[:600]}\n> {after[:600]}")
    return tally


def write(tallies: list[Tally]) -> None:
    """The parts of the sets that were measured whole."""
    parts = parts_of(PAGE.read_text(encoding="utf-8"))
    measured = {tally.project: tally for tally in tallies}
    for name, projects in SETS.items():
        if all(project.name in measured for project in projects):
            parts[name] = part([measured[project.name] for project in projects], explanations())
    PAGE.write_text(page(parts), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare the reader with real Alembic.")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--show", type=int, default=0, help="print the first N unexplained differences of each project")
    parser.add_argument("--make-truth", action="store_true", help="install a project whose truth is missing")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    options = parser.parse_args()
    failed: list[str] = []
    tallies: list[Tally] = []
    for project in chosen(options.names):
        try:
            tallies.append(measure(project, options.folder, options.show, options.make_truth))
        except (subprocess.CalledProcessError, OSError) as error:
            failed.append(f"{project.name}: {error}")
    for line in failed:
        print(f"no truth for {line}", file=sys.stderr)
    if options.write and not failed:
        write(tallies)
    unexplained = sum(len(tally.different) - tally.explained for tally in tallies)
    if failed or unexplained:
        raise SystemExit(f"{unexplained} differences without an explanation, {len(failed)} projects without a truth")


if __name__ == "__main__":
    main()
