"""The revision graphs of public projects against Alembic's own `ScriptDirectory`, file by file and edge by edge.

    python -m tests.graphs [--folder DIR] [first | second | both | NAME ...]

Alembic imports what it reads, so it gets copies that hold nothing but the four assignments, taken from the text by
`ast` alone and not by our reader. A file whose ids are computed from something else is left out of both, and counted.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from rules.history import history_of
from rules.model.location import ScriptLocation
from rules.reading import find_locations, read_location
from tests.corpora import FOLDER, chosen, fetch, texts_of
from tests.projects import Project
from tests.rules.history.test_differential import assert_equal, assert_refused, verdict_of

WORDS = ("revision", "down_revision", "branch_labels", "depends_on")


@dataclass
class Compared:
    location: str
    revisions: int = 0
    heads: int = 0
    merges: int = 0
    computed: int = 0
    outcome: str = "equal"


def compare(where: ScriptLocation, texts: dict[str, str], folder: Path) -> Compared:
    """Raises AssertionError where the graphs differ."""
    location = read_location(where, texts)
    stubs = {path: stub(text) for path, text in texts.items() if _is_beneath(path, where)}
    left_out = {path for path, text in stubs.items() if text is None}
    scripts = tuple(script for script in location.scripts if script.path not in left_out)
    directory = laid_out(where, {path: text for path, text in stubs.items() if text is not None}, folder)
    history, verdict = history_of(scripts), verdict_of(lambda: directory.revision_map)
    found = Compared(where.path, len(scripts), len(history.heads), len(history.merges), len(left_out))
    if verdict.error is not None or verdict.warned:
        assert_refused(history, verdict)
        found.outcome = f"refused by both ({type(verdict.error).__name__})" if verdict.error else "warned of by both"
        return found
    assert_equal(history, verdict)
    assert files_of(directory, folder) == {script.path for script in scripts}
    return found


def _is_beneath(path: str, where: ScriptLocation) -> bool:
    return path.endswith(".py") and any(path.startswith(f"{folder}/") for folder in where.version_paths)


def stub(text: str) -> str | None:
    """The assignments by themselves, with names of the module filled in; None if one of them is computed."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return ""
    known: dict[str, object] = {}
    lines = []
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(target, ast.Name) or node.value is None:
            continue
        try:
            known[target.id] = _value(node.value, known)
        except ValueError:
            if target.id in WORDS:
                return None
            continue
        if target.id in WORDS:
            lines.append(f"{target.id} = {known[target.id]!r}")
    return "\n".join(lines) + "\n"


def _value(node: ast.expr, known: dict[str, object]) -> object:
    if isinstance(node, ast.Name) and node.id in known:
        return known[node.id]
    return ast.literal_eval(node)


def laid_out(where: ScriptLocation, stubs: dict[str, str], folder: Path) -> ScriptDirectory:
    for path, text in stubs.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(folder / path) for path in where.version_paths))
    config.set_main_option("recursive_version_locations", str(where.recursive).lower())
    return ScriptDirectory.from_config(config)


def files_of(directory: ScriptDirectory, folder: Path) -> set[str]:
    """Relative to a folder, if it is not empty."""
    return {
        Path(script.path).relative_to(folder).as_posix() if folder.parts else script.path
        for script in directory.revision_map._revision_map.values()
        if script is not None
    }


def measure(project: Project, folder: Path) -> list[Compared]:
    texts = texts_of(fetch(project, folder))
    found = []
    for where in find_locations(texts):
        with tempfile.TemporaryDirectory() as work:
            found.append(compare(where, texts, Path(work)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare the graphs of public projects with Alembic's own.")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    every: list[Compared] = []
    failed = 0
    for project in {one.folder: one for one in chosen(options.names)}.values():  # one package may hold several
        try:
            found = measure(project, options.folder)
        except AssertionError as error:
            failed += 1
            print(f"{project.folder:19} differs: {error}")
            continue
        every += found
        for each in found:
            print(
                f"{project.folder:19} {each.location}: {each.outcome}; {each.revisions} revisions, {each.heads} heads, "
                f"{each.merges} merges, {each.computed} computed"
            )
    equal = [each for each in every if each.outcome == "equal"]
    print(
        f"{len(equal)} graphs of {len(every)} with {sum(each.revisions for each in equal)} revisions equal Alembic's; "
        f"{len(every) - len(equal)} refused by both, {failed} projects differ"
    )
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
