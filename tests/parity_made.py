"""The truth of a project, made once: an environment that can import it, and what real Alembic prints there."""

from __future__ import annotations

import json
import subprocess
import venv
from pathlib import Path
from typing import Any

from tests.projects import Project


def truth_of(project: Project, folder: Path, root: Path, make: bool) -> dict[str, Any]:
    """Path -> what Alembic prints; `make` installs what the project needs, once."""
    kept = folder / "truth" / f"{project.name}.json"
    if project.no_truth:
        return {}
    if not kept.exists():
        if not make:
            raise FileNotFoundError(f"{kept} (make it with --make-truth)")
        kept.parent.mkdir(parents=True, exist_ok=True)
        command: list[str | Path] = [
            _python(project, folder).absolute(),
            Path(__file__).with_name("parity_truth.py").resolve(),
            kept.resolve(),
            root.resolve(),
            project.preparation,
            "recursive" if project.recursive else "flat",
            *project.versions,
        ]
        subprocess.run(command, check=True, cwd=folder)
    found: dict[str, Any] = json.loads(kept.read_text())
    return found


def _python(project: Project, folder: Path) -> Path:
    home = folder / "venvs" / (project.home or project.name)
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        install = [python, "-m", "pip", "install", "--quiet"]
        if project.needs:
            subprocess.run([*install, *project.needs], check=True)
            install.append("--no-deps")
        itself = (project.truth or project.requirement).split()
        subprocess.run([*install, *itself], check=True)
    return python
