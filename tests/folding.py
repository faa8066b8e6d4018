"""The folded schema of public histories against the catalogs of a real server that ran the same statements.

    python -m tests.folding [--folder DIR] [--show N] [NAME ...]

A statement that the server refuses is left out of both, and counted.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg

from rules.history.order import in_order
from rules.model.location import ScriptLocation
from rules.model.operations import Do, Operation
from rules.model.script import MigrationScript
from rules.reading import read_location
from rules.schema import Schema
from rules.schema.lines import lines
from tests.corpora import FOLDER, chosen, fetch, texts_of
from tests.databases import fresh_database, model_lines_of, stop_servers
from tests.projects import Project


def ordered(scripts: Sequence[MigrationScript]) -> list[MigrationScript]:
    by_revision = {script.revision: script for script in scripts}
    needs = {
        script.revision: tuple(it for it in (*script.parents, *script.depends_on) if it in by_revision)
        for script in scripts
    }
    return [by_revision[revision] for revision in in_order(needs)]


def statements(scripts: Sequence[MigrationScript]) -> Iterator[tuple[str, list[Operation]]]:
    """Each text that is sent with its operations, in the order of the history; a DO block with those of its body."""
    for script in scripts:
        group: list[Operation] = []
        body = ""
        for operation in script.upgrade:
            statement = operation.statement
            inside = bool(group) and (statement is group[0].statement or statement.sql.strip() in body)
            if group and not inside:
                yield group[0].sql, group
                group, body = [], ""
            group.append(operation)
            if isinstance(operation, Do):
                body = operation.body
        if group:
            yield group[0].sql, group


def measure(project: Project, folder: Path, show: int) -> None:
    root = fetch(project, folder)
    where = ScriptLocation(project.versions[0].rpartition("/")[0], project.versions)
    scripts = ordered(read_location(where, texts_of(root)).scripts)
    schema = Schema.empty()
    refused: Counter[str] = Counter()
    folding = 0.0
    count = 0
    with fresh_database() as connection:
        connection.execute("SET client_min_messages = error")
        for name in {name for sql, _ in statements(scripts) for name in re.findall(r'"\?\w+"', sql)}:
            connection.execute(f"CREATE DOMAIN {name} AS text".encode())  # a type of the project's own
        for sql, operations in statements(scripts):
            count += 1
            if not sql:
                continue
            try:
                connection.execute(sql.encode())
            except psycopg.Error as error:
                refused[f"{type(error).__name__}: {str(error).splitlines()[0]} <- {' '.join(sql.split())[:100]}"] += 1
                continue
            start = time.perf_counter()
            for operation in operations:
                schema = schema.after(operation)
            folding += time.perf_counter() - start
        real = {
            re.sub(r'"?\?(\w+)"?', r"\1", it).replace('"', "")
            for it in model_lines_of(connection)
            if not it.startswith("domain ?")
        }
        ours = {it.replace('"', "") for it in lines(schema)}
    same = len(real & ours)
    print(
        f"{project.name:12} {len(scripts):4} revisions {count:5} statements  {sum(refused.values()):4} refused  "
        f"{same} of {len(real)} lines the same ({100 * same / max(1, len(real)):.1f} %), {len(ours - real)} only ours  "
        f"folded in {folding:.3f} s"
    )
    for line in [*(f"< {it}" for it in sorted(real - ours)), *(f"> {it}" for it in sorted(ours - real))][:show]:
        print(f"    {line}")
    for line, times in refused.most_common(show):
        print(f"    refused {times}: {line}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare the folded schema with a real server's catalogs.")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    for project in chosen(options.names):
        measure(project, options.folder, options.show)
    stop_servers()


if __name__ == "__main__":
    main()
