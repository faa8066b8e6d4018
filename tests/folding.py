"""The folded schema of public histories against the catalogs of a real server that ran the same statements.

    python -m tests.folding [--folder DIR] [--show N] [--root DIR ...] [NAME ...]

What a history changes and never makes is made before, on the server and in the model alike. A statement that the server
refuses all the same is left out of both, and counted.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
from msgspec import structs

from rules.history.order import in_order
from rules.model.location import Location, ScriptLocation
from rules.model.names import quoted
from rules.model.operations import Do, Operation, Statement
from rules.model.place import Place
from rules.model.script import MigrationScript
from rules.reading import find_locations, read_location
from rules.reading.sql import operations_of
from rules.schema import Schema
from rules.schema.lines import lines
from rules.schema.paths import DEFAULT
from tests.corpora import FOLDER, chosen, fetch, texts_of
from tests.databases import fresh_database, model_lines_of, stop_servers
from tests.missing import is_about_rows, what_it_misses
from tests.normalised import differences
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


Named = tuple[str, Callable[[], Location]]
"""A location, read when it is its turn."""


class Fold:
    """One history on an empty database and in the model, statement by statement."""

    def __init__(self, connection: psycopg.Connection, start: Schema) -> None:
        self.connection = connection
        self.schema = start
        self.count = self.rows = 0
        self.seconds = 0.0
        self.refused: Counter[str] = Counter()
        self.base: list[str] = []
        """What the history takes for granted, as statements."""
        self.taken_for_granted = start
        """What these alone would leave: its lines are not counted."""

    def send(self, sql: str, operations: Sequence[Operation]) -> None:
        about_rows = is_about_rows(operations)
        self.rows += about_rows
        self.count += not about_rows
        error = self.taken(sql, operations)
        before = len(self.base)
        while error is not None and not about_rows and self._made(error, operations, self.base[before:]):
            error = self.taken(sql, operations)
        if error is None:
            self._fold(operations)
        elif not about_rows:
            said = f"{type(error).__name__}: {str(error).splitlines()[0]} <- {' '.join(sql.split())[:150]}"
            self.refused[said] += 1

    def taken(self, sql: str, operations: Sequence[Operation]) -> psycopg.Error | None:
        """What the server says against a statement of the history."""
        return self._tried(sql)

    def _tried(self, sql: str) -> psycopg.Error | None:
        try:
            self.connection.execute(sql.encode())
        except psycopg.Error as error:
            return error
        return None

    def _made(self, error: psycopg.Error, operations: Sequence[Operation], before: Sequence[str]) -> bool:
        """Whether something was missing, and is there now; what was made for the same statement is not made again."""
        missing = what_it_misses(error, operations, self.schema)
        if missing is None or missing in before or self._tried(missing) is not None:
            return False
        self.base.append(missing)
        made = operations_of(Statement(missing, Place("base", 1)))
        self._fold(made)
        for operation in made:
            self.taken_for_granted = self.taken_for_granted.after(operation)
        return True

    def _fold(self, operations: Sequence[Operation]) -> None:
        start = time.perf_counter()
        for operation in operations:
            self.schema = self.schema.after(operation)
        self.seconds += time.perf_counter() - start


def sized(sql: str, operations: Sequence[Operation]) -> tuple[str, Sequence[Operation]]:
    """With a size in the place of one that comes from a module which is not there."""
    known = re.sub(r'\("\?\w+"\)', "(255)", sql)
    return (
        (sql, operations)
        if known == sql
        else (known, operations_of(structs.replace(operations[0].statement, sql=known)))
    )


def _plain(line: str) -> str:
    """Without quotes, and without the mark of a type of the project's own."""
    return re.sub(r'"?\?(\w+)"?', r"\1", line).replace('"', "")


def begun(connection: psycopg.Connection, location: Location) -> Schema:
    """An empty schema, and the connection, under the search path that env.py sets."""
    path = location.environment.search_path
    if path is not None and path != DEFAULT:
        connection.execute(f"SET search_path TO {', '.join(map(quoted, path))}".encode())
    return Schema.empty(path=path)


def measure(name: str, location: Location, show: int) -> tuple[int, int]:
    """How many lines of the catalogs there are, and how many of them are the same; printed with what is not."""
    scripts = ordered(location.scripts)
    with fresh_database() as connection:
        connection.execute("SET client_min_messages = error")
        fold = Fold(connection, begun(connection, location))
        for kind in {kind for sql, _ in statements(scripts) for kind in re.findall(r'"\?\w+"', sql)}:
            connection.execute(f"CREATE DOMAIN {kind} AS text".encode())  # a type of the project's own
        for sql, operations in statements(scripts):
            if sql:
                fold.send(*sized(sql, operations))
        texts, otherwise = differences(connection, fold.schema)
        real = {_plain(it) for it in model_lines_of(connection) if not it.startswith("domain ?")}
        ours, taken = ({_plain(it) for it in lines(each)} for each in (fold.schema, fold.taken_for_granted))
    real, ours = real - taken, ours - taken
    same, refused = len(real & ours), sum(fold.refused.values())
    print(
        f"{name:12} {len(scripts):4} revisions {fold.count:5} statements {refused:4} refused {fold.rows:5} about rows "
        f"{len(fold.base):4} made before  {same} of {len(real)} lines the same "
        f"({100 * same / max(1, len(real)):.2f} %), {len(ours - real)} only ours  "
        f"{texts - len(otherwise)} of {texts} texts the same  folded in {fold.seconds:.3f} s"
    )
    for line in [*(f"< {it}" for it in sorted(real - ours)), *(f"> {it}" for it in sorted(ours - real))][:show]:
        print(f"    {line}")
    for line in otherwise[:show]:
        print(f"    {line}")
    for line, times in fold.refused.most_common(show):
        print(f"    refused {times}: {line}")
    return len(real), same


def run(purpose: str, measure: Callable[[str, Location, int], tuple[int, int]]) -> tuple[int, int]:
    """The sums over the locations that the command line names; by itself all public projects."""
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--root", type=Path, action="append", default=[], help="an unpacked project instead")
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    if options.root:
        places = [place for root in options.root for place in _at(root)]
    else:
        places = [_fetched(project, options.folder) for project in chosen(options.names)]
    counts = [measure(name, read(), options.show) for name, read in places]
    return sum(each[0] for each in counts), sum(each[1] for each in counts)


def _fetched(project: Project, folder: Path) -> Named:
    texts = texts_of(fetch(project, folder))
    where = ScriptLocation(project.versions[0].rpartition("/")[0], project.versions)
    env = f"{where.path}/env.py"
    where = replace(where, env_path=env if env in texts else None)
    return project.name, partial(read_location, where, texts)


def _at(root: Path) -> Iterator[Named]:
    """Each location of an unpacked project."""
    texts = texts_of(root)
    for where in find_locations(texts):
        yield root.name, partial(read_location, where, texts)


def main() -> None:
    total, same = run("Compare the folded schema with a real server's catalogs.", measure)
    print(f"{same} of {total} lines the same ({100 * same / max(1, total):.3f} %)")
    stop_servers()


if __name__ == "__main__":
    main()
