"""What the rules about env.py look at: it, and the revisions that it is to run."""

from __future__ import annotations

from collections.abc import Collection

from rules.context import Step
from rules.engine.case import Case
from rules.engine.replay import steps_of
from rules.model.operations import Direction
from rules.model.script import MigrationScript
from rules.runner import Run, read_runner


def run_of(case: Case, revisions: Collection[str]) -> Run | None:
    """None without an env.py that parses, and where the pull request neither adds a revision nor touches it."""
    where = case.scene.where
    scripts = tuple(script for script in case.judged if script.revision in revisions)
    if where.env_path is None or not (scripts or _is_touched(case)):
        return None
    runner = read_runner(where.env_path, case.texts, where.ini_path)

    def steps(script: MigrationScript) -> tuple[Step, ...]:
        before = case.replay.before(script.revision)
        return steps_of(script, Direction.UPGRADE, before, case.scene.server_version)[0]

    return None if runner is None else Run(runner, scripts, case.texts, steps)


def _is_touched(case: Case) -> bool:
    paths = (case.scene.where.env_path, case.scene.where.ini_path)
    before = case.base_texts
    return before is not None and any(path and before.get(path) != case.texts.get(path) for path in paths)
