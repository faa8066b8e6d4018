"""Revisions with their names as the search path makes them: what a rule compares is the same thing under one name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import partial

from rules.engine.replay import Replay
from rules.history import History
from rules.model.operations import Operation, Select, Setting
from rules.model.script import MigrationScript
from rules.reading.half_read import with_operations
from rules.schema import Schema
from rules.schema.paths import DEFAULT


def as_met(history: History, new: Collection[str], start: Schema) -> History:
    """The same history where neither env.py nor any revision sets a search path that is known."""
    sets = any(_sets_path(script.upgrade) for script in history.scripts.values())
    if start.path.now in (None, DEFAULT) and not sets:
        return history
    replay = Replay(history, new, start)
    scripts = {revision: _met(history.scripts[revision], replay) for revision in history.order}
    return replace(history, scripts={revision: scripts[revision] for revision in history.scripts})


def _sets_path(operations: Iterable[Operation]) -> bool:
    return any(
        (isinstance(op, Setting) and op.name.lower() == "search_path") or (isinstance(op, Select) and op.settings)
        for op in operations
    )


def _met(script: MigrationScript, replay: Replay) -> MigrationScript:
    start, end = replay.before(script.revision), replay.after(script.revision)
    return with_operations(script, _resolved(start, script.upgrade), partial(_resolved, end.begun()))


def _resolved(schema: Schema, operations: Iterable[Operation]) -> tuple[Operation, ...]:
    found = []
    for operation in operations:
        found.append(schema.meets(operation))
        schema = schema.after(operation)
    return tuple(found)
