"""How far the models of real projects, as they are read, agree with the schemas that their histories leave.

    python -m tests.agreement [--folder DIR] [--show] [NAME ...]

They ought to agree: where they do not, either the project has drifted or one of our readers is wrong.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from rules.engine.case import open_case
from rules.mapped import MappedTable, declares_models
from rules.mapped.drift import has_index, is_unique, refers
from rules.mapped.reading import read_mapped
from rules.reading import find_locations
from rules.schema import Schema, Table
from rules.settings import Settings
from tests.corpora import FOLDER, chosen, fetch, texts_of
from tests.projects import Project

Answer = tuple[str, bool, str]
"""What was compared, whether it agrees, and both sides."""


def schemas(texts: Mapping[str, str]) -> Iterator[Schema]:
    for where in find_locations(texts):
        case = open_case(where, texts, None, Settings(), (), judge_all=True)
        yield from (case.replay.after(head) for head in case.scene.history.heads)


def model_files(texts: Mapping[str, str]) -> list[str]:
    locations = find_locations(texts)
    return [
        path
        for path, text in texts.items()
        if path.endswith(".py")
        and "test" not in path
        and not any(path.startswith(f"{where.path}/") or where.holds(path) for where in locations)
        and declares_models(text)
    ]


def answers(model: MappedTable, table: Table) -> Iterator[Answer]:
    for column in model.columns:
        stored = table.column(column.name)
        what = f"{model.name}.{column.name}"
        if stored is None:
            if table.complete:
                yield "columns", False, f"{what} is not in the schema"
            continue
        yield "columns", True, what
        if column.type is not None and stored.type.known:
            yield "types", str(column.type) == str(stored.type), f"{what}: model {column.type}, schema {stored.type}"
        if column.nullable is not None:
            yield "nullability", column.nullable == stored.nullable, f"{what}: model {column.nullable}"
    yield from (("indexes", has_index(table, keys), f"{model.name} {keys}") for keys in model.indexes)
    yield from (("unique", is_unique(table, keys), f"{model.name} {keys}") for keys in model.uniques)
    yield from (("foreign keys", refers(table, key), f"{model.name} {key}") for key in model.references)


def measure(project: Project, folder: Path, show: bool) -> Counter[str]:
    texts = texts_of(fetch(project, folder))
    known = list(schemas(texts))
    counts: Counter[str] = Counter()
    for path in model_files(texts):
        mapped = read_mapped([path], texts)
        counts["files"] += 1
        counts["files not read whole"] += len(mapped.unread)
        for key, model in mapped.tables.items():
            counts["tables"] += 1
            table = next((schema.relations[key] for schema in known if key in schema.relations), None)
            if table is None or not table.created:
                counts["tables without a history"] += 1
                continue
            for what, agrees, sides in answers(model, table):
                counts[what] += 1
                counts[f"{what} agree"] += agrees
                if show and not agrees:
                    print(f"  {what}: {sides} ({model.place})")
    return counts


def line(name: str, counts: Counter[str]) -> str:
    kinds = ("columns", "types", "nullability", "indexes", "unique", "foreign keys")
    parts = [f"{kind} {counts[f'{kind} agree']}/{counts[kind]}" for kind in kinds if counts[kind]]
    read = f"{counts['files'] - counts['files not read whole']}/{counts['files']} files"
    return f"{name:12} {read}, {counts['tables']} tables; {', '.join(parts)}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare the models of public projects with their histories.")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--show", action="store_true", help="print each disagreement")
    options = parser.parse_args()
    total: Counter[str] = Counter()
    for project in chosen(options.names):
        counts = measure(project, options.folder, options.show)
        total += counts
        print(line(project.name, counts), flush=True)
    print(line("together", total))


if __name__ == "__main__":
    main()
