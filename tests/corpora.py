"""Public projects whose migrations are measured: fetched by `make corpora` into an ignored folder, never committed.

python -m tests.corpora [--folder DIR] [first | second | both | NAME ...]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from tests.projects import FIRST, Project
from tests.projects_second import SECOND

FOLDER = Path(".corpora")


SETS = {"first": FIRST, "second": SECOND}
"""The reader was built on the first; the second holds what it had never seen."""
PROJECTS = FIRST + SECOND


def chosen(names: list[str]) -> list[Project]:
    """By name, or by the name of a set; without any the first set, with `both` all."""
    known = {project.name: (project,) for project in PROJECTS} | SETS | {"both": PROJECTS}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f"There is no project {unknown[0]!r}. There are: {', '.join(known)}.")
    wanted = {project for name in names or ["first"] for project in known[name]}
    return [project for project in PROJECTS if project in wanted]


def fetch(project: Project, folder: Path) -> Path:
    """The unpacked package; downloaded once."""
    target = folder / "src" / project.folder
    if target.exists():
        return target
    wheels = folder / "wheels" / project.folder
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        str(wheels),
        project.requirement,
        *project.beside,
    ]
    subprocess.run(command, check=True)
    target.mkdir(parents=True)
    for archive in wheels.iterdir():
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(target)
        else:
            with tarfile.open(archive) as packed_tar:
                packed_tar.extractall(target, filter="data")
    return target


def texts_of(root: Path) -> dict[str, str]:
    """Repository-relative path -> text, of the files that the reader may ask for."""
    wanted = (".py", ".ini", ".toml")
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in sorted(root.rglob("*"))
        if path.suffix in wanted and path.is_file()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Fetch public projects to measure the reader on.")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    for project in chosen(options.names):
        root = fetch(project, options.folder)
        print(f"{project.name}: {root}")


if __name__ == "__main__":
    main()
