"""Calls with a value that hangs on a condition: made once with each of its options."""

from __future__ import annotations

from collections.abc import Sequence

from rules.reading.interpreter.branches import merged_all
from rules.reading.interpreter.machine import Machine
from rules.reading.values import Arguments, BoundFunction, Choice, Function, Unknown, Value

MAX_LEVELS = 3
"""Of lists in lists that are searched."""


def choice_within(machine: Machine, values: Sequence[Value], level: int = 0) -> Choice | None:
    """The first in a list of values, or in their items, where all of these are known."""
    for value in values:
        if isinstance(value, Choice):
            return value
        if level < MAX_LEVELS and isinstance(value, list | tuple) and _is_known(machine, value):
            found = choice_within(machine, value, level + 1)
            if found is not None:
                return found
    return None


def item_at_unknown(values: Sequence[Value], key: Unknown) -> Value:
    """A function may be picked to be called: each is read, or it is said that the call cannot be followed."""
    if not any(isinstance(one, Function | BoundFunction) for one in values):
        return Unknown(key.why, key.name)
    found = merged_all(values)
    return found if isinstance(found, Choice) else Unknown(key.why, key.name, foreign=True)


def decided(machine: Machine, arguments: Arguments, choice: Choice, option: Value) -> Arguments:
    """With the option in the place of the choice."""
    return Arguments(
        [_replaced(machine, one, choice, option) for one in arguments.positional],
        {key: _replaced(machine, one, choice, option) for key, one in arguments.keywords.items()},
        arguments.node,
        arguments.complete,
    )


def _replaced(machine: Machine, value: Value, choice: Choice, option: Value, level: int = 0) -> Value:
    if value is choice:
        return option
    if level < MAX_LEVELS and isinstance(value, list | tuple) and _is_known(machine, value):
        items = [_replaced(machine, one, choice, option, level + 1) for one in value]
        return items if isinstance(value, list) else tuple(items)
    return value


def _is_known(machine: Machine, value: Value) -> bool:
    return id(value) not in machine.uncertain and id(value) not in machine.open
