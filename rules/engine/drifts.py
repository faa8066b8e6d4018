"""What the models and the revisions of a pull request say differently: only files that it changes are looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from rules.engine.case import Case
from rules.mapped import declares_models
from rules.mapped.drift import ModelChange, UnmappedColumn, unfollowed, unmapped
from rules.model.operations import AddColumn
from rules.settings.patterns import matches

_BESIDE = re.compile(
    r"(?:^|/)(?:tests?|testing|examples?|docs|fixtures)/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$"
)
"""What no application maps its tables with."""


def model_files(case: Case) -> list[str]:
    """The files with models that the pull request changes."""
    before = case.base_texts
    if case.scene.apart or before is None:
        return []
    paths = case.changed if case.changed is not None else {*before, *case.texts}
    return sorted(path for path in paths if _may_hold_models(path, case) and _is_changed(path, before, case.texts))


def _may_hold_models(path: str, case: Case) -> bool:
    where = case.scene.where
    inside = bool(where.path) and path.startswith(f"{where.path}/")
    if not path.endswith(".py") or _BESIDE.search(path) or where.holds(path) or inside or path == where.env_path:
        return False
    return not matches(path, case.scene.settings.ignore_paths)


def _is_changed(path: str, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    was, now = before.get(path, ""), after.get(path, "")
    return was != now and (declares_models(was) or declares_models(now))


def drifts(case: Case) -> Iterator[ModelChange | UnmappedColumn]:
    """Silent where a new revision, or what the models are compared with, was not read."""
    paths = model_files(case)
    heads = case.scene.history.heads
    if not paths or len(heads) != 1 or any(script.unread for script in case.judged):
        return
    from rules.mapped.reading import read_mapped  # takes half a second, with all of SQLAlchemy

    schema = case.replay.after(heads[0])
    env_path = case.scene.where.env_path
    after = read_mapped(paths, case.texts, env_path)
    yield from unfollowed(read_mapped(paths, case.base_texts or {}, env_path), after, schema)
    added = [each for script in case.judged for each in script.upgrade if isinstance(each, AddColumn)]
    yield from unmapped(after, added, schema)
