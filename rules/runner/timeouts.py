"""The `lock_timeout` that a statement runs under, and how it is lifted for work that must wait in patience."""

from __future__ import annotations

from rules.context import Context
from rules.model.operations import Operation, Setting
from rules.runner.durations import is_off, is_short


def lock_timeout_in_force(context: Context) -> str | None:
    """The session's: the last one that this function sets, else that of env.py, else that of the role."""
    return _set_here(context) or context.environment.lock_timeout or context.settings.lock_timeout


def waits_without_limit(context: Context) -> bool:
    """Whether no timeout is known to end the wait of the statement at hand, which stands in a transaction."""
    written = _set_before(context)
    return written is None or is_off(written)


def _set_before(context: Context) -> str | None:
    """By the last statement before it whose value still holds, else for the connection or the role."""
    outside = context.environment.lock_timeout or context.settings.lock_timeout
    session = (step for step in context.steps[: context.position] if not _is_local(step.operation))
    for step in (*reversed(context.transaction), *reversed(tuple(session))):
        match step.operation:
            case Setting(name=name, value=value) if name.lower() in ("lock_timeout", "all"):
                return outside if value is None else value
    return outside


def _is_local(operation: Operation) -> bool:
    return isinstance(operation, Setting) and operation.local


def without_lock_timeout(context: Context) -> tuple[str, str] | None:
    """A line above and a line below the statement at hand, for an autocommit block; None if no short one is in force.

    `RESET` brings back what the connection began with, so that a timeout that was SET since is written again.
    """
    if not is_short(lock_timeout_in_force(context)):
        return None
    here = _set_here(context) or (context.environment.lock_timeout if context.environment.lock_timeout_set else None)
    again = "RESET lock_timeout" if here is None else f"SET lock_timeout = '{here}'"
    return 'op.execute("SET lock_timeout = 0")', f'op.execute("{again}")'


def _set_here(context: Context) -> str | None:
    """What this function sets for its session; `SET LOCAL` ends with the transaction that an autocommit block ends."""
    settings = (each for each in context.earlier(Setting) if not each.local and each.name.lower() == "lock_timeout")
    return next((each.value for each in settings), None)
