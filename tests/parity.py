"""Parity with real Alembic: the reader's statements against what Alembic prints offline, revision by revision.

    python -m tests.parity [--folder DIR] [--show N] [--make-truth] [NAME ...]

The truth is made once for each project, in an environment of its own that can import the project, and kept beside
the sources. Both sides are normalised alike: indexes of a new table are printed in the order of a set, so a run of
consecutive CREATE INDEX statements is sorted.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import venv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rules.model.location import ScriptLocation
from rules.model.operations import Direction, Opaque
from rules.model.script import MigrationScript
from rules.reading import read_location
from tests.corpora import FOLDER, Project, chosen, fetch, texts_of

Statements = list[str]


def truth_of(project: Project, folder: Path, root: Path, make: bool) -> dict[str, Any]:
    """Path -> what Alembic prints; `make` installs the project, once, in an environment of its own."""
    kept = folder / "truth" / f"{project.name}.json"
    if not kept.exists():
        if not make:
            raise FileNotFoundError(f"{kept} (make it with --make-truth)")
        kept.parent.mkdir(parents=True, exist_ok=True)
        home = folder / "venvs" / project.name
        python = home / "bin" / "python"
        if not python.exists():
            venv.create(home, with_pip=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", project.requirement], check=True)
        script = Path(__file__).with_name("parity_truth.py").resolve()
        command = [python.resolve(strict=False), script, kept.resolve(), root.resolve(), *project.versions]
        subprocess.run(command, check=True, cwd=folder)
    found: dict[str, Any] = json.loads(kept.read_text())
    return found


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


@dataclass
class Tally:
    rendered: int = 0
    identical: int = 0
    offline: int = 0
    """Identical once the reader takes the offline side of `is_offline_mode()` too."""
    beyond: int = 0
    """Alembic gives up; the reader reads it without anything unread."""
    unread: Counter[str] = field(default_factory=Counter)
    different: list[tuple[str, str, Statements, Statements]] = field(default_factory=list)


def _both(script: MigrationScript, direction: Direction) -> tuple[Statements, Statements]:
    return normalised(ours(script, direction, False)), normalised(ours(script, direction, True))


def compare(scripts: Iterable[MigrationScript], truth: dict[str, Any], offline: dict[str, MigrationScript]) -> Tally:
    tally = Tally()
    for script in scripts:
        for direction in Direction:
            expected = truth.get(script.path, {}).get(str(direction))
            if expected is None:
                continue
            opaque = [one for one in script.operations(direction) if isinstance(one, Opaque)]
            if "error" in expected:
                tally.beyond += not opaque
                continue
            tally.rendered += 1
            wanted = normalised(expected["statements"])
            if wanted in _both(script, direction):
                tally.identical += 1
            elif wanted in _both(offline[script.path], direction):
                tally.offline += 1
            else:
                tally.unread.update(one.reason for one in opaque)
                tally.different.append(
                    (script.path, str(direction), wanted, normalised(ours(script, direction, False)))
                )
    return tally


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
    where = ScriptLocation(project.versions[0].rpartition("/")[0], project.versions)
    texts = texts_of(root)
    location = read_location(where, texts)
    offline = {script.path: script for script in read_location(where, texts, offline=True).scripts}
    tally = compare(location.scripts, truth, offline)
    print(
        f"{project.name:12} {len(location.scripts):4} revisions  {tally.identical:4} of {tally.rendered:4} identical"
        f"  {tally.offline:3} on the offline side  {tally.beyond:3} beyond Alembic"
    )
    for path, direction, wanted, found in tally.different[:show]:
        one, other = first_difference(wanted, found)
        print(f"\n--- {path} {direction}: {len(wanted)} wanted, {len(found)} read\n< {one[:600]}\n> {other[:600]}")
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare the reader with real Alembic.")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--show", type=int, default=0, help="print the first N differences of each project")
    parser.add_argument("--make-truth", action="store_true", help="install a project whose truth is missing")
    options = parser.parse_args()
    failed: list[str] = []
    for project in chosen(options.names):
        try:
            measure(project, options.folder, options.show, options.make_truth)
        except (subprocess.CalledProcessError, OSError) as error:
            failed.append(f"{project.name}: {error}")
    for line in failed:
        print(f"no truth for {line}", file=sys.stderr)


if __name__ == "__main__":
    main()
